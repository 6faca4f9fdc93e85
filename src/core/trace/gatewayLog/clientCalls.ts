/** Matches the tool calls of the gateway's text log with backend calls; the unmatched backend calls are the guard's. */
import { encodeGoJson } from '../../go/goJson.ts';
import type { JsonValue } from '../../base/json.ts';
import type { CallDraft } from '../model/draft.ts';
import type { ClientCall, ClientCalls } from './gatewayTextLog.ts';

/** Maximum difference between the times of simultaneous log lines, caused by rounding. */
export const toleranceMs = 2;

/**
 * Decides the origin of the drafts within the time range of the text log: the agent if a client's call matches, otherwise the guard.
 * Returns the client's calls without a backend call: refused, or cut off. `textOf` returns the canonical text of arguments.
 */
export function matchClientCalls(
  drafts: readonly CallDraft[],
  clientCalls: ClientCalls,
  textOf: (args: JsonValue) => string = encodeGoJson,
): readonly ClientCall[] {
  const { covers, calls } = clientCalls;
  if (covers === null || calls.length === 0) return [];
  const inTime = drafts.filter(({ origin, start }) => origin !== 'guard' && start.time !== null);
  const exact = new Shelves(inTime, ({ start }) => exactKey(start.tool, textOf(start.args)));
  const byTool = new Shelves(inTime, ({ start }) => start.tool);
  const matched = new Set<CallDraft>();
  const refused: ClientCall[] = [];
  for (const call of calls) {
    const found =
      (call.args === null ? undefined : exact.take(exactKey(call.tool, textOf(call.args.value)), call, matched)) ??
      (call.redacted || call.args === null ? byTool.take(call.tool, call, matched) : undefined);
    if (found === undefined) {
      refused.push(call);
      continue;
    }
    if (found.origin === null) found.decide('agent', 'text-log');
    found.watched = call.end !== null && call.settled;
  }
  for (const draft of inTime) {
    const time = draft.start.time ?? 0;
    if (draft.origin !== null || time < covers.from - toleranceMs || time > covers.to + toleranceMs) continue;
    draft.decide('guard', 'text-log');
  }
  return refused;
}

/** Drafts by key, in order of time. Each draft is taken once. */
class Shelves {
  readonly #shelves = new Map<string, { readonly drafts: CallDraft[]; next: number }>();

  constructor(drafts: readonly CallDraft[], keyOf: (draft: CallDraft) => string) {
    for (const draft of drafts) {
      const key = keyOf(draft);
      const shelf = this.#shelves.get(key);
      if (shelf === undefined) this.#shelves.set(key, { drafts: [draft], next: 0 });
      else shelf.drafts.push(draft);
    }
  }

  /** Takes the first free draft that was sent while the call ran. Calls must be passed in order of time. */
  take(key: string, call: ClientCall, taken: Set<CallDraft>): CallDraft | undefined {
    const shelf = this.#shelves.get(key);
    if (shelf === undefined) return undefined;
    for (; shelf.next < shelf.drafts.length; shelf.next++) {
      const draft = shelf.drafts[shelf.next];
      const time = draft?.start.time ?? null;
      if (draft === undefined || time === null || taken.has(draft) || time < call.time - toleranceMs) continue;
      if (call.end !== null && time > call.end + toleranceMs) return undefined;
      taken.add(draft);
      return draft;
    }
    return undefined;
  }
}

function exactKey(tool: string, argsText: string): string {
  return `${tool}\u0000${argsText}`;
}
