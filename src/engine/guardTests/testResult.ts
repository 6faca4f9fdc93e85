/** What became of a guard test that was run. */
import type { Position, Problem } from '../../core/base/parsed.ts';
import type { DecidedCase } from '../../core/guardTest/acceptDecisions.ts';
import type { AcceptedDiff } from '../../core/guardTest/compareAccepted.ts';
import { caseTitle, type GuardTest, type TestCase } from '../../core/guardTest/guardTest.ts';
import type { ReadGuardTest } from '../../core/guardTest/readGuardTest.ts';

/** `error`: it could not be run. */
export type TestStatus = 'passed' | 'failed' | 'error';

/** What became of one combination of a test. */
export interface CaseResult extends TestCase {
  /** What tells it apart from the others of the test; empty for the only one. */
  readonly title: string;
  readonly status: TestStatus;
  /** Why it could not be run, or what else its reader should know, with positions in the test. */
  readonly problems: readonly Problem[];
  /** Whether the guard is why it could not be run. */
  readonly isNotLoaded: boolean;
  /** Whether the decisions were accepted for another trace. */
  readonly isStale: boolean;
  /** Null when nothing could be compared. */
  readonly diff: AcceptedDiff | null;
  /** Null when it could not be run. */
  readonly decided: DecidedCase | null;
  readonly ms: number;
}

/** A test that was run. */
export interface GuardTestResult {
  readonly path: string;
  /** Null when the file cannot be read. */
  readonly read: ReadGuardTest | null;
  /** Null when the file has mistakes, which `problems` says. */
  readonly test: GuardTest | null;
  readonly problems: readonly Problem[];
  readonly cases: readonly CaseResult[];
}

/** A combination that could not be run. The problem is reported at the member of the test that names the file. */
export function failedCase(read: ReadGuardTest, test: GuardTest, each: TestCase, problem: Problem): CaseResult {
  return {
    ...each,
    title: caseTitle(test, each),
    status: 'error',
    problems: [{ ...problem, position: placeOf(read, test, each, problem) }],
    isNotLoaded: notLoadedCodes.has(problem.code),
    isStale: false,
    diff: null,
    decided: null,
    ms: 0,
  };
}

const notLoadedCodes: ReadonlySet<string> = new Set(['guard/not-loaded', 'guard/not-created']);

/** The members whose files a failure is about, by the first part of its code. */
const membersOfCodes: Readonly<Record<string, readonly string[]>> = {
  trace: ['trace', 'traces'],
  guardtest: ['trace', 'traces'],
  guard: ['guard', 'guards', 'config'],
  policy: ['policy', 'policies', 'config'],
  config: ['config'],
  gateway: ['config'],
  lookups: ['lookups'],
};

function placeOf(read: ReadGuardTest, test: GuardTest, each: TestCase, { code }: Problem): Position {
  const [room = ''] = code.split('/');
  const name = membersOfCodes[room]?.find((member) => read.names.has(member));
  if (name === 'traces') return read.place([name, test.traces.indexOf(each.trace)]);
  if (name === 'guards') return read.place([name, test.guards.indexOf(each.guard ?? '')]);
  if (name === 'policies') return read.place([name, test.policies.indexOf(each.policy ?? '')]);
  return read.place(name === undefined ? [] : [name]);
}
