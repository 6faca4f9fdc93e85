/** Decides what is certain in a gateway log that is still being written: its text log is never read at the same moment. */
import { toleranceMs } from './clientCalls.ts';
import type { CallDraft } from '../model/draft.ts';
import type { ClientCall, ClientCalls } from './gatewayTextLog.ts';

/** How to read a trace that is still being written. */
export interface Growing {
  /** Whether a guard watches the session, so that a guard line follows each call. Otherwise this is known from the first guard line on. */
  readonly watched: boolean;
}

/**
 * Returns the drafts before the first one that the text log will decide soon: it was sent while a call of the client runs, later than
 * the last line of the text log. So drafts that were listed once keep their positions.
 */
export function untilUndecidable(drafts: readonly CallDraft[], clientCalls: ClientCalls | null): readonly CallDraft[] {
  const covers = clientCalls?.covers ?? null;
  const running = clientCalls?.calls.find(({ end }) => end === null);
  if (covers === null || running === undefined) return drafts;
  const from = Math.max(covers.to + toleranceMs, running.time - toleranceMs);
  const at = drafts.findIndex(({ origin, start }) => origin === null && start.time !== null && start.time > from);
  return at < 0 ? drafts : drafts.slice(0, at);
}

/** Whether a client's call without a backend call certainly has none, because the log was read after the call ended. */
export function isKnownRefused(call: ClientCall): boolean {
  return call.end !== null && call.settled;
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
