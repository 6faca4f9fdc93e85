/** How a trace that is still being written is read, and which of its calls still wait for their guard. */
import type { CallDraft } from './draft.ts';

/** How to read a trace that is still being written. */
export interface Growing {
  /** Whether a guard watches the session, so that a guard line follows each call. Otherwise this is known from the first guard line on. */
  readonly watched: boolean;
}

/**
 * Marks the latest call of each server as waiting for its guard, because look-ups and filter records follow the answer in the log. Calls
 * that ended according to the text log are not marked.
 */
export function awaitGuards(drafts: readonly CallDraft[]): void {
  const seen = new Set<string>();
  for (let at = drafts.length - 1; at >= 0 && drafts.length - at <= latestDrafts; at--) {
    const draft = drafts[at];
    if (draft === undefined || draft.origin === 'guard' || draft.start.file !== undefined) continue;
    if (seen.has(draft.start.server)) continue;
    seen.add(draft.start.server);
    if (!draft.watched) draft.awaits ??= 'guard';
  }
}

/** Marks the calls of a connection that still wait for their guard line. The guard takes calls in order, so these follow the last call that has one. */
export function awaitGuardLines(calls: readonly CallDraft[]): void {
  for (let at = calls.length - 1; at >= 0 && calls.length - at <= mostWithGuard; at--) {
    const draft = calls[at];
    if (draft === undefined || draft.watched) return;
    draft.awaits ??= 'guard';
  }
}

/** Limit of calls without a guard line: when a guard is attached in the middle of a capture, earlier calls never get one. */
const mostWithGuard = 64;

/** Number of drafts at the end in which the latest call of each server is searched. */
const latestDrafts = 500;
