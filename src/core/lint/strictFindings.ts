/** The findings that fail a replay with `--strict`: mistakes of the guard's author, and look-ups that have no recorded answer. */
import type { Problem } from '../base/parsed.ts';
import type { DecisionRecord } from '../difc/record/decision.ts';

/** Quirks of the gateway that only a mistake of the guard's author leads to. */
const mistakes: ReadonlySet<string> = new Set([
  'difc/unknown-operation',
  'difc/vanished-labels',
  'difc/item-without-labels',
]);

/** Whether a problem fails a strict replay. Notes never do. */
function isStrictFinding({ code, severity }: Problem): boolean {
  if (severity === 'info') return false;
  return code.startsWith('lint/') || mistakes.has(code) || code === 'replay/guard-call-not-recorded';
}

/** Whether a decision has a problem that fails a strict replay. */
export function hasStrictFinding({ problems }: DecisionRecord): boolean {
  return problems.some(isStrictFinding);
}
