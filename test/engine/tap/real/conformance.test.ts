/** The conformance suite against its server, directly and through the HTTP tap: the same verdicts, and a readable capture. */
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readTraceFile } from '../../../../src/engine/traceFiles/traceFile.ts';
import { repoPath } from '../../../support/paths.ts';
import { cliFile, run, scratchFolder } from '../tapped.ts';

const scratch = scratchFolder();
afterAll(scratch.remove);

test('the server suite has the same verdicts with the tap', async () => {
  const folder = scratch.path('results');
  const script = repoPath('test/soak/conformance.ts');
  const { stdout, stderr, code } = await run([
    ...[process.execPath, '--import', 'tsx', script, 'own'],
    ...['--captures', folder, '--cli', cliFile],
  ]);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  expect(stdout.toString()).toMatch(
    /^conformance own: 32 scenarios, 46 checks: 44 passed, 0 failed, 2 warned; as without the tap \(/,
  );
  const { calls, problems } = await readTraceFile(join(folder, 'own.guardtrace.jsonl'));
  expect(problems).toEqual([]);
  expect(calls.map(({ tool }) => tool)).toContain('test_sampling');
  expect(calls.filter(({ answer }) => answer === undefined)).toEqual([]);
});
