/** Damaged modules are refused with wazero's exact texts, recorded from wazero v1.12.0 in the gateway's configuration. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explainRefusal, adaptForV8 } from '../../../src/core/wasm/adaptForV8.ts';
import { repoPath } from '../../support/paths.ts';
import { proves } from '../../support/proves.ts';

interface Recorded {
  readonly refusal: string;
  readonly module: string;
  readonly panics?: boolean;
}

const recorded = readFileSync(repoPath('test/core/wasm/refusals.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded);

describe('refusals of wazero', () => {
  it.each(recorded)('$refusal', ({ refusal, module, panics }) => {
    proves('wazero:2.4-custom-length', 'wazero:3.1-truncated', 'wazero:3.1-body');
    const bytes = new Uint8Array(Buffer.from(module, 'base64'));
    expect(explainRefusal(bytes)).toBe(refusal);
    const result = adaptForV8(bytes);
    if (!result.ok) {
      expect(result.error).toBe(refusal);
      expect(result.panic).toBe(panics === true ? refusal : undefined);
      return;
    }
    // A bad module that was not refused before compilation must be refused by V8, instrumented or not.
    expect(() => new WebAssembly.Module(result.module.bytes)).toThrow(WebAssembly.CompileError);
  });

  it('the recording covers bodies, sections, names and links', () => {
    for (const start of ['invalid function[', 'section ', 'section custom: ', 'import', 'global[', 'get size of ']) {
      expect(recorded.filter(({ refusal }) => refusal.startsWith(start)).length).toBeGreaterThan(5);
    }
  });
});
