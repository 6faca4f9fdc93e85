/** The servers of a trace by their number of calls, and the default one: that with the most. */
import type { Trace } from './traceModel.ts';

/** Number of calls of each server, in order of appearance. */
export type ServerCounts = ReadonlyMap<string, number>;

/** Counts the calls of each server. */
export function countServers({ calls }: Pick<Trace, 'calls'>): ServerCounts {
  const counts = new Map<string, number>();
  for (const { server } of calls) counts.set(server, (counts.get(server) ?? 0) + 1);
  return counts;
}

/** Returns the server with the most calls, or the first of several with the same count. null for a trace without calls. */
export function busiestServer(trace: Pick<Trace, 'calls'>): string | null {
  const known = busiest.get(trace.calls);
  if (known !== undefined) return known.server;
  const server = busiestOf(countServers(trace));
  busiest.set(trace.calls, { server });
  return server;
}

/** A reading of a trace does not change: a longer one has another list of calls. */
const busiest = new WeakMap<Trace['calls'], { readonly server: string | null }>();

/** See `busiestServer`. */
export function busiestOf(counts: ServerCounts): string | null {
  let best: string | null = null;
  for (const [server, count] of counts) if (best === null || count > (counts.get(best) ?? 0)) best = server;
  return best;
}
