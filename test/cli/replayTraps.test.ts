/** `replay` of a guard that traps: the text of the call, and the number of guard calls. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { guardBytes } from '../engine/runtime/guards.ts';
import { proves } from '../support/proves.ts';
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

it('begins with the text of a panic, and shows what the guard wrote to stderr', async () => {
  proves('own:panic-text-leads');
  const panic = "\\0athread 'x' panicked at src/lib.rs:4:5:\\0ano owner\\0a";
  const length = panic.replaceAll('\\0a', '\n').length;
  const guard = guardBytes({
    rest: `(data (i32.const 256) "${panic}")
      (func $owner (drop (call $fd_write (i32.const 2) (i32.const 64) (i32.const 1) (i32.const 80))) unreachable)`,
    label_agent: `(i32.store (i32.const 64) (i32.const 256)) (i32.store (i32.const 68) (i32.const ${length}))
      (call $owner) (i32.const 0)`,
  });
  const { stdout } = await explain(guard);
  const reported = 'which the gateway reports as: WASM function call failed: wasm error: unreachable';
  expect(stdout).toContain(`Refused because label_agent panicked: "no owner" (src/lib.rs:4:5), ${reported}`);
  expect(stdout).toContain("label_agent wrote to stderr: thread 'x' panicked at src/lib.rs:4:5:\n");
  expect(stdout).toContain('label_agent wrote to stderr: no owner\n');
  expect(stdout).toMatch(/ at \$4\n +at label_agent\n/);
  expect(stdout).toContain('1 function of the stack has no name in the module.');
});
