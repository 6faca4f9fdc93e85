/** Replays the trace of a feed on one instance of each guard: decides the calls that are there, then those that the trace grows by, until it ends. */
import type { Problem } from '../../core/base/parsed.ts';
import type { DecisionRecord } from '../../core/difc/record/decision.ts';
import type { LookupFixture } from '../../core/trace/model/lookupFixtures.ts';
import type { Trace, TraceCall } from '../../core/trace/model/traceModel.ts';
import type { EditedCall } from '../../core/whatIf/callChanges.ts';
import type { GatewaySession } from '../replay/gatewaySession.ts';
import { IncrementalReplay } from '../replay/incrementalReplay.ts';
import { busiestServer } from '../../core/trace/model/busiestServer.ts';
import type { TraceFeed } from './traceFeed.ts';

/** Receives the results of a run. */
export interface FeedResults {
  /** Whether it has this very record. */
  has(record: DecisionRecord): boolean;
  /** Adds a record, which replaces an earlier one with the same index. `hasGuardMode`: its mode was set by the guard. */
  add(record: DecisionRecord, hasGuardMode: boolean): void;
  /** Marks a call, which may have a record, as a look-up of the guard. */
  addLookup(lookup: TraceCall, madeFor: TraceCall): void;
  /** Takes the findings about the session so far, which replace the earlier ones. */
  setFindings(findings: readonly Problem[]): void;
}

/** Inputs of one run, and its callbacks. */
export interface FeedReplay {
  /** The servers with fresh guard instances; its signal ends the run. */
  readonly session: GatewaySession & { readonly signal: AbortSignal };
  /** Answers to look-ups where the trace has none; default none. */
  readonly fixtures?: readonly LookupFixture[];
  readonly feed: TraceFeed;
  /** What a user changed of the calls; default nothing. */
  readonly changes?: readonly EditedCall[];
  readonly results: FeedResults;
  /** Called after every record and look-up. */
  readonly onStep: () => void;
  /** Called when every call of this trace that is ready has been decided. */
  readonly onCaughtUp: (trace: Trace) => void;
  /** Called when a wait for the trace to grow is over. */
  readonly onWoken: () => void;
}

/** Resolves true at the end of the trace or when the signal aborts; false when the run must start again on a fresh instance. */
export async function replayFeed(run: FeedReplay): Promise<boolean> {
  const { session, fixtures = [], changes = [], feed, results, onStep, onCaughtUp, onWoken } = run;
  const { rules, signal } = session;
  const addAll = (records: Iterable<DecisionRecord>): void => {
    for (const record of records) {
      // Without a policy label_agent is not called, so the mode is the configured one.
      const hasGuardMode = (rules.get(record.server)?.policy ?? null) !== null;
      if (!results.has(record)) results.add(record, hasGuardMode);
      onStep();
    }
  };
  const replay = new IncrementalReplay(session, {
    fixtures,
    changes,
    onLookup: (lookup, madeFor) => {
      results.addLookup(lookup, madeFor);
      onStep();
    },
  });
  let taken: Trace | null = null;
  for (;;) {
    const { trace } = feed;
    if (trace !== taken && !replay.take(trace)) return false;
    taken = trace;
    for await (const record of replay.run()) {
      if (signal.aborted) return true;
      addAll([record]);
    }
    if (signal.aborted) return true;
    if (feed.trace !== trace) continue;
    addAll(trace.growing === true ? replay.provisional() : replay.finish());
    results.setFindings(replay.findings);
    onCaughtUp(trace);
    if (trace.growing !== true) return true;
    await feed.waitForChange(trace, replay.waitMs, signal);
    onWoken();
    if (signal.aborted) return true;
  }
}

/**
 * The server that a run is about: `wanted`, or the one with the most calls as soon as the trace has a call. Null when the trace ends
 * without a call or the signal aborts.
 */
export async function chooseServer(
  wanted: string | null,
  feed: TraceFeed,
  signal: AbortSignal,
): Promise<string | null> {
  for (;;) {
    const { trace } = feed;
    const server = wanted ?? busiestServer(trace);
    if (server !== null || trace.growing !== true || signal.aborted) return server;
    await feed.waitForChange(trace, null, signal);
  }
}
