/** Whether two decisions of a call are the same for a user: all that a row shows of them, without times and sizes. */
import { jsonText } from '../base/jsonText.ts';
import type { DecisionDigest } from './decisionDigest.ts';

/** Compares outcome, reason, labels, items, mode and look-ups. */
export function isSameDecision(one: DecisionDigest, other: DecisionDigest): boolean {
  return decided(one) === decided(other);
}

function decided({ row, mode, missed, poisoned }: DecisionDigest): string {
  const { args, status, operation, headline, items, began = null, gained, lost, backendCalls } = row;
  return jsonText([
    args,
    status,
    operation,
    headline,
    items,
    began,
    gained,
    lost,
    backendCalls,
    mode,
    missed,
    poisoned,
  ]);
}
