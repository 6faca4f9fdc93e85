/** Replays a trace through a guard as the gateway's server would run the session: in order, on one instance, with one agent (gateway spec 3.7). */
import type { DecisionRecord } from '../../core/difc/record/decision.ts';
import { busiestServer } from '../../core/trace/model/busiestServer.ts';
import type { Trace } from '../../core/trace/model/traceModel.ts';
import { IncrementalReplay, type ReplayOptions } from './incrementalReplay.ts';

/**
 * Decides the calls of one server in order; ends early when the signal aborts. One guard instance must not serve two replays at once.
 * Where the log does not say whether a call was the agent's or a look-up, its record comes up to 50 calls late: a later call may claim it.
 */
export async function* replayTrace(trace: Trace, options: ReplayOptions): AsyncGenerator<DecisionRecord> {
  const server = options.server ?? busiestServer(trace);
  if (server === null) return;
  const replay = new IncrementalReplay(server, options);
  replay.take(trace);
  yield* replay.run();
  yield* replay.finish();
  options.onFindings?.(replay.findings);
}
