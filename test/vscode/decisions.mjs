/** What the command line decides for a trace of the sample, as the yardstick for what the panel shows. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { run } from '../support/process.mjs';
import { root } from './install.mjs';

/** The decision records of `guardscope replay`, in order. */
export async function decisions(workspace, { trace = 'trace.guardtrace.jsonl', policy = 'policy.json', mode } = {}) {
  const inputs = [
    join(workspace, trace),
    '--guard',
    join(workspace, 'guard.wasm'),
    '--policy',
    join(workspace, policy),
  ];
  const args = ['replay', ...inputs, '--json', ...(mode === undefined ? [] : ['--mode', mode])];
  const { code, output, stdout } = await run(process.execPath, [join(root, 'dist', 'cli.js'), ...args]);
  assert.equal(code, 0, output);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}
