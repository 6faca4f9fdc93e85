/** The exit code of `guardscope replay`: 0 for a guard that decides or refuses, 4 for one that fails. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type GuardText, guardBytes } from '../engine/runtime/guards.ts';
import { samplePath } from '../support/samples.ts';
import { proves } from '../support/proves.ts';
import { expectOrderly, guardscopeHere } from './run.ts';

const trace = samplePath('files-and-memory', 'trace.guardtrace.jsonl');
const policy = samplePath('files-and-memory', 'policy.json');
const folder = mkdtempSync(join(tmpdir(), 'replay-exit-code-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let texts = 1000;
/** A function body that returns a text from the memory. */
function answers(text: string): { readonly body: string; readonly data: string } {
  const bytes = [...new TextEncoder().encode(text)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`);
  const at = (texts += 1000);
  return {
    body: `(memory.copy (local.get $out) (i32.const ${at}) (i32.const ${bytes.length})) (i32.const ${bytes.length})`,
    data: `(data (i32.const ${at}) "${bytes.join('')}")`,
  };
}

const agent = answers('{"agent":{"secrecy":[],"integrity":[]},"difc_mode":"filter"}');
const resource = answers('{"resource":{"description":"r","secrecy":[],"integrity":[]},"operation":"read"}');
const refusal = answers('{"success":false,"error":"no such policy"}');
const cut = answers('{"resource":');
const noLabels = answers('{"items":[{"data":{"x":1}}]}');

function guard(own: Partial<GuardText>): GuardText {
  const rest = [agent, resource, refusal, cut, noLabels].map(({ data }) => data).join(' ');
  const memory = '(export "memory") 2';
  return { label_agent: agent.body, label_resource: resource.body, rest, memory, ...own };
}

describe.each([[[]], [['--json']], [['--follow']]])('the exit code with %j', (flags) => {
  test.each<readonly [string, Partial<GuardText>, number]>([
    ['decides', {}, 0],
    ['refuses every call', { label_resource: '(i32.const -1)' }, 0],
    ['refuses every response', { label_response: '(i32.const -7)' }, 0],
    ['traps', { label_response: 'unreachable' }, 4],
    ['returns invalid JSON', { label_resource: cut.body }, 4],
    ['returns an empty answer', { label_resource: '(i32.const 0)' }, 4],
    ['returns a length beyond its memory', { label_response: '(i32.const 100000000)' }, 4],
    ['always requests a larger buffer', { label_response: '(i32.const -2)' }, 4],
    ['returns items without labels, for which the gateway crashes', { label_response: noLabels.body }, 4],
    ['refuses the policy', { label_agent: refusal.body }, 4],
    ['fails in label_agent', { label_agent: '(i32.const -1)' }, 4],
  ])('of a guard that %s', async (name, own, code) => {
    proves('own:exit-codes');
    const path = join(folder, `${name}.wasm`);
    writeFileSync(path, guardBytes(guard(own)));
    const run = await guardscopeHere(['replay', trace, '--guard', path, '--policy', policy, ...flags]);
    expectOrderly(run);
    expect(run.code, run.stdout).toBe(code);
  });
});
