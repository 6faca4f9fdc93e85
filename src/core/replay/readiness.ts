/** Says which calls of a growing trace can be decided: those of which nothing more is to come, or has not come for long. */
import type { Awaited, TraceCall } from '../trace/model/traceModel.ts';

/** How long is waited, in milliseconds. */
export interface ReadinessLimits {
  /**
   * For an answer, when later calls have theirs already: the client runs calls side by side, or gave one up. The gateway's own limit for a
   * tool call, by default (gateway spec 3.7, step 1). As long as no later call waits for it, a call is waited for without end.
   */
  readonly answerMs: number;
  /** For what the recorded guard did with a call that is answered. */
  readonly guardMs: number;
}

export const defaultReadinessLimits: ReadinessLimits = { answerMs: 60_000, guardMs: 2_000 };

export class Readiness {
  readonly #patience: ReadinessLimits;
  /** What the calls by index wait for, and since when. */
  readonly #waiting = new Map<number, { readonly awaits: Awaited; readonly since: number }>();

  constructor(given: ReadinessLimits = defaultReadinessLimits) {
    this.#patience = given;
  }

  /** The trace has grown; `from`: the first call that is not decided. */
  take(calls: readonly TraceCall[], from: number, now: number): void {
    const waiting = new Map<number, { readonly awaits: Awaited; readonly since: number }>();
    for (let at = from; at < calls.length; at++) {
      const { index = -1, awaits } = calls[at] ?? {};
      if (awaits === undefined) continue;
      const known = this.#waiting.get(index);
      waiting.set(index, known?.awaits === awaits ? known : { awaits, since: now });
    }
    this.#waiting.clear();
    for (const [index, each] of waiting) this.#waiting.set(index, each);
  }

  /** Milliseconds until the call at a position can be decided, unless something comes before; 0: now, null: not by waiting. */
  waitMs(calls: readonly TraceCall[], at: number, now: number): number | null {
    const waits = this.#waiting.get(calls[at]?.index ?? -1);
    if (waits === undefined) return 0;
    const { answerMs, guardMs } = this.#patience;
    if (waits.awaits === 'guard') return Math.max(0, waits.since + guardMs - now);
    const isPassed = calls.some((call, later) => later > at && call.awaits !== 'answer');
    return isPassed ? Math.max(0, waits.since + answerMs - now) : null;
  }
}
