/** A run that is over: the records of its calls, and by what they are found again in another run. */
import type { Disposable } from '../../core/base/lifecycle.ts';
import type { Problem } from '../../core/base/parsed.ts';
import { callKey } from '../../core/diff/alignCalls.ts';
import type { DecisionRecord } from '../../core/difc/record/decision.ts';
import { RecordStore } from '../session/recordStore.ts';

/** What a run says beside its records. */
export interface RunEnd {
  readonly findings: readonly Problem[];
  /** Whether every guard can still be called. */
  readonly healthy: boolean;
  /** Hash of guards, policies and rules: two runs of one trace with the same inputs decide the same. Null: not known. */
  readonly inputs: string | null;
}

/** The decided calls of a run, in the order of the trace. Most records are in a temporary file until the run is disposed. */
export class DecidedRun implements Disposable {
  readonly #records = new RecordStore();
  readonly #keys = new Map<number, string>();
  readonly #times = new Map<number, number>();
  /** Milliseconds inside the guards. */
  guardMs = 0;
  end: RunEnd = { findings: [], healthy: true, inputs: null };

  /** Adds a record, which replaces an earlier one with the same index. `bytes`: its JSON text. */
  add(record: DecisionRecord, bytes: Uint8Array): void {
    const { index, guardCalls } = record;
    this.#keys.set(index, callKey(record));
    this.#records.addEncoded([{ index, bytes }]);
    const ms = guardCalls.reduce((sum, { durationMs }) => sum + durationMs, 0);
    this.guardMs += ms;
    this.#times.set(index, ms);
  }

  /** Removes a call that turned out to be a look-up. */
  delete(index: number): void {
    this.#keys.delete(index);
    this.#times.delete(index);
    this.#records.delete(index);
  }

  /** Number of decided calls. */
  get size(): number {
    return this.#keys.size;
  }

  /** The indexes of the calls in the trace, ascending. */
  get indexes(): readonly number[] {
    return [...this.#keys.keys()].sort((a, b) => a - b);
  }

  /** What was called, by whom, with which arguments. */
  keyOf(index: number): string {
    return this.#keys.get(index) ?? '';
  }

  /** Milliseconds in the guard for a call; null when it was not decided. */
  msOf(index: number): number | null {
    return this.#times.get(index) ?? null;
  }

  record(index: number): DecisionRecord | undefined {
    return this.#records.get(index);
  }

  /** The records in the order of the trace. */
  *all(): Generator<DecisionRecord> {
    for (const index of this.indexes) {
      const record = this.record(index);
      if (record !== undefined) yield record;
    }
  }

  dispose(): void {
    this.#keys.clear();
    this.#times.clear();
    this.#records.dispose();
  }
}
