/** Replays a trace through a guard as the gateway's server would run the session: in order, on one instance, one agent (gateway spec 3.7). */
import type { JsonValue } from '../../core/base/json.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { DecisionRecord, EnforcementMode } from '../../core/difc/decision.ts';
import type { Trace, TraceCall } from '../../core/trace/model.ts';
import type { Guard } from '../guard/guard.ts';
import { isUndecided, makeCassette, type MadeCassette } from './cassette.ts';
import { findFindings } from './findings.ts';
import { asCall, HeldRecords, inherit, type Legacy, legacyOf, nothing } from './heldRecords.ts';
import { claimLookups, describeClaimed } from './lookups.ts';
import { ReplayedSession } from './replayedSession.ts';

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
  const cassette = options.backend === 'none' ? null : makeCassette(trace, server);
  if (cassette !== null) options.guard.useCassette(cassette.data);
  const session = new ReplayedSession(server, options);
  const calls = trace.calls.filter((call) => call.server === server);
  const recorded = { format: trace.format, filters: calls.some(({ filtered }) => filtered.length > 0) };
  const held = new HeldRecords();
  /** Records of calls that the guard asked for itself: look-ups for the next call. */
  let waiting: readonly DecisionRecord[] = [];
  const claimed = new Set<number>();
  let untold: readonly number[] = [];
  let first: Legacy = { ...nothing, problems: replayProblems(trace, server, cassette) };
  for (const [position, call] of calls.entries()) {
    if (stopped(options.signal)) break;
    if (claimed.has(position)) continue;
    const decided = await session.decide(call);
    // What was cut short by a cancel is no decision.
    if (stopped(options.signal)) break;
    const lookups = claimLookups(calls, position, decided.guardCalls);
    const note = describeClaimed(calls, lookups);
    const problems = [...(note === null ? [] : [note]), ...decided.problems, ...findFindings(decided, call, recorded)];
    const record = { ...decided, problems };
    const dropped = [...waiting, ...lookups.before.flatMap((at) => held.take(calls[at]?.index ?? -1))];
    untold = [...untold, ...lookups.before, ...lookups.itself, ...lookups.after];
    for (const at of untold) claimed.add(at);
    if (lookups.itself.length > 0) {
      session.undo(decided);
      waiting = [...dropped, record];
      continue;
    }
    for (const at of untold) if (calls[at] !== undefined) options.onLookup?.(calls[at], call);
    // A call that has look-ups of its own is the agent's, and what stands before it can no longer belong to a later one.
    const isOpen = isUndecided(call) && untold.length === 0;
    yield* held.add(inherit(record, [first, ...dropped.map(legacyOf)]), isOpen);
    first = nothing;
    waiting = [];
    untold = [];
  }
  // Where no call came that they could be look-ups for, they are calls after all.
  const rest = [...held.release(), ...waiting.map(asCall)];
  yield* rest.map((record, index) => (index === 0 ? inherit(record, [first]) : record));
}

/** The server with the most calls, the first of them among equals; null for a trace without calls. */
export function busiestServer(trace: Trace): string | null {
  const counts = new Map<string, number>();
  for (const { server } of trace.calls) counts.set(server, (counts.get(server) ?? 0) + 1);
  let best: string | null = null;
  for (const [server, count] of counts) if (best === null || count > (counts.get(best) ?? 0)) best = server;
  return best;
}

function stopped(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** What there is to say about the replay as a whole; it stands on the first record. */
function replayProblems(trace: Trace, server: string, cassette: MadeCassette | null): readonly Problem[] {
  const counts = new Map<string, number>();
  for (const call of trace.calls) {
    if (call.server !== server) counts.set(call.server, (counts.get(call.server) ?? 0) + 1);
  }
  const others = [...counts].map(([name, count]) => `"${name}" (${count})`).join(', ');
  const otherServers: Problem = {
    severity: 'info',
    code: 'replay/other-servers',
    message: `Only calls of server "${server}" go through the guard; those of other servers are left out: ${others}`,
    hint: 'Choose another server to replay its calls',
  };
  const limited: Problem = {
    severity: 'info',
    code: 'replay/cassette-limited',
    message: `${cassette?.leftOut ?? 0} answers to the agent's calls are too long to be at hand for the guard's own questions`,
  };
  return [...(others === '' ? [] : [otherServers]), ...((cassette?.leftOut ?? 0) === 0 ? [] : [limited])];
}
