/** Makes a guard test of a session and accepts what its guard decides now. */
import { stat } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { Failure } from '../../core/base/failure.ts';
import { type GuardTest, guardTestSuffix } from '../../core/guardTest/guardTest.ts';
import { readGuardTest } from '../../core/guardTest/readGuardTest.ts';
import { guardTestText } from '../../core/guardTest/writeGuardTest.ts';
import type { GuardServices } from '../guard/openGuard.ts';
import type { RunFiles } from '../runs/runTrace.ts';
import { runReadTest } from './runGuardTest.ts';
import { acceptResult, writeTestFile } from './testFile.ts';

/** What a new test is of. Paths are those of files, not relative to the test. */
export interface NewGuardTest extends RunFiles {
  /** The files of one session. */
  readonly trace: readonly string[];
  readonly lookups: string | null;
  /** The calls that are compared, such as `3-9,12`; null: all. */
  readonly calls: string | null;
}

/**
 * Writes the test and returns how many decisions it accepts. Throws `guardtest/bad-name`, `guardtest/exists`, `guardtest/unwritable`,
 * `guardtest/bad-member` for calls that are not a range, and the failure of a session that cannot be decided; nothing is written then.
 */
export async function createGuardTest(path: string, wanted: NewGuardTest, services: GuardServices): Promise<number> {
  await requireNewName(path);
  const test = testOf(path, wanted);
  const read = readGuardTest(guardTestText(test), path);
  const [mistake] = read.problems;
  if (mistake !== undefined) throw new Failure(mistake.code, mistake.message, mistake.hint);
  const result = await runReadTest(path, read, services);
  const problem = result?.cases.find(({ status }) => status === 'error')?.problems[0];
  if (problem !== undefined) throw new Failure(problem.code, problem.message, problem.hint);
  const accepted = result === null ? null : acceptResult(result);
  if (accepted === null)
    throw new Failure('guardtest/not-run', `The session of "${path}" was not decided`, 'Try again');
  writeTestFile(path, accepted);
  return accepted.accepted.reduce((sum, { calls }) => sum + calls.length, 0);
}

async function requireNewName(path: string): Promise<void> {
  if (!path.endsWith(guardTestSuffix)) {
    const message = `"${path}" is not a name of a guard test`;
    throw new Failure('guardtest/bad-name', message, `Let the name end with ${guardTestSuffix}`);
  }
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  const hint = 'Choose another name, or accept its decisions anew with "guardscope test --update"';
  throw new Failure('guardtest/exists', `The guard test "${path}" is there already`, hint);
}

function testOf(
  path: string,
  { trace, guard, policy, config, mode, server, deadlineMs, lookups, calls }: NewGuardTest,
): GuardTest {
  const folder = dirname(resolve(path));
  const below = (file: string): string => relative(folder, resolve(file)).split(sep).join('/');
  const ifAny = (file: string | null): string | null => (file === null ? null : below(file));
  return {
    traces: [trace.map(below)],
    guards: guard === null ? [] : [guard === 'noop' ? guard : below(guard)],
    policies: policy === null ? [] : [below(policy)],
    config: ifAny(config),
    mode,
    server,
    lookups: ifAny(lookups),
    deadlineMs,
    calls,
    accepted: [],
  };
}
