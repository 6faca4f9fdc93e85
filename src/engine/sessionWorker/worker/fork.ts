/** Runs a session again from a snapshot: as it was, or with changed calls, over all calls behind it. */
import type { DecisionRecord } from '../../../core/difc/record/decision.ts';
import { SessionReplay, type SessionReplayOptions } from '../../../core/replay/sessionReplay.ts';
import { answerDirectly } from '../../../core/session/answerDirectly.ts';
import type { Trace } from '../../../core/trace/model/traceModel.ts';
import type { EditedCall } from '../../../core/whatIf/callChanges.ts';
import type { SessionGuards } from './sessionGuards.ts';
import type { SessionSnapshots } from './sessionSnapshots.ts';

/** A session whose calls were decided, up to the call of a fork at least. */
export interface ForkedSession {
  readonly trace: Trace;
  readonly guards: SessionGuards;
  readonly snapshots: SessionSnapshots;
  readonly options?: Pick<SessionReplayOptions, 'usesTrace' | 'lint' | 'fixtures'>;
}

/**
 * Decides the call with an index again, and all calls behind it, with the changes of some of them. Begins at the nearest snapshot before, whose calls up to that
 * one are run again as they were; null without such a snapshot. The guards are those of the session: a run of it cannot go on afterwards.
 * Findings that need the calls before the snapshot are not among the problems of the records.
 */
export function forkSession(
  { trace, guards, snapshots, options = {} }: ForkedSession,
  index: number,
  changes: readonly EditedCall[] = [],
): Generator<DecisionRecord> | null {
  const snapshot = snapshots.before(index);
  if (snapshot === undefined) return null;
  guards.restore(snapshot.guards);
  const replay = new SessionReplay(guards.rules, {
    ...options,
    changes,
    start: snapshot.start,
    readsAnswers: 'on-demand',
    onRestart: () => guards.restart(),
  });
  replay.take({ ...trace, calls: trace.calls.filter((call) => call.index >= snapshot.call) }, 0);
  return recordsFrom(replay, guards, index);
}

function* recordsFrom(replay: SessionReplay, guards: SessionGuards, index: number): Generator<DecisionRecord> {
  for (let call = replay.next(); call !== undefined; call = replay.next()) {
    const records = answerDirectly(replay.decideNext(), guards.handlersOf(call));
    yield* records.filter((record) => record.index >= index);
  }
  yield* replay.finish().filter((record) => record.index >= index);
}
