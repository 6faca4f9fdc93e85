/** Drives one run over a trace until the trace ends: decides what is there, and what it grows by, on one instance. */
import type { JsonObject } from '../../core/base/json.ts';
import type { Trace } from '../../core/trace/model.ts';
import type { Guard } from '../guard/guard.ts';
import { GrowingReplay } from '../replay/growingReplay.ts';
import { busiestServer } from '../replay/replayTrace.ts';
import type { SessionSettings } from './replaySession.ts';
import type { RunResults } from './runResults.ts';
import type { TraceFeed } from './traceFeed.ts';

/** What a run is made of, and whom it tells. */
export interface Drive {
  readonly guard: Guard;
  readonly policy: JsonObject | undefined;
  readonly settings: SessionSettings;
  readonly server: string;
  readonly feed: TraceFeed;
  readonly results: RunResults;
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
  const { mode, trustedBots, deadlineMs } = settings;
  const keep = (records: Iterable<Parameters<RunResults['add']>[0]>): void => {
    for (const record of records) {
      // Without a policy label_agent is not called, so the mode is the configured one.
      if (results.records.get(record.index) !== record) results.add(record, settings.policy !== null);
      onStep();
    }
  };
  const replay = new GrowingReplay(server, {
    guard,
    policy,
    mode,
    trustedBots,
    deadlineMs,
    signal,
    backend: 'recorded',
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
