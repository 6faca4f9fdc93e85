/** Decides what is certain in a gateway log that is still being written: its text log is never read at the same moment. */
import { toleranceMs } from './clientCalls.ts';
import type { CallDraft } from '../model/draft.ts';
import type { ClientCall, ClientCalls } from './clientCall.ts';

/**
 * Returns the drafts before the first one that the text log will decide soon: it was sent while a call of the client runs, later than
 * the last line of the text log, or its tool is unknown. So drafts that were listed once keep their positions.
 */
export function untilUndecidable(
  drafts: readonly CallDraft[],
  clientCalls: ClientCalls | null,
  nameless: readonly CallDraft[],
): readonly CallDraft[] {
  const last = clientCalls?.covers?.to ?? -Infinity;
  const due = nameless.find(
    ({ start, origin }) => origin !== 'guard' && start.tool === '' && (start.time ?? -Infinity) > last,
  );
  const before = due?.start.requestLine ?? Infinity;
  const named =
    clientCalls === null || due === undefined ? drafts : drafts.filter((each) => each.start.requestLine < before);
  return untilUndecided(named, clientCalls);
}

function untilUndecided(drafts: readonly CallDraft[], clientCalls: ClientCalls | null): readonly CallDraft[] {
  const covers = clientCalls?.covers ?? null;
  const running = clientCalls?.calls.find(({ end }) => end === null);
  if (covers === null || running === undefined) return drafts;
  const from = Math.max(covers.to + toleranceMs, running.time - toleranceMs);
  const at = drafts.findIndex(({ origin, start }) => origin === null && start.time !== null && start.time > from);
  return at < 0 ? drafts : drafts.slice(0, at);
}

/** Whether a client's call without a backend call certainly has none, because the log was read after the call ended. */
export function isKnownUnmatched(call: ClientCall): boolean {
  return call.end !== null && call.settled;
}
