/** Runs a guard test: decides each of its sessions with each of its guards and policies, and compares with what was accepted. */
import { dirname, resolve } from 'node:path';
import { failureToProblem, toFailure } from '../../core/base/failure.ts';
import type { Problem } from '../../core/base/parsed.ts';
import { type AcceptedCall, acceptedCall } from '../../core/guardTest/acceptedCall.ts';
import type { DecidedCase } from '../../core/guardTest/acceptDecisions.ts';
import { compareAccepted } from '../../core/guardTest/compareAccepted.ts';
import {
  acceptedFor,
  caseKey,
  caseTitle,
  type GuardTest,
  readCallRange,
  type TestCase,
  testCases,
} from '../../core/guardTest/guardTest.ts';
import type { ReadGuardTest } from '../../core/guardTest/readGuardTest.ts';
import type { GuardServices } from '../guard/openGuard.ts';
import { readLookups } from '../guard/readWrittenJson.ts';
import { runTrace } from '../runs/runTrace.ts';
import { ThreadSession } from '../sessionWorker/host/threadSession.ts';
import { readTestFile } from './testFile.ts';
import { type CaseResult, failedCase, type GuardTestResult } from './testResult.ts';
import { missingTrace, traceChanged } from './testInputs.ts';
import { traceHash } from './traceHash.ts';

/** Runs the test in a file. Never throws for what is wrong with the test or its inputs. Null when the signal aborted. */
export async function runGuardTest(
  path: string,
  services: GuardServices,
  signal?: AbortSignal,
): Promise<GuardTestResult | null> {
  let read: ReadGuardTest;
  try {
    read = await readTestFile(path);
  } catch (thrown) {
    const problem: Problem = { ...failureToProblem(toFailure(thrown)), position: { file: path } };
    return { path, read: null, test: null, problems: [problem], cases: [] };
  }
  return runReadTest(path, read, services, signal);
}

/** Runs a test that was read. `path`: the file that its paths are relative to. */
export async function runReadTest(
  path: string,
  read: ReadGuardTest,
  services: GuardServices,
  signal?: AbortSignal,
): Promise<GuardTestResult | null> {
  const { value: test, problems } = read;
  if (test === null) return { path, read, test, problems, cases: [] };
  const cases: CaseResult[] = [];
  for (const trace of test.traces) {
    const ofTrace = testCases({ ...test, traces: [trace] });
    const results = await runSession({ path, read, test, services, signal }, ofTrace);
    if (results === null) return null;
    cases.push(...results);
  }
  return { path, read, test, problems, cases };
}

interface Running {
  readonly path: string;
  readonly read: ReadGuardTest;
  readonly test: GuardTest;
  readonly services: GuardServices;
  readonly signal: AbortSignal | undefined;
}

/** Runs the combinations of one session, which is read once. */
async function runSession(running: Running, cases: readonly TestCase[]): Promise<readonly CaseResult[] | null> {
  const { path, read, test, services, signal } = running;
  const [first] = cases;
  if (first === undefined) return [];
  const files = first.trace.map((file) => resolve(dirname(path), file));
  const failedWith = (problem: Problem): readonly CaseResult[] =>
    cases.map((each) => failedCase(read, test, each, problem));
  const gone = await missingTrace(first.trace, files);
  if (gone !== null) return failedWith(gone);
  let session: ThreadSession;
  let hash: string;
  try {
    hash = await traceHash(files);
    session = await ThreadSession.open(files, { ...services, ...(signal === undefined ? {} : { signal }) });
  } catch (thrown) {
    return signal?.aborted === true ? null : failedWith(failureToProblem(toFailure(thrown)));
  }
  try {
    const results: CaseResult[] = [];
    for (const each of cases) {
      const began = performance.now();
      try {
        const result = await runCase(running, each, session, hash);
        if (result === null) return null;
        results.push({ ...result, ms: performance.now() - began });
      } catch (thrown) {
        if (signal?.aborted === true) return null;
        results.push(failedCase(read, test, each, failureToProblem(toFailure(thrown))));
      }
    }
    return results;
  } finally {
    await session.close();
  }
}

async function runCase(
  { path, read, test }: Running,
  each: TestCase,
  session: ThreadSession,
  hash: string,
): Promise<Omit<CaseResult, 'ms'> | null> {
  const at = (file: string | null): string | null => (file === null ? null : resolve(dirname(path), file));
  const range = test.calls === null ? null : readCallRange(test.calls);
  const last = range?.at(-1)?.[1] ?? null;
  const count = [...session.outline.calls.values()].reduce((sum, calls) => sum + calls, 0);
  const problems: Problem[] = session.outline.problems.filter(({ severity }) => severity === 'error');
  if (last !== null && last > count) {
    problems.push({
      severity: 'warning',
      code: 'guardtest/no-such-call',
      message: `"calls" goes to call ${last}, and the trace has ${count}`,
      hint: 'Correct "calls"',
      position: read.place(['calls']),
    });
  }
  const files = {
    config: at(test.config),
    guard: each.guard === 'noop' ? each.guard : at(each.guard),
    policy: at(each.policy),
    mode: test.mode,
    server: test.server,
    deadlineMs: test.deadlineMs,
  };
  const run = await runTrace(session, files, {
    fixtures: await readLookups(at(test.lookups)),
    onProblem: (problem) => {
      if (problem.severity !== 'info') problems.push(problem);
    },
    ...(last === null ? {} : { until: last - 1 }),
  });
  if (run === null) return null;
  try {
    const calls: AcceptedCall[] = [];
    for (const record of run.all()) {
      const number = record.index + 1;
      if (range === null || range.some(([from, to]) => from <= number && number <= to))
        calls.push(acceptedCall(record));
    }
    return compared({ read, test }, { ...each, traceHash: hash, calls }, problems);
  } finally {
    run.dispose();
  }
}

function compared(
  { read, test }: Pick<Running, 'read' | 'test'>,
  decided: DecidedCase,
  problems: readonly Problem[],
): Omit<CaseResult, 'ms'> {
  const { trace, guard, policy } = decided;
  const known = { trace, guard, policy, title: caseTitle(test, decided), isNotLoaded: false, decided };
  const accepted = acceptedFor(test, decided);
  if (accepted === undefined) {
    const nothing: Problem = {
      severity: 'error',
      code: 'guardtest/nothing-accepted',
      message: 'No decisions are accepted yet',
      hint: 'Review what "guardscope replay" prints, and accept it with "guardscope test --update"',
      position: read.place([]),
    };
    return { ...known, status: 'failed', problems: [nothing, ...problems], isStale: false, diff: null };
  }
  const place = read.names.has('cases') ? ['cases', indexOf(test, decided)] : [];
  const isStale = accepted.traceHash !== null && accepted.traceHash !== decided.traceHash;
  const diff = compareAccepted(accepted.calls, decided.calls, {
    sameTrace: !isStale,
    pointer: [...place, 'accepted'].map((segment) => `/${segment}`).join(''),
  });
  const { changed, added, removed } = diff.counts;
  const stale = isStale ? [traceChanged(trace, read.place([...place, 'traceHash']))] : [];
  const status = changed + added + removed === 0 ? 'passed' : 'failed';
  return { ...known, status, problems: [...stale, ...problems], isStale, diff };
}

function indexOf(test: GuardTest, decided: TestCase): number {
  return test.accepted.findIndex((each) => caseKey(each) === caseKey(decided));
}
