/** Compares the decisions that a guard test accepts with those of a run, in the words of `diff`. */
import { alignCalls } from '../diff/alignCalls.ts';
import { type ChangedCall, type DiffCounts, RunDiff } from '../diff/runDiff.ts';
import { isJsonObject, type JsonValue } from '../base/json.ts';
import { jsonText } from '../base/jsonText.ts';
import type { DecisionChange } from '../diff/compareDecisions.ts';
import { type AcceptedCall, recordOfAccepted } from './acceptedCall.ts';

/** A part of a decision that is not as accepted. */
export interface AcceptedChange extends DecisionChange {
  /** The member of the accepted decision. */
  readonly field: string;
}

/** A call that is not decided as accepted, or that only one side has. The pointers are within the file. */
export interface FailedCall extends ChangedCall {
  readonly changes: readonly AcceptedChange[];
  readonly expected: AcceptedCall | null;
  readonly actual: AcceptedCall | null;
  /** JSON Pointer of the accepted decision; null when there is none. */
  readonly pointer: string | null;
}

export interface AcceptedDiff {
  readonly counts: DiffCounts;
  readonly calls: readonly FailedCall[];
}

/** How two lists of decisions are compared. */
export interface AcceptedComparison {
  /** Whether calls have the same numbers on both sides; otherwise they are aligned by what was called. */
  readonly sameTrace: boolean;
  /** JSON Pointer of the accepted decisions in the file. */
  readonly pointer: string;
}

export function compareAccepted(
  expected: readonly AcceptedCall[],
  actual: readonly AcceptedCall[],
  { sameTrace, pointer }: AcceptedComparison,
): AcceptedDiff {
  const diff = new RunDiff();
  const key = ({ call, server, agent, tool, args }: AcceptedCall): string =>
    jsonText([server, agent, tool, sameTrace ? call : args]);
  const calls = alignCalls(expected.map(key), actual.map(key)).flatMap(({ before, after }): readonly FailedCall[] => {
    const was = before === null ? null : (expected[before] ?? null);
    const is = after === null ? null : (actual[after] ?? null);
    const changed = diff.compare(recordIfAny(was), recordIfAny(is));
    if (changed === null) return [];
    const changes = changed.changes.map((change): AcceptedChange => {
      const inForm = inAcceptedForm(change, was, is);
      return { ...inForm, pointer: `${pointer}/${before ?? 0}${inForm.pointer}` };
    });
    return [
      { ...changed, changes, expected: was, actual: is, pointer: before === null ? null : `${pointer}/${before}` },
    ];
  });
  return { counts: diff.counts, calls };
}

function recordIfAny(call: AcceptedCall | null): ReturnType<typeof recordOfAccepted> | undefined {
  return call === null ? undefined : recordOfAccepted(call);
}

/** The change with the place and the values of the accepted form, where some parts have other names than in the record. */
function inAcceptedForm(change: DecisionChange, was: AcceptedCall | null, is: AcceptedCall | null): AcceptedChange {
  const pointer = renamed.reduce((text, [from, to]) => text.replace(from, to), change.pointer);
  const segments = pointer.split('/').slice(1);
  const [field = ''] = segments;
  const values = { before: valueAt(was, segments), after: valueAt(is, segments) };
  return { ...change, pointer, field, ...values };
}

const renamed: readonly (readonly [RegExp, string])[] = [
  [/^\/marks(?=\/|$).*/, '/unlabeled'],
  [/^\/agentAfter(?=\/|$)/, '/agentChange'],
  [/^\/guardCalls\/0\/backendCalls(?=\/|$)/, '/lookups'],
  [/^\/coarse\/reason$/, '/reason'],
  [/^\/problems(?=\/|$)/, '/findings'],
  [/^(\/items\/\d+)\/allowed$/, '$1/passed'],
];

function valueAt(call: AcceptedCall | null, segments: readonly string[]): JsonValue {
  let value = call as unknown as JsonValue;
  for (const segment of segments) {
    const members = Array.isArray(value) || isJsonObject(value) ? (value as { readonly [key: string]: JsonValue }) : {};
    value = (Object.hasOwn(members, segment) ? members[segment] : undefined) ?? null;
  }
  return value;
}
