/** Exit codes of the command line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { guardscope } from '../cli/run.ts';
import { repoPath } from '../support/paths.ts';
import { proves } from '../support/proves.ts';

const folder = mkdtempSync(join(tmpdir(), 'exit-codes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const steps = join(folder, 'steps.jsonl');
writeFileSync(steps, '{"op":"load"}\n{"op":"raw","function":"label_agent","input":"{}"}\n');
const exec = (name: string): readonly string[] => [
  'exec',
  '--guard',
  repoPath(`test/parity/${name}/guard.wasm`),
  '--steps',
  steps,
];

test.each<readonly [string, readonly string[], number]>([
  ['a run without a failure', exec('load/minimal'), 0],
  ['an unknown command', ['dance'], 2],
  ['an input that cannot be read', ['inspect', join(folder, 'no-such.wasm')], 2],
  ['a guard that does not load', exec('load/bad-magic'), 3],
  ['a guard that traps', exec('traps/frames'), 4],
])('%s has its exit code', async (_what, args, code) => {
  proves('own:exit-codes');
  expect((await guardscope(args)).code).toBe(code);
});
