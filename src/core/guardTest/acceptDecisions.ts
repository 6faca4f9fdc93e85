/** Accepts decisions of a run in a guard test: all of a combination, those of one call, or one member of it. */
import type { AcceptedCall } from './acceptedCall.ts';
import { acceptedFor, caseKey, type GuardTest, type TestCase, testCases } from './guardTest.ts';

/** What a run gave for a combination. */
export interface DecidedCase extends TestCase {
  readonly traceHash: string;
  readonly calls: readonly AcceptedCall[];
}

/** What is accepted; without a call: everything. */
export interface AcceptChoice {
  /** The number of a call. */
  readonly call?: number;
  /** A member of its accepted decision. */
  readonly field?: string;
}

/** The test with the decisions of the run. */
export function acceptDecisions(test: GuardTest, decided: DecidedCase, { call, field }: AcceptChoice = {}): GuardTest {
  const { trace, guard, policy, traceHash } = decided;
  const was = acceptedFor(test, decided);
  const calls = call === undefined ? decided.calls : withCall(was?.calls ?? [], decided.calls, call, field);
  // One accepted call says nothing about the others, so the test still knows of which trace they are.
  const next = {
    trace,
    guard,
    policy,
    traceHash: call === undefined ? traceHash : (was?.traceHash ?? traceHash),
    calls,
  };
  const key = caseKey(decided);
  const byKey = new Map(test.accepted.map((each) => [caseKey(each), each]));
  byKey.set(key, next);
  return { ...test, accepted: testCases(test).flatMap((each) => byKey.get(caseKey(each)) ?? []) };
}

function withCall(
  accepted: readonly AcceptedCall[],
  decided: readonly AcceptedCall[],
  call: number,
  field: string | undefined,
): readonly AcceptedCall[] {
  const was = accepted.find((each) => each.call === call);
  const is = decided.find((each) => each.call === call);
  const next = was === undefined || is === undefined || field === undefined ? is : withField(was, is, field);
  const others = accepted.filter((each) => each.call !== call);
  return [...others, ...(next === undefined ? [] : [next])].sort((one, other) => one.call - other.call);
}

function withField(was: AcceptedCall, is: AcceptedCall, field: string): AcceptedCall {
  const isField = ([name]: readonly [string, unknown]): boolean => name === field;
  const kept = Object.entries(was).filter((entry) => !isField(entry));
  return Object.fromEntries([...kept, ...Object.entries(is).filter(isField)]) as unknown as AcceptedCall;
}
