/** Counts a replay while it runs, for the line at its end. */
import type { DecisionRecord, Outcome } from '../../core/difc/record/decision.ts';

/** A replay in numbers. Times in milliseconds. */
export interface ReplayNumbers {
  readonly calls: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Those that entered the guard: a trapped one is not called any more. */
  readonly guardCalls: number;
  /** Time inside the guard. */
  readonly guardMs: number;
  /** The guard's `call_backend`s. */
  readonly lookups: number;
  /** Those of them that the trace holds no answer to. */
  readonly misses: number;
  /** Calls that differ from what the capture recorded. */
  readonly differing: number;
  /** Since the summary was made. */
  readonly durationMs: number;
  readonly callsPerSecond: number;
}

const outcomes: readonly Outcome[] = ['allowed', 'filtered', 'denied', 'blocked', 'error'];

export class ReplaySummary {
  readonly #outcomes: Record<Outcome, number> = { allowed: 0, filtered: 0, denied: 0, blocked: 0, error: 0 };
  readonly #began: number;
  #calls = 0;
  #guardCalls = 0;
  #guardMs = 0;
  #lookups = 0;
  #misses = 0;
  #differing = 0;

  constructor() {
    this.#began = performance.now();
  }

  add({ outcome, guardCalls, problems }: DecisionRecord): void {
    this.#calls++;
    this.#outcomes[outcome]++;
    if (problems.some(({ code }) => code === 'replay/differs-from-recording')) this.#differing++;
    for (const call of guardCalls) {
      if (call.error === null || call.attempts.length > 0) this.#guardCalls++;
      this.#guardMs += call.durationMs;
      this.#lookups += call.backendCalls.length;
      this.#misses += call.backendCalls.filter(({ end }) => end === 'no-recorded-answer').length;
    }
  }

  numbers(): ReplayNumbers {
    const durationMs = performance.now() - this.#began;
    return {
      calls: this.#calls,
      outcomes: { ...this.#outcomes },
      guardCalls: this.#guardCalls,
      guardMs: this.#guardMs,
      lookups: this.#lookups,
      misses: this.#misses,
      differing: this.#differing,
      durationMs,
      callsPerSecond: durationMs > 0 ? (this.#calls * 1000) / durationMs : 0,
    };
  }

  /** `32 calls: 20 allowed, 5 filtered…`, and what the guard did. */
  text(): string {
    const { calls, guardCalls, guardMs, lookups, misses, differing, durationMs, callsPerSecond } = this.numbers();
    const parts = outcomes
      .filter((outcome) => this.#outcomes[outcome] > 0)
      .map((outcome) => `${this.#outcomes[outcome]} ${outcome}`);
    const missed = misses === 0 ? '' : `, ${misses} of them not recorded`;
    const other = differing === 0 ? '' : `; ${differing} differ from the recording`;
    const speed = calls === 0 ? '' : ` (${callsPerSecond.toFixed(0)} calls/s)`;
    return [
      `${counted(calls, 'call')}: ${parts.join(', ') || 'nothing to replay'}${other}`,
      `${counted(guardCalls, 'guard call')} took ${guardMs.toFixed(1)} ms with ${counted(lookups, 'look-up')}${missed}; ${(durationMs / 1000).toFixed(2)} s in all${speed}`,
    ].join('\n');
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
