/** A decision record without what only its own run measured, so that two runs of the same decisions give the same bytes. */
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { DecisionRecord } from '../difc/record/decision.ts';
import type { GuardCallRecord } from '../difc/record/guardCall.ts';

/** A decision record without the members of `measuredMembers`. */
export type ComparableRecord = Omit<DecisionRecord, 'guardCalls'> & { readonly guardCalls: readonly JsonObject[] };

/**
 * Members of guard calls that say how long something took on this machine. The time of a call is not among them: it is a fact of the trace, and the same
 * in every run.
 */
const measuredMembers: ReadonlySet<string> = new Set(['durationMs', 'atMs']);

/** Leaves the measured members out. Members keep their order. */
export function comparableRecord(record: DecisionRecord): ComparableRecord {
  return { ...record, guardCalls: record.guardCalls.map(comparableCall) };
}

function comparableCall(call: GuardCallRecord): JsonObject {
  const { backendCalls, log, grows } = call;
  return withoutMeasured({
    ...call,
    backendCalls: backendCalls.map(withoutMeasured),
    log: log.map(withoutMeasured),
    grows: grows.map(withoutMeasured),
  });
}

function withoutMeasured(value: object): JsonObject {
  const members = Object.entries(value) as readonly (readonly [string, JsonValue])[];
  return Object.fromEntries(members.filter(([name]) => !measuredMembers.has(name)));
}
