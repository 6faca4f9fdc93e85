/** Counts how often the gateway had started anew before a call: its logs are appended to, without a mark between two runs (gateway spec 4.1). */
import type { CallDraft } from '../model/draft.ts';
import type { ClientCalls } from './clientCall.ts';

/**
 * Sets `restarts` of calls. The text log has a line for each start. Without such lines, a start is known when every server was listed
 * again, because the gateway lists the tools of all servers when it starts.
 */
export function countRestarts(calls: readonly CallDraft[], clientCalls: ClientCalls | null): void {
  const starts = clientCalls?.starts ?? [];
  const countOf = ({ start, span }: CallDraft): number | null => {
    if (starts.length === 0) return start.starts ?? null;
    const time = span?.from ?? start.time;
    return time === null ? null : starts.filter((each) => each <= time).length;
  };
  const counts = calls.map(countOf);
  const first = counts.reduce<number>((least, count) => Math.min(least, count ?? Infinity), Infinity);
  let latest = first;
  for (const [index, call] of calls.entries()) {
    // A refused call is only in the text log, so it has no count of its own.
    latest = counts[index] ?? latest;
    call.restarts = latest === Infinity ? 0 : latest - first;
  }
}
