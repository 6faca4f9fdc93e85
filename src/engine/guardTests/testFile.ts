/** Reads and writes files of guard tests. */
import { Failure } from '../../core/base/failure.ts';
import { acceptDecisions, type AcceptChoice } from '../../core/guardTest/acceptDecisions.ts';
import type { GuardTest } from '../../core/guardTest/guardTest.ts';
import { type ReadGuardTest, readGuardTest } from '../../core/guardTest/readGuardTest.ts';
import { guardTestText } from '../../core/guardTest/writeGuardTest.ts';
import { readRegular } from '../files/regularFile.ts';
import { replaceFile } from '../files/replaceFile.ts';
import { unreadableTest } from './findGuardTests.ts';
import type { GuardTestResult } from './testResult.ts';

/** A decision takes about one kilobyte; a larger file is probably the wrong one. */
const maxTestBytes = 256 * 1024 * 1024;

/** Reads a test. Throws `guardtest/unreadable`; mistakes in it are problems of the result. */
export async function readTestFile(path: string): Promise<ReadGuardTest> {
  return readGuardTest(await textOf(path), path);
}

async function textOf(path: string): Promise<string> {
  try {
    return new TextDecoder().decode(await readRegular(path, maxTestBytes));
  } catch (thrown) {
    throw unreadableTest(path, thrown);
  }
}

/**
 * Accepts what a run decided, in one step. Returns whether the file had to be written. Throws `guardtest/changed` when the file is not the one that was
 * run, and `guardtest/unwritable`; in both cases the file is unchanged.
 */
export async function acceptInFile(result: GuardTestResult, choice: AcceptChoice = {}): Promise<boolean> {
  const { path, read, test } = result;
  const next = acceptResult(result, choice);
  if (next === null || read === null || next === test) return false;
  if ((await textOf(path)) !== read.text) {
    throw new Failure(
      'guardtest/changed',
      `"${path}" has changed since it was run`,
      'Nothing was written. Run it again',
    );
  }
  writeTestFile(path, next);
  return true;
}

/** The test with what a run decided; the same test when that is what it accepts. Null for a test with mistakes. */
export function acceptResult({ test, cases }: GuardTestResult, choice: AcceptChoice = {}): GuardTest | null {
  if (test === null) return null;
  return cases.reduce((accepted: GuardTest, { decided, status, isStale, diff }) => {
    const isAsAccepted = status === 'passed' && !isStale;
    const isChosen =
      choice.call === undefined ||
      diff === null ||
      diff.calls.some((call) => numbersOf(call).includes(choice.call ?? 0));
    return decided === null || isAsAccepted || !isChosen ? accepted : acceptDecisions(accepted, decided, choice);
  }, test);
}

function numbersOf({
  before,
  after,
}: {
  readonly before: number | null;
  readonly after: number | null;
}): readonly number[] {
  return [before, after].flatMap((index) => (index === null ? [] : [index + 1]));
}

/** Writes a test in one step. Throws `guardtest/unwritable`. */
export function writeTestFile(path: string, test: GuardTest): void {
  try {
    replaceFile(path, guardTestText(test));
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const message = `The guard test "${path}" cannot be written: ${reason}`;
    throw new Failure(
      'guardtest/unwritable',
      message,
      'The file was not changed. Check its folder, its permissions and the free space',
    );
  }
}
