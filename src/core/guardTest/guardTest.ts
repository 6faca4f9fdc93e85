/** A guard test: traces, guards and policies, with the decisions that were accepted for each combination. */
import type { EnforcementMode } from '../difc/record/decision.ts';
import type { AcceptedCall } from './acceptedCall.ts';

/** The `schema` of the file. */
export const guardTestSchema = 'guardscope-guardtest/1';

/** How the names of files end. */
export const guardTestSuffix = '.guardtest.json';

/** A test. Paths are as written: relative to the folder of the file. */
export interface GuardTest {
  /** Each the files of one session. */
  readonly traces: readonly (readonly string[])[];
  /** A path, or `noop`; empty: those of the configuration. */
  readonly guards: readonly string[];
  /** Empty: none. */
  readonly policies: readonly string[];
  readonly config: string | null;
  readonly mode: EnforcementMode | null;
  readonly server: string | null;
  /** Answers to look-ups that the trace does not have. */
  readonly lookups: string | null;
  readonly deadlineMs: number | null;
  /** The calls that are compared, as written; null: all. */
  readonly calls: string | null;
  /** What was accepted; a combination that is not there has not been accepted yet. */
  readonly accepted: readonly AcceptedCase[];
}

/** A combination of a session, a guard and a policy. */
export interface TestCase {
  readonly trace: readonly string[];
  readonly guard: string | null;
  readonly policy: string | null;
}

/** The decisions that were accepted for a combination. */
export interface AcceptedCase extends TestCase {
  /** SHA-256 of the trace that they were accepted for, without regard to line ends; null when it is not written. */
  readonly traceHash: string | null;
  readonly calls: readonly AcceptedCall[];
}

/** All combinations: traces, then guards, then policies. */
export function testCases({
  traces,
  guards,
  policies,
}: Pick<GuardTest, 'traces' | 'guards' | 'policies'>): readonly TestCase[] {
  const orNone = (paths: readonly string[]): readonly (string | null)[] => (paths.length === 0 ? [null] : paths);
  return traces.flatMap((trace) =>
    orNone(guards).flatMap((guard) => orNone(policies).map((policy): TestCase => ({ trace, guard, policy }))),
  );
}

/** What was accepted for a combination. */
export function acceptedFor({ accepted }: Pick<GuardTest, 'accepted'>, wanted: TestCase): AcceptedCase | undefined {
  const key = caseKey(wanted);
  return accepted.find((each) => caseKey(each) === key);
}

export function caseKey({ trace, guard, policy }: TestCase): string {
  return JSON.stringify([trace, guard, policy]);
}

/** What tells a combination apart from the others of its test; empty for the only one. */
export function caseTitle(test: GuardTest, { trace, guard, policy }: TestCase): string {
  return [
    ...(test.traces.length > 1 ? [trace.join(' + ')] : []),
    ...(test.guards.length > 1 && guard !== null ? [guard] : []),
    ...(test.policies.length > 1 && policy !== null ? [policy] : []),
  ].join(', ');
}

/** The first and the last number of a piece of a range. */
type Piece = readonly [first: number, last: number];

/** A text such as `3-9,12`, whose numbers ascend; null when it is not one. */
export function readCallRange(text: string): readonly Piece[] | null {
  const pieces: Piece[] = [];
  let least = 1;
  for (const part of text.split(',')) {
    const [, first, last] = /^\s*(\d{1,9})(?:\s*-\s*(\d{1,9}))?\s*$/.exec(part) ?? [];
    if (first === undefined) return null;
    const piece: Piece = [Number(first), Number(last ?? first)];
    if (piece[0] < least || piece[1] < piece[0]) return null;
    least = piece[1] + 1;
    pieces.push(piece);
  }
  return pieces;
}

/** Numbers of calls as a range: `3-9,12`. `numbers`: ascending. */
export function callRangeText(numbers: readonly number[]): string {
  const pieces: [number, number][] = [];
  for (const number of numbers) {
    const last = pieces.at(-1);
    if (last !== undefined && last[1] + 1 === number) last[1] = number;
    else pieces.push([number, number]);
  }
  return pieces.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}
