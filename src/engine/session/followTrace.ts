/** Drives one run over a trace until the trace ends: decides what is there, and what it grows by, on one instance. */
import type { JsonObject } from '../../core/base/json.ts';
import type { DecisionRecord } from '../../core/difc/record/decision.ts';
import type { Trace, TraceCall } from '../../core/trace/model/traceModel.ts';
import type { Guard } from '../../core/guard/guard.ts';
import { GrowingReplay } from '../replay/incrementalReplay.ts';
import { busiestServer } from '../../core/trace/model/busiestServer.ts';
import type { ReplayOptions } from '../replay/replayTrace.ts';
import type { TraceFeed } from './traceFeed.ts';

/** Where a run puts what it finds. */
export interface DriveResults {
  /** Whether it holds this very record. */
  has(record: DecisionRecord): boolean;
  /** One with the index of an earlier one replaces it. `named`: whether its mode is the guard's. */
  add(record: DecisionRecord, named: boolean): void;
  /** A call, perhaps one that was decided, is a look-up of the guard. */
  addLookup(lookup: TraceCall, madeFor: TraceCall): void;
}

/** With what the calls are decided. */
export type DriveSettings = Omit<ReplayOptions, 'guard' | 'policy' | 'server' | 'signal' | 'onLookup'>;

/** What a run is made of, and whom it tells. */
export interface Drive {
  readonly guard: Guard;
  readonly policy: JsonObject | undefined;
  readonly settings: DriveSettings;
  readonly server: string;
  readonly feed: TraceFeed;
  readonly results: DriveResults;
  readonly signal: AbortSignal;
  /** After every record. */
  readonly onStep: () => void;
  /** Everything in this trace that can be decided is decided. */
  readonly onCaughtUp: (trace: Trace) => void;
  /** The wait for more is over. */
  readonly onWoken: () => void;
}

/** Resolves true at the end of the trace or of the signal; false when the run must start anew on a fresh instance. */
export async function driveRun(drive: Drive): Promise<boolean> {
  const { guard, policy, settings, server, feed, results, signal, onStep, onCaughtUp, onWoken } = drive;
  const keep = (records: Iterable<DecisionRecord>): void => {
    for (const record of records) {
      // Without a policy label_agent is not called, so the mode is the configured one.
      if (!results.has(record)) results.add(record, policy !== undefined);
      onStep();
    }
  };
  const replay = new GrowingReplay(server, {
    guard,
    policy,
    backend: 'recorded',
    ...settings,
    signal,
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
      keep([record]);
    }
    if (signal.aborted) return true;
    if (feed.trace !== trace) continue;
    keep(trace.growing === true ? replay.provisional() : replay.finish());
    onCaughtUp(trace);
    if (trace.growing !== true) return true;
    await feed.beyond(trace, replay.waitMs, signal);
    onWoken();
    if (signal.aborted) return true;
  }
}

/** The server that a run is about: the one asked for, or the one with the most calls as soon as there is one; null when none comes. */
export async function chooseServer(
  wanted: string | null,
  feed: TraceFeed,
  signal: AbortSignal,
): Promise<string | null> {
  for (;;) {
    const { trace } = feed;
    const server = wanted ?? busiestServer(trace);
    if (server !== null || trace.growing !== true || signal.aborted) return server;
    await feed.beyond(trace, null, signal);
  }
}
