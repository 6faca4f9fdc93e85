/** Default server of a trace: the one with the most calls. */
import type { Trace } from './traceModel.ts';

/** Returns the server with the most calls, or the first of several with the same count. null for a trace without calls. */
export function busiestServer(trace: Trace): string | null {
  const counts = new Map<string, number>();
  for (const { server } of trace.calls) counts.set(server, (counts.get(server) ?? 0) + 1);
  let best: string | null = null;
  for (const [server, count] of counts) if (best === null || count > (counts.get(best) ?? 0)) best = server;
  return best;
}
