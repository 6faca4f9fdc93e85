/** What a lens above a function of a guard says of the open session. */
import type { Outcome } from '../difc/record/decision.ts';

/** The run of a session, as far as a lens shows it. */
export interface ShownRun {
  readonly status: 'idle' | 'running' | 'done' | 'cancelled' | 'failed';
  readonly done: number;
  readonly total: number;
  readonly counts: Readonly<Record<Outcome, number>>;
}

const outcomes: readonly Outcome[] = ['allowed', 'filtered', 'denied', 'blocked', 'error'];

/** For example `32 calls: 20 allowed, 5 filtered, 4 denied`; outcomes that no call had are left out. */
export function lensText({ status, done, total, counts }: ShownRun): string {
  const calls = total === 1 ? '1 call' : `${total} calls`;
  if (status === 'idle') return `${calls}, not replayed`;
  if (status === 'running') return `Replaying ${done} of ${calls}`;
  if (status === 'failed') return 'Replay failed';
  const parts = outcomes.filter((outcome) => counts[outcome] > 0).map((outcome) => `${counts[outcome]} ${outcome}`);
  const decided = parts.length === 0 ? calls : `${calls}: ${parts.join(', ')}`;
  return status === 'cancelled' ? `${decided}; cancelled` : decided;
}
