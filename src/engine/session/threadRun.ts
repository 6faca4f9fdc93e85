/** Replays a complete trace file in the thread of a session, which reads the file itself, and fills the results from its batches. */
import { Failure } from '../../core/base/failure.ts';
import type { Problem } from '../../core/base/parsed.ts';
import { traceFingerprint } from '../../core/trace/model/traceFingerprint.ts';
import type { Trace } from '../../core/trace/model/traceModel.ts';
import type { EditedCall } from '../../core/whatIf/callChanges.ts';
import type { ServerToOpen } from '../replay/openSession.ts';
import { PreparedServers } from '../sessionWorker/host/preparedServers.ts';
import type { ReplayResult } from '../sessionWorker/host/sessionItems.ts';
import { type LateRecords, ThreadSession } from '../sessionWorker/host/threadSession.ts';
import type { RunResults } from './runResults.ts';
import type { SessionServices } from './keptSessions.ts';

/** Milliseconds after which the run lets other work of this thread go first, such as an answer to the panel. */
const sliceMs = 8;

/**
 * Opens a trace in a thread of its own, or takes the thread that an earlier run has left. Null when the thread does not have the calls of
 * `trace`, so that the run has to be made from `trace` itself: it is growing, or the file was changed or removed since it was read. Rejects
 * with the reason of the signal.
 */
export async function openInThread(
  paths: readonly string[],
  trace: Trace,
  services: SessionServices,
): Promise<ThreadSession | null> {
  if (trace.growing === true) return null;
  const kept = services.kept?.take(trace);
  if (kept !== undefined && kept !== null) return kept.useAgain(services.signal);
  let session;
  try {
    session = await ThreadSession.open(paths, services);
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code.startsWith('trace/')) return null;
    throw thrown;
  }
  if (session.outline.fingerprint === traceFingerprint(trace)) return session;
  await session.close();
  return null;
}

/** Inputs of a run in a thread, and its callbacks. */
export interface ThreadRun {
  readonly session: ThreadSession;
  readonly servers: readonly ServerToOpen[];
  /** What the thread has read. */
  readonly trace: Trace;
  readonly results: RunResults;
  /** What a user changed of the calls. */
  readonly changes: readonly EditedCall[];
  readonly signal: AbortSignal;
  /** Called when the guards have been loaded, before the first call is decided. */
  readonly onLoaded: (servers: PreparedServers) => void;
  /** Called after every batch. */
  readonly onStep: () => void;
  /** Called when all calls are decided, before their records are there; absent: the records come with the decisions. */
  readonly onDecided?: (findings: readonly Problem[]) => void;
}

/** Decides the calls of the trace. Null when the signal aborted. Throws the first failure when no guard can be used. */
export async function replayInThread(run: ThreadRun): Promise<ReplayResult | null> {
  const { session, servers, trace, results, changes, signal, onLoaded, onStep, onDecided } = run;
  const prepared = await PreparedServers.prepare(session, servers);
  if (signal.aborted) return null;
  // Without a policy label_agent is not called, so the mode is the configured one.
  const withPolicy = new Set(
    servers.filter(({ rules }) => (rules.policy ?? null) !== null).map(({ server }) => server),
  );
  const wish = { changes, usesTrace: true, fixtures: [], lint: true, gives: 'records', prints: true } as const;
  const onRecords: LateRecords['onRecords'] = (records) => {
    // The results of a run that was cancelled may be disposed.
    if (!signal.aborted) results.records.addEncoded(records);
  };
  const recordsLast = onDecided === undefined ? null : { onDecided, onRecords };
  const replayed = session.replay({
    ...wish,
    servers: prepared.specs,
    ...(recordsLast === null ? {} : { recordsLast }),
  });
  let began = performance.now();
  for (;;) {
    const step = await replayed.next();
    if (signal.aborted) return null;
    if (step.done === true) return step.value;
    const calls = step.value.flatMap((item) => (item.kind === 'loaded' ? [] : [item]));
    for (const item of step.value) {
      if (item.kind !== 'loaded') continue;
      prepared.take(item.guards);
      onLoaded(prepared);
    }
    if (calls.length === 0) continue;
    results.addItems(calls, trace, withPolicy);
    onStep();
    if (performance.now() - began < sliceMs) continue;
    await new Promise((resolve) => setImmediate(resolve));
    began = performance.now();
  }
}
