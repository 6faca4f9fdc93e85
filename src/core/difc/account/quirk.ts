/** The type of a quirk, a finding about one decision that belongs to a phase, and helpers that the finders share. */
import { decodeRecentGoJson } from '../../go/goJsonRecent.ts';
import type { JsonValue } from '../../base/json.ts';
import type { Problem } from '../../base/parsed.ts';
import type { DecisionRecord, PhaseId } from '../record/decision.ts';
import type { GuardFunction } from '../record/guardCall.ts';

/** A finding, and the phase of the account that shows it. */
export interface Quirk extends Problem {
  readonly anchor: PhaseId;
}

/** Looks for one quirk in a decision; null when the decision does not have it. */
export type Finder = (record: DecisionRecord) => Quirk | null;

/** README section that explains each quirk by its code. */
export const surprises = 'README.md#what-may-surprise-you-in-the-gateway';

/** Makes a quirk with severity `warning` and the code `difc/name`. */
export function quirk(anchor: PhaseId, name: string, message: string, hint?: string): Quirk {
  const finding = { severity: 'warning', code: `difc/${name}`, message, docs: surprises, anchor } as const;
  return hint === undefined ? finding : { ...finding, hint };
}

/** Makes a quirk with severity `info`, for behaviour that is common rather than exceptional. */
export function note(anchor: PhaseId, name: string, message: string, hint?: string): Quirk {
  return { ...quirk(anchor, name, message, hint), severity: 'info' };
}

/** Returns the parsed output of the last call of a guard function; null when it was not called, failed, or did not write JSON. */
export function guardAnswer({ guardCalls }: DecisionRecord, name: GuardFunction): JsonValue {
  const output = guardCalls.findLast((call) => call.function === name)?.output ?? null;
  const parsed = output === null ? null : decodeRecentGoJson(output);
  return parsed?.ok === true ? parsed.value : null;
}

/** Returns a count with its noun: `1 item`, `2 items`. */
export function count(n: number, noun: string): string {
  return n === 1 ? `1 ${noun}` : `${n} ${noun}s`;
}
