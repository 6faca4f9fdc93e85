/** Replays a trace through a guard as the gateway's server would run the session: in order, on one instance, one agent (gateway spec 3.7). */
import type { JsonValue } from '../../core/base/json.ts';
import type { CircuitSettings } from '../../core/difc/monitor/circuitBreaker.ts';
import type { DecisionRecord, EnforcementMode } from '../../core/difc/record/decision.ts';
import { busiestServer } from '../../core/trace/model/busiestServer.ts';
import type { Trace, TraceCall } from '../../core/trace/model/traceModel.ts';
import type { Guard } from '../../core/guard/guard.ts';
import { GrowingReplay } from './incrementalReplay.ts';

/** With what a trace is replayed. */
export interface ReplayOptions {
  readonly guard: Guard;
  /** The configured policy; undefined or null: none, so `label_agent` is not called and the agent starts without labels. */
  readonly policy?: JsonValue | undefined;
  /** Mode of a server whose guard names none; default strict. */
  readonly mode?: EnforcementMode;
  /** Server whose calls go through the guard; default the one with the most calls. */
  readonly server?: string;
  /** Who answers the guard's `call_backend`: the trace, or nobody. Default the trace. */
  readonly backend?: 'recorded' | 'none';
  /** Milliseconds that the guard may take for one tool call in all; default the gateway's tool timeout. */
  readonly deadlineMs?: number;
  readonly trustedBots?: readonly string[];
  /** Tools that the server may be called for; null or absent: every one (gateway spec 3.7, step 2). */
  readonly allowedTools?: readonly string[] | null;
  /** Calls that a session may make of a tool (gateway spec 3.7, step 4). */
  readonly toolCallLimits?: ReadonlyMap<string, number>;
  /** When rate limits of the backend make the gateway refuse calls; default the gateway's (gateway spec 3.7, step 8). */
  readonly circuit?: CircuitSettings;
  readonly signal?: AbortSignal;
  /** Told when a recorded call turns out to be a look-up of the guard, which gets no record. */
  readonly onLookup?: (lookup: TraceCall, madeFor: TraceCall) => void;
}

/**
 * Decides the calls of one server in order; ends early when the signal aborts. One guard instance must not serve two replays at once.
 * Where the log does not say whether a call was the agent's or a look-up, its record comes up to 50 calls late: a later call may claim it.
 */
export async function* replayTrace(trace: Trace, options: ReplayOptions): AsyncGenerator<DecisionRecord> {
  const server = options.server ?? busiestServer(trace);
  if (server === null) return;
  const replay = new GrowingReplay(server, options);
  replay.take(trace);
  yield* replay.run();
  yield* replay.finish();
}
