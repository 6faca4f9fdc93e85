/** What can be told of a gateway's log while it is being written beside its text log: the two are never read at the same moment. */
import { toleranceMs } from './clientCalls.ts';
import type { CallDraft } from '../model/draft.ts';
import type { ClientCall, ClientCalls } from './gatewayTextLog.ts';

/** How a trace that is still being written is read. */
export interface Growing {
  /** Whether a guard watches the session, so that its line follows each call; known otherwise from the first such line on. */
  readonly watched: boolean;
}

/**
 * The drafts before the first one that the text log will decide soon: it was sent while a call of the client runs, and the text log has
 * not come that far. What is listed once keeps its place so.
 */
export function untilUndecidable(drafts: readonly CallDraft[], clientCalls: ClientCalls | null): readonly CallDraft[] {
  const covers = clientCalls?.covers ?? null;
  const running = clientCalls?.calls.find(({ end }) => end === null);
  if (covers === null || running === undefined) return drafts;
  const from = Math.max(covers.to + toleranceMs, running.time - toleranceMs);
  const at = drafts.findIndex(({ origin, start }) => origin === null && start.time !== null && start.time > from);
  return at < 0 ? drafts : drafts.slice(0, at);
}

/** Whether a call of the client that led to no backend call surely has none, rather than one that is still to be read. */
export function isKnownRefused(call: ClientCall): boolean {
  return call.end !== null && call.settled;
}

/**
 * Says of the latest call of each server that what the guard did with it may still come: its look-ups and filter records follow the answer
 * in the log. Not of one that the text log says to be through.
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

/** Says of a connection's calls that the guard that watches them has still to tell. It takes them in order: those after the last one that it told of are still with it. */
export function awaitGuardLines(calls: readonly CallDraft[]): void {
  for (let at = calls.length - 1; at >= 0 && calls.length - at <= mostWithGuard; at--) {
    const draft = calls[at];
    if (draft === undefined || draft.watched) return;
    draft.awaits ??= 'guard';
  }
}

/** Of a watch that began in the middle of a capture the calls before it get no line. */
const mostWithGuard = 64;

/** Among so many drafts at the end the latest call of each server is looked for. */
const latestDrafts = 500;
