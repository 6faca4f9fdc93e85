/** One replay of the thread's trace with its guards, which can be run again from a call with changes. */
import { Failure } from '../../../core/base/failure.ts';
import type { Problem } from '../../../core/base/parsed.ts';
import { SessionReplay } from '../../../core/replay/sessionReplay.ts';
import { answerDirectly } from '../../../core/session/answerDirectly.ts';
import type { Trace, TraceCall } from '../../../core/trace/model/traceModel.ts';
import type { ForkSpec, ReplaySpec } from '../shared/sessionContract.ts';
import { forkSession } from './fork.ts';
import type { GuardThread } from './guardThread.ts';
import type { ItemWriter } from './itemWriter.ts';
import type { SessionGuards } from './sessionGuards.ts';
import { SessionSnapshots } from './sessionSnapshots.ts';

/** What a run needs of its thread. */
export interface RunServices {
  readonly thread: GuardThread;
  /** The guards of the session, loaded. */
  readonly guards: SessionGuards;
  readonly isCancelled: () => boolean;
}

/**
 * So many calls before the last one are kept too: the last one may have been overtaken by others at the backend, and there is no boundary
 * between calls while any is open.
 */
const keptCalls = 64;

/** The replay of a session in its thread. Guards and trace are its own from the first call on. */
export class SessionRun {
  readonly #trace: Trace;
  readonly #spec: ReplaySpec;
  readonly #services: RunServices;
  readonly #snapshots = new SessionSnapshots();
  /** Why the guards cannot be kept; null while they can. */
  #notKept: string | null = null;

  constructor(trace: Trace, spec: ReplaySpec, services: RunServices) {
    this.#trace = trace;
    this.#spec = spec;
    this.#services = services;
  }

  /** Whether every guard can still be called. */
  get isHealthy(): boolean {
    return this.#services.guards.healthy;
  }

  /** Decides the calls and gives the findings about the session; null when it was cancelled. */
  replay(out: ItemWriter): readonly Problem[] | null {
    const { guards, isCancelled } = this.#services;
    const { usesTrace, fixtures, lint, until = Infinity, changes = [] } = this.#spec;
    const replay = new SessionReplay(guards.rules, {
      usesTrace,
      fixtures,
      lint,
      changes,
      onRestart: () => guards.restart(),
      readsAnswers: 'on-demand',
      onCassette: (server, cassette) => guards.useCassette(server, cassette),
      onLookup: (lookup, madeFor) => out.addLookup(lookup.index, madeFor.index),
    });
    replay.take(this.#trace, 0);
    const renewed = replay.renewedFirstRecord();
    if (renewed !== null) out.add(renewed);
    let isDone = false;
    for (let call = replay.next(); call !== undefined && !isDone; call = replay.next()) {
      this.#keep(call, replay);
      const records = answerDirectly(replay.decideNext(), guards.handlersOf(call));
      // A cancel cuts a guard call short, so its outcome is not a decision.
      if (isCancelled()) return null;
      for (const record of records) out.add(record);
      isDone = records.some(({ index }) => index >= until);
    }
    if (!isDone) for (const record of replay.finish()) out.add(record);
    return replay.findings;
  }

  /**
   * Decides a call with changes, and all calls behind it, and gives no findings; null when it was cancelled. Throws `replay/not-kept` when the
   * state of a guard before that call cannot be kept.
   */
  fork({ call, changes, interrupted }: ForkSpec, out: ItemWriter): readonly Problem[] | null {
    const { thread, guards, isCancelled } = this.#services;
    thread.countFromOne(interrupted);
    const { usesTrace, fixtures, lint } = this.#spec;
    const session = { trace: this.#trace, guards, snapshots: this.#snapshots, options: { usesTrace, fixtures, lint } };
    const records = forkSession(session, call, changes);
    if (records === null) throw notKept(call, this.#notKept);
    for (const record of records) {
      if (isCancelled()) return null;
      out.add(record);
    }
    return [];
  }

  /** Keeps the session before a call near the last one, and before the first. */
  #keep(call: TraceCall, replay: SessionReplay): void {
    const { until } = this.#spec;
    if (until === undefined || this.#notKept !== null) return;
    const isNear = call.index <= until && call.index > until - keptCalls;
    const { start } = replay;
    if (start === null || (!isNear && this.#snapshots.all.length > 0)) return;
    this.#notKept = this.#snapshots.take(call.index, start, this.#services.guards)?.reason ?? null;
  }
}

function notKept(call: number, reason: string | null): Failure {
  const why =
    reason === null ? 'no state before it was kept' : `the state of a guard cannot be kept, because ${reason}`;
  const hint = 'Replay the session as it is; a call can only be changed where the state of its guards can be kept';
  return new Failure('replay/not-kept', `Call ${call + 1} cannot be decided with changes: ${why}`, hint);
}
