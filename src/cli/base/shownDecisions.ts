/** Chooses which decisions of a replay are printed (`--only`). */
import { Failure } from '../../core/base/failure.ts';
import type { DecisionRecord, DecisionMark, Outcome } from '../../core/difc/record/decision.ts';

type Word = Outcome | DecisionMark;

const words: readonly Word[] = ['allowed', 'filtered', 'denied', 'blocked', 'error', 'unlabeled', 'unrecorded', 'lint'];

/** Whether a decision is printed. */
export type IsShown = (decision: ShownBy) => boolean;

/** What decides whether a decision is printed. */
export interface ShownBy extends Pick<DecisionRecord, 'index' | 'server'> {
  readonly outcome: string;
  readonly marks?: readonly string[];
}

/** The value of `--only` as a test: outcomes and marks, separated by commas; a decision needs one of them. Throws `cli/usage`. */
export function shownDecisions(only: string | undefined): IsShown {
  if (only === undefined) return () => true;
  const wanted: ReadonlySet<string> = new Set(only.split(',').map((word) => word.trim()));
  for (const word of wanted) {
    if (words.some((known) => known === word)) continue;
    const list = words.join(', ');
    throw new Failure(
      'cli/usage',
      `--only must name outcomes or marks, not "${word}"`,
      `Use one or more of ${list}, separated by commas`,
    );
  }
  return ({ outcome, marks = [] }) => wanted.has(outcome) || marks.some((mark) => wanted.has(mark));
}
