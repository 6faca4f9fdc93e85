/** The marks of a decision, and the findings that fail a replay with `--strict`: mistakes of the author, and look-ups without a recorded answer. */
import type { Problem } from '../base/parsed.ts';
import { isJsonObject } from '../base/json.ts';
import type { DecisionRecord, DecisionMark } from '../difc/record/decision.ts';
import { isErrorResult } from '../mcp/textContent.ts';

/** Quirks of the gateway that only a mistake of the guard's author leads to. */
const mistakes: ReadonlySet<string> = new Set([
  'difc/unknown-operation',
  'difc/vanished-labels',
  'difc/item-without-labels',
  'difc/empty-label-response',
]);

/** Whether a problem is a mistake of the guard's author. Notes never are. */
export function isMistake({ code, severity }: Problem): boolean {
  return severity !== 'info' && (code.startsWith('lint/') || mistakes.has(code));
}

/** The marks of a decision with these problems, sorted. */
export function marksOf(record: DecisionRecord, problems: readonly Problem[]): readonly DecisionMark[] {
  return [
    ...(problems.some(isMistake) ? (['lint'] as const) : []),
    ...(wentUnlabeled(record) ? (['unlabeled'] as const) : []),
    ...(missedLookups(record) > 0 ? (['unrecorded'] as const) : []),
  ];
}

/** Whether a decision has a mark that fails a strict replay. */
export function hasStrictFinding({ marks = [] }: { readonly marks?: readonly string[] }): boolean {
  return marks.includes('lint') || marks.includes('unrecorded');
}

/** Number of look-ups of a decision that have no recorded answer. */
export function missedLookups({ guardCalls }: Pick<DecisionRecord, 'guardCalls'>): number {
  return guardCalls.reduce((sum, { backendCalls }) => {
    return backendCalls.length === 0
      ? sum
      : sum + backendCalls.filter(({ end }) => end === 'no-recorded-answer').length;
  }, 0);
}

/** Whether label_response gave no labels for a result that is not an error, so that the client got it as it is. */
function wentUnlabeled({ guardCalls, items, error, endedIn, backendResult }: DecisionRecord): boolean {
  if (items !== null || error !== null || endedIn !== null) return false;
  if (guardCalls.at(-1)?.function !== 'label_response') return false;
  return !(isJsonObject(backendResult) && isErrorResult(backendResult));
}
