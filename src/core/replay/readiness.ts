/** Determines which calls of a growing trace can be decided: those that get nothing more, or have waited long enough. */
import type { Awaited, TraceCall } from '../trace/model/traceModel.ts';

/** Limits of the wait for a call, in milliseconds. */
export interface ReadinessLimits {
  /**
   * For an answer, once a later call is ready: the client runs calls in parallel, or has given this one up. Default the gateway's limit for
   * a tool call (gateway spec 3.7, step 1). While no later call is ready, there is no limit.
   */
  readonly answerMs: number;
  /** For what the recorded guard did with a call that has its answer. */
  readonly guardMs: number;
}

export const defaultReadinessLimits: ReadinessLimits = { answerMs: 60_000, guardMs: 2_000 };

/** What a call waits for, and since when. */
interface Wait {
  readonly awaits: Awaited;
  readonly since: number;
}

export class Readiness {
  readonly #limits: ReadinessLimits;
  /** By the index of the call. */
  #waits: ReadonlyMap<number, Wait> = new Map();

  constructor(limits: ReadinessLimits = defaultReadinessLimits) {
    this.#limits = limits;
  }

  /** Takes the calls of a longer trace. `from`: position of the first call that is not decided; `now` in milliseconds on any clock. */
  take(calls: readonly TraceCall[], from: number, now: number): void {
    const waits = new Map<number, Wait>();
    for (let at = from; at < calls.length; at++) {
      const { index = -1, awaits } = calls[at] ?? {};
      if (awaits === undefined) continue;
      const before = this.#waits.get(index);
      waits.set(index, before?.awaits === awaits ? before : { awaits, since: now });
    }
    this.#waits = waits;
  }

  /** Milliseconds until the call at a position can be decided even if the trace does not grow. 0: now; null: waiting does not help. */
  waitMs(calls: readonly TraceCall[], at: number, now: number): number | null {
    const wait = this.#waits.get(calls[at]?.index ?? -1);
    if (wait === undefined) return 0;
    const { answerMs, guardMs } = this.#limits;
    if (wait.awaits === 'guard') return Math.max(0, wait.since + guardMs - now);
    const isOvertaken = calls.some((call, later) => later > at && call.awaits !== 'answer');
    return isOvertaken ? Math.max(0, wait.since + answerMs - now) : null;
  }
}
