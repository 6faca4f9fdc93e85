/** Replays a trace through guards as the gateway would run the session: in order of arrival, on one instance a server (gateway spec 3.7). */
import type { DecisionRecord } from '../../core/difc/record/decision.ts';
import { busiestServer } from '../../core/trace/model/busiestServer.ts';
import type { Trace } from '../../core/trace/model/traceModel.ts';
import { type GatewaySession, oneServer, type ServerSession } from './gatewaySession.ts';
import { IncrementalReplay, type RunOptions } from './incrementalReplay.ts';

/** Inputs of a replay of one server, beside the trace. */
export interface ReplayOptions extends ServerSession, RunOptions {
  /** Server whose calls go through the guard; default the one with the most calls. */
  readonly server?: string;
}

/** Decides the calls of one server. */
export async function* replayTrace(trace: Trace, options: ReplayOptions): AsyncGenerator<DecisionRecord> {
  const { server = busiestServer(trace), ...rest } = options;
  if (server !== null) yield* replaySession(trace, oneServer(server, rest), options);
}

/**
 * Decides the calls of all servers of a session; ends early when the signal aborts. A guard instance must not serve two replays at once.
 * Where the log does not say whether a call was the agent's or a look-up, its record comes up to 50 calls of its server late: a later call
 * may claim it.
 */
export async function* replaySession(
  trace: Trace,
  session: GatewaySession,
  options: RunOptions = {},
): AsyncGenerator<DecisionRecord> {
  const replay = new IncrementalReplay(session, options);
  replay.take(trace);
  yield* replay.run();
  yield* replay.finish();
  options.onFindings?.(replay.findings);
}
