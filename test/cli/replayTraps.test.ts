/** `replay` of a guard that traps: the text of the call, and the number of guard calls. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { guardBytes } from '../engine/runtime/guards.ts';
import { samplePath } from '../support/samples.ts';
import { guardscope } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'replay-traps-'));
afterAll(() => rmSync(folder, { recursive: true }));
const sample = (name: string): string => samplePath('files-and-memory', name);

function explain(guard: Uint8Array): ReturnType<typeof guardscope> {
  const path = join(folder, 'guard.wasm');
  writeFileSync(path, guard);
  const policy = ['--policy', sample('policy.json')];
  return guardscope(['replay', sample('trace.guardtrace.jsonl'), '--guard', path, ...policy, '--explain']);
}

it('reports a trap in label_agent, and counts only calls that entered the guard', async () => {
  const { stdout, code } = await explain(guardBytes({ label_agent: 'unreachable' }));
  expect(code).toBe(4);
  expect(stdout).toContain('Refused because label_agent failed: WASM function call failed: wasm error: unreachable');
  expect(stdout).not.toContain('before the guard was called');
  expect(stdout).toMatch(/^1 guard call took [\d.]+ ms with 0 look-ups;/m);
});
