/** Prints guard tests that were run: a line for each combination, and what is not decided as accepted. */
import { relative } from 'node:path';
import { changedCallLines, diffHeadline } from '../../core/diff/diffText.ts';
import { count } from '../../core/difc/account/quirk.ts';
import type { FailedCall } from '../../core/guardTest/compareAccepted.ts';
import type { CaseResult, GuardTestResult, TestStatus } from '../../engine/guardTests/testResult.ts';
import { type Output, paint, type Painted } from '../base/output.ts';

/** Most calls of a combination that are printed. */
const shownCalls = 50;

/** Prints one test. Problems go to stderr. `accepting`: what it decides is accepted next. */
export async function printGuardTest(
  { path, problems, cases }: GuardTestResult,
  accepting: boolean,
  output: Output,
): Promise<void> {
  const file = relative(process.cwd(), path);
  for (const problem of problems) output.problem(problem);
  if (cases.length === 0) await output.line(statusWord('error'), '  ', file);
  for (const each of cases) {
    const title = each.title === '' ? file : `${file} (${each.title})`;
    await output.line(statusWord(each.status), '  ', title, paint('dim', `  ${headline(each)}`));
    for (const problem of each.problems) {
      if (!accepting || problem.code !== 'guardtest/nothing-accepted') output.problem(problem);
    }
    const calls = each.diff?.calls ?? [];
    for (const call of calls.slice(0, shownCalls)) {
      const [head = '', ...lines] = failedCallLines(call);
      await output.line('  ', paint('bold', head));
      for (const line of lines) await output.line('  ', line);
    }
    if (calls.length > shownCalls) await output.line(`  … and ${calls.length - shownCalls} more calls`);
  }
}

/** The last line: how many tests passed. */
export async function printTestCounts(results: readonly GuardTestResult[], output: Output): Promise<void> {
  await output.line('');
  await output.line(paint('bold', testCountsText(results)));
}

/** `3 guard tests passed, 1 failed`; each combination counts as one. */
export function testCountsText(results: readonly GuardTestResult[]): string {
  const statuses = results.flatMap(({ cases }): readonly TestStatus[] =>
    cases.length === 0 ? ['error'] : cases.map(({ status }) => status),
  );
  const passed = statuses.filter((status) => status === 'passed').length;
  const words = [
    `${count(passed, 'guard test')} passed`,
    ...(['failed', 'error'] as const).flatMap((status) => {
      const times = statuses.filter((each) => each === status).length;
      return times === 0 ? [] : [status === 'failed' ? `${times} failed` : `${times} could not be run`];
    }),
  ];
  return words.join(', ');
}

/** The lines of a call that is not decided as accepted, with the places in the file. */
export function failedCallLines(call: FailedCall): readonly string[] {
  const [head = '', ...lines] = changedCallLines(call);
  if (call.expected === null) return [head, '      is decided, and is not accepted'];
  return call.actual === null ? [head, '      is accepted, and is not decided'] : [head, ...lines];
}

function headline({ diff, decided, ms }: CaseResult): string {
  const text = diff === null ? '' : `${diffHeadline(diff.counts)}, `;
  return decided === null ? '' : `${text}${ms.toFixed(0)} ms`;
}

function statusWord(status: TestStatus): Painted {
  const words = { passed: 'PASS ', failed: 'FAIL ', error: 'ERROR' } as const;
  return paint(status === 'passed' ? 'green' : 'red', words[status]);
}

/** One object for each combination of a test, or one for a test that cannot be read. */
export function testResultLines({ path, problems, cases }: GuardTestResult): readonly object[] {
  if (cases.length === 0) return [{ test: path, status: 'error', problems }];
  return cases.map(({ trace, guard, policy, status, problems: ofCase, isStale, diff, decided, ms }) => ({
    test: path,
    trace,
    guard,
    policy,
    status,
    calls: decided?.calls.length ?? 0,
    traceChanged: isStale,
    ms: Math.round(ms),
    problems: [...problems, ...ofCase],
    failed: (diff?.calls ?? []).map(({ expected, actual, changes }) => ({
      call: (actual ?? expected)?.call,
      expected,
      actual,
      changes,
    })),
  }));
}
