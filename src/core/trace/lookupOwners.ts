/** Finds the call that each look-up was made for, where the trace does not say it. */
import type { CallDraft } from './model/draft.ts';

/**
 * Sets `madeFor` of look-ups. A look-up belongs to the only call of its server that ran meanwhile, as far as the gateway's text log tells
 * when calls ran. The others lie between two calls of the agent on a server: look-ups of phase 4 of the first call, and of phase 1 of the
 * second. The agent thinks between the two, so the longest pause separates them.
 */
export function attachLookups(drafts: readonly CallDraft[]): void {
  attachByTime(drafts);
  const servers = new Map<string, { owner: CallDraft | null; waiting: CallDraft[] }>();
  for (const draft of drafts) {
    const { server } = draft.start;
    let state = servers.get(server);
    if (state === undefined) servers.set(server, (state = { owner: null, waiting: [] }));
    if (draft.origin === 'guard') {
      if (draft.madeFor === null) state.waiting.push(draft);
      continue;
    }
    if (state.waiting.length > 0) {
      const split = state.owner === null ? 0 : longestPause([state.owner, ...state.waiting, draft]);
      for (const [index, lookup] of state.waiting.entries()) lookup.madeFor = index < split ? state.owner : draft;
      state.waiting = [];
    }
    state.owner = draft;
  }
  for (const { owner, waiting } of servers.values()) for (const lookup of waiting) lookup.madeFor = owner;
}

function attachByTime(drafts: readonly CallDraft[]): void {
  const calls = drafts.filter(({ origin, span }) => origin !== 'guard' && span !== null && span.to < Infinity);
  if (calls.length === 0) return;
  calls.sort((a, b) => (a.span?.from ?? 0) - (b.span?.from ?? 0));
  const running = new Map<string, CallDraft[]>();
  let next = 0;
  for (const lookup of drafts) {
    const { server, time } = lookup.start;
    if (lookup.origin !== 'guard' || lookup.madeFor !== null || time === null) continue;
    for (let call = calls[next]; call !== undefined && (call.span?.from ?? 0) <= time; call = calls[++next]) {
      const known = running.get(call.start.server);
      if (known === undefined) running.set(call.start.server, [call]);
      else known.push(call);
    }
    const still = (running.get(server) ?? []).filter(({ span }) => (span?.to ?? 0) >= (lookup.answerTime ?? time));
    running.set(server, still);
    const [only, second] = still;
    if (only !== undefined && second === undefined) lookup.madeFor = only;
  }
}

/** Returns the index of the draft before the longest pause; without times, the index of the last draft but one. */
function longestPause(drafts: readonly CallDraft[]): number {
  let longest = -1;
  let at = drafts.length - 2;
  for (let index = 0; index + 1 < drafts.length; index++) {
    const end = drafts[index]?.answerTime ?? drafts[index]?.start.time ?? null;
    const start = drafts[index + 1]?.start.time ?? null;
    if (end === null || start === null) continue;
    if (start - end > longest) {
      longest = start - end;
      at = index;
    }
  }
  return at;
}
