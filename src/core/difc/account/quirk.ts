/** What a quirk is: a finding about one decision that belongs to a phase, and the few words that all finders share. */
import { decodeGoJson } from '../../go/goJson.ts';
import type { JsonValue } from '../../base/json.ts';
import type { Problem } from '../../base/parsed.ts';
import type { DecisionRecord, PhaseId } from '../record/decision.ts';
import type { GuardFunction } from '../record/guardCall.ts';

/** A finding, and the phase of the account where it shows. */
export interface Quirk extends Problem {
  readonly anchor: PhaseId;
}

/** Looks for one quirk in a decision; null when it does not show. */
export type Finder = (record: DecisionRecord) => Quirk | null;

/** The section that explains what may surprise in the gateway, code by code. */
export const surprises = 'README.md#what-may-surprise-you-in-the-gateway';

/** A quirk to be warned of; its code is `difc/name`. */
export function quirk(anchor: PhaseId, name: string, message: string, hint?: string): Quirk {
  const finding = { severity: 'warning', code: `difc/${name}`, message, docs: surprises, anchor } as const;
  return hint === undefined ? finding : { ...finding, hint };
}

/** A quirk that is the rule rather than the exception. */
export function note(anchor: PhaseId, name: string, message: string, hint?: string): Quirk {
  return { ...quirk(anchor, name, message, hint), severity: 'info' };
}

/** What the guard answered last, parsed; null when it was not called, failed, or wrote no JSON. */
export function guardAnswer({ guardCalls }: DecisionRecord, name: GuardFunction): JsonValue {
  const output = guardCalls.findLast((call) => call.function === name)?.output ?? null;
  const parsed = output === null ? null : decodeGoJson(output);
  return parsed?.ok === true ? parsed.value : null;
}

/** `1 item`, `2 items`. */
export function count(n: number, noun: string): string {
  return n === 1 ? `1 ${noun}` : `${n} ${noun}s`;
}
