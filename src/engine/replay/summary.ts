/** Counts the decisions of a replay for the summary at its end. */
import type { DecisionMark, Outcome } from '../../core/difc/record/decision.ts';
import type { DecisionDigest } from '../../core/replay/decisionDigest.ts';

/** Numbers of a replay. Times in milliseconds. */
export interface ReplayNumbers {
  readonly calls: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Guard calls that entered the guard; a poisoned guard is not entered any more. */
  readonly guardCalls: number;
  /** Time inside the guard. */
  readonly guardMs: number;
  /** Look-ups of the guard. */
  readonly lookups: number;
  /** Look-ups that the trace has no answer to. */
  readonly misses: number;
  /** Calls that differ from the recording. */
  readonly differing: number;
  /** Calls with each mark. */
  readonly marks: Readonly<Record<DecisionMark, number>>;
  /** Time since the summary was created. */
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
  readonly #marks: Record<DecisionMark, number> = { unlabeled: 0, unrecorded: 0, lint: 0 };

  constructor() {
    this.#began = performance.now();
  }

  add({ row, guardCalls, missed }: DecisionDigest): void {
    for (const mark of row.marks) if (mark !== 'edited') this.#marks[mark]++;
    this.#calls++;
    this.#outcomes[row.status as Outcome]++;
    if (row.differs) this.#differing++;
    this.#guardCalls += guardCalls;
    this.#guardMs += row.durationMs ?? 0;
    this.#lookups += row.backendCalls;
    this.#misses += missed;
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
      marks: { ...this.#marks },
      durationMs,
      callsPerSecond: durationMs > 0 ? (this.#calls * 1000) / durationMs : 0,
    };
  }

  /** Two lines, and one more when calls have marks: `32 calls: 20 allowed, 5 filtered…`, and what the guard did. */
  text(): string {
    const { calls, guardCalls, guardMs, lookups, misses, differing, marks, durationMs, callsPerSecond } =
      this.numbers();
    const parts = outcomes
      .filter((outcome) => this.#outcomes[outcome] > 0)
      .map((outcome) => `${this.#outcomes[outcome]} ${outcome}`);
    const missed = misses === 0 ? '' : `, ${misses} of them not recorded`;
    const other = differing === 0 ? '' : `; ${differing} differ from the recording`;
    const speed = calls === 0 ? '' : ` (${callsPerSecond.toFixed(0)} calls/s)`;
    return [
      `${counted(calls, 'call')}: ${parts.join(', ') || 'nothing to replay'}${other}`,
      `${counted(guardCalls, 'guard call')} took ${guardMs.toFixed(1)} ms with ${counted(lookups, 'look-up')}${missed}; ${(durationMs / 1000).toFixed(2)} s in all${speed}`,
      ...marksText(marks),
    ].join('\n');
  }
}

/** A line that counts the marked calls; none without any. */
function marksText(marks: Readonly<Record<DecisionMark, number>>): readonly string[] {
  const parts = [
    ...(marks.unlabeled === 0
      ? []
      : [`${counted(marks.unlabeled, 'call')} without labels of the response (unlabeled)`]),
    ...(marks.unrecorded === 0
      ? []
      : [`${counted(marks.unrecorded, 'call')} with look-ups that were not recorded (unrecorded)`]),
    ...(marks.lint === 0 ? [] : [`${counted(marks.lint, 'call')} with warnings about the guard (lint)`]),
  ];
  return parts.length === 0 ? [] : [`marked "!": ${parts.join(', ')}`];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
