/** Counts a replay while it runs, for the line at its end. */
import type { DecisionRecord, Outcome } from '../../core/difc/decision.ts';

const outcomes: readonly Outcome[] = ['allowed', 'filtered', 'denied', 'blocked', 'error'];

export class ReplaySummary {
  readonly #counts = new Map<Outcome, number>();
  readonly #began: number;
  #calls = 0;
  #guardCalls = 0;
  #guardMs = 0;
  #lookups = 0;
  #misses = 0;

  constructor() {
    this.#began = performance.now();
  }

  add({ outcome, guardCalls }: DecisionRecord): void {
    this.#calls++;
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1);
    for (const call of guardCalls) {
      this.#guardCalls++;
      this.#guardMs += call.durationMs;
      this.#lookups += call.backendCalls.length;
      this.#misses += call.backendCalls.filter(({ end }) => end === 'no-recorded-answer').length;
    }
  }

  /** `32 calls: 20 allowed, 5 filtered…`, and what the guard did. */
  text(): string {
    const parts = outcomes.flatMap((outcome) => {
      const count = this.#counts.get(outcome);
      return count === undefined ? [] : [`${count} ${outcome}`];
    });
    const seconds = (performance.now() - this.#began) / 1000;
    const missed = this.#misses === 0 ? '' : `, ${this.#misses} of them not recorded`;
    return [
      `${this.#calls} calls: ${parts.join(', ') || 'nothing to replay'}`,
      `${this.#guardCalls} guard calls took ${this.#guardMs.toFixed(1)} ms with ${this.#lookups} look-ups${missed}; ${seconds.toFixed(2)} s in all`,
    ].join('\n');
  }
}
