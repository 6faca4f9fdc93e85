/** Chooses the server that a replay of a trace shows when nothing else names one. */
import type { Trace } from './traceModel.ts';

/** The server with the most calls, the first of them among equals; null for a trace without calls. */
export function busiestServer(trace: Trace): string | null {
  const counts = new Map<string, number>();
  for (const { server } of trace.calls) counts.set(server, (counts.get(server) ?? 0) + 1);
  let best: string | null = null;
  for (const [server, count] of counts) if (best === null || count > (counts.get(best) ?? 0)) best = server;
  return best;
}
