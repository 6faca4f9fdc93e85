/** Results of a run so far: records, rows, counts and guard memory of the calls that it decided. */
import type { Problem } from '../../core/base/parsed.ts';
import type { DecisionRecord, EnforcementMode, Outcome } from '../../core/difc/record/decision.ts';
import type { CallRow, RowMark } from '../../core/protocol/rows.ts';
import type { Trace, TraceCall } from '../../core/trace/model/traceModel.ts';
import { lookupRow } from '../../core/present/presentRow.ts';
import { DecisionPrints } from '../../core/diff/decisionPrint.ts';
import type { SlowerCall } from '../../core/diff/slowerCalls.ts';
import { type ChangeKind } from '../../core/difc/record/changeKind.ts';
import { TagOrigins } from '../../core/present/tagOrigins.ts';
import { MemoryTimeline } from '../../core/present/timeline.ts';
import { decisionDigest, type DecisionDigest } from '../../core/replay/decisionDigest.ts';
import { isOutcome } from '../../core/replay/recordedOutcome.ts';
import type { CallItem } from '../sessionWorker/host/sessionItems.ts';
import {
  type Baseline,
  comparedRow,
  isComparable,
  noBaseline,
  outcomeOfRow,
  slowerRow,
  uncomparedRow,
} from './baseline.ts';
import { type EncodedRecord, RecordStore } from './recordStore.ts';
import type { FeedResults } from './replayFeed.ts';

/** Counts of a run without calls. */
export const noMarks: Readonly<Record<RowMark, number>> = {
  unlabeled: 0,
  unrecorded: 0,
  lint: 0,
  edited: 0,
  changed: 0,
};

export const noCounts: Readonly<Record<Outcome, number>> = { allowed: 0, filtered: 0, denied: 0, blocked: 0, error: 0 };

export class RunResults implements FeedResults {
  readonly records = new RecordStore();
  readonly timeline = new MemoryTimeline();
  readonly origins = new TagOrigins();
  readonly #rows = new Map<number, CallRow>();
  readonly #counts: Record<Outcome, number> = { ...noCounts };
  readonly #marks: Record<RowMark, number> = { ...noMarks };
  readonly #missed = new Map<number, number>();
  /** Calls whose decision rests on the mode of the settings or the configuration. */
  readonly #inChosenMode = new Set<number>();
  #lookups = 0;
  #guardMode: EnforcementMode | null = null;
  /** Whether a user changed calls, so that the modes of their decisions say nothing of the guard. */
  #isHypothetical = false;
  #trap = '';
  #findings: readonly Problem[] = [];
  readonly #prints = new DecisionPrints();
  readonly #kinds = new Map<ChangeKind, number>();
  readonly #slower = new Map<number, SlowerCall>();
  /** Decided calls of which the baseline says nothing. */
  readonly #uncompared = new Set<number>();
  #baseline: Baseline;
  #isDisposed = false;
  /** See `Baseline.inputs`. */
  inputs: string | null = null;
  /** Whether all calls are decided, and records are still to come. */
  awaitsRecords = false;

  /** `baseline`: what the decisions are compared with; its records are retained until the results are disposed. */
  constructor(baseline: Baseline = noBaseline()) {
    this.#baseline = baseline;
    baseline.records.retain();
  }

  /** What the decisions are compared with. */
  get baseline(): Baseline {
    return this.#baseline;
  }

  /** Number of decided calls that differ from the baseline, by kind. */
  get changes(): Readonly<Partial<Record<ChangeKind, number>>> {
    return Object.fromEntries([...this.#kinds].filter(([, calls]) => calls > 0));
  }

  /** The first call that differs from the baseline; null when none does. */
  get firstChanged(): number | null {
    const changed = [...this.#rows.values()].filter(({ changes }) => changes !== undefined);
    return changed.length === 0 ? null : Math.min(...changed.map(({ index }) => index));
  }

  /** Compares the decisions with another baseline from now on. */
  compareWith(baseline: Baseline): void {
    const previous = this.#baseline;
    this.#baseline = baseline;
    baseline.records.retain();
    previous.records.dispose();
    this.#uncompared.clear();
    this.#slower.clear();
    for (const [index, row] of this.#rows) {
      this.#count(row, -1);
      const compared = comparedRow(uncomparedRow(row), this.#prints, baseline);
      this.#count(compared, 1);
      this.#rows.set(index, compared);
    }
  }

  /** Number of decided calls of which the baseline does not say how they were decided. */
  get uncompared(): number {
    return this.#uncompared.size;
  }

  /** Number of decided calls by outcome. */
  get counts(): Readonly<Record<Outcome, number>> {
    return { ...this.#counts };
  }

  /** Number of decided calls with each mark. */
  get marks(): Readonly<Record<RowMark, number>> {
    return { ...this.#marks };
  }

  /** Number of the guard's look-ups that were not recorded. */
  get missedLookups(): number {
    return [...this.#missed.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Number of calls that turned out to be look-ups. */
  get lookups(): number {
    return this.#lookups;
  }

  /** Number of decided calls. */
  get done(): number {
    return Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
  }

  /** Whether a decision rests on the mode of the settings or the configuration, because its guard has set none. */
  get usesChosenMode(): boolean {
    return this.#inChosenMode.size > 0;
  }

  /** The mode that the guard set; null when it set none, or has not been asked. */
  get guardMode(): EnforcementMode | null {
    return this.#guardMode ?? (this.#isHypothetical ? this.#baseline.guardMode : null);
  }

  /** The first trap, as a sentence; empty without a trap. */
  get trap(): string {
    return this.#trap;
  }

  /** This run as a baseline, or the one before it while it has no decision. Its records must be retained. */
  asBaseline(label: string): Baseline {
    if (this.done === 0) return this.#baseline;
    const outcomes = new Map([...this.#rows].map(([index, row]) => [index, outcomeOfRow(row)]));
    const { times, records, inputs, guardMode } = this;
    return { label, prints: this.#prints, outcomes, times, records, places: null, inputs, guardMode };
  }

  /** Milliseconds in the guard, of each decided call. */
  get times(): ReadonlyMap<number, number> {
    const decided = [...this.#rows].filter(([, { durationMs }]) => durationMs !== null);
    return new Map(decided.map(([index, { durationMs }]) => [index, durationMs ?? 0]));
  }

  /** The calls that take the guard longer than in the baseline, by index. */
  get slower(): ReadonlyMap<number, SlowerCall> {
    return this.#slower;
  }

  /** Tells that calls take the guard longer than in the baseline. */
  markSlower(calls: readonly SlowerCall[]): void {
    for (const call of calls) {
      const row = this.#rows.get(call.index);
      if (row === undefined) continue;
      this.#slower.set(call.index, call);
      this.#count(row, -1);
      const marked = slowerRow(row, this.#baseline);
      this.#count(marked, 1);
      this.#rows.set(call.index, marked);
    }
  }

  row(index: number): CallRow | undefined {
    return this.#rows.get(index);
  }

  has(record: DecisionRecord): boolean {
    return this.records.get(record.index) === record;
  }

  add(record: DecisionRecord, hasGuardMode: boolean): void {
    this.#addDigest(decisionDigest(record, true), hasGuardMode);
    this.records.add(record);
  }

  /** The same for a batch of a session's thread, which has read `trace`. `withPolicy`: servers whose guards set the mode. */
  addItems(items: readonly CallItem[], trace: Trace, withPolicy: ReadonlySet<string>): void {
    let encoded: EncodedRecord[] = [];
    for (const item of items) {
      if (item.kind === 'decision') {
        const digest = item.digest();
        this.#addDigest(digest, withPolicy.has(digest.row.server));
        if (item.recordBytes.length > 0) encoded.push({ index: digest.row.index, bytes: item.recordBytes });
        continue;
      }
      // A look-up removes the record of its call, which may be in this batch.
      this.records.addEncoded(encoded);
      encoded = [];
      const lookup = trace.calls[item.lookup];
      const madeFor = trace.calls[item.madeFor];
      if (lookup !== undefined && madeFor !== undefined) this.addLookup(lookup, madeFor);
    }
    this.records.addEncoded(encoded);
  }

  #addDigest(digest: DecisionDigest, hasGuardMode: boolean): void {
    const { row: decided, missed, mode, hypothetical = false, peakBytes, gains, fatal, print } = digest;
    const { index } = decided;
    this.#remove(index);
    if (print !== undefined) this.#prints.set(index, print);
    const row = print === undefined ? decided : comparedRow(decided, this.#prints, this.#baseline);
    this.origins.add(row, gains);
    this.#rows.set(index, row);
    this.#count(row, 1);
    if (missed > 0) this.#missed.set(index, missed);
    if (!hasGuardMode || mode === null) this.#inChosenMode.add(index);
    else if (!hypothetical) this.#guardMode = mode;
    this.#isHypothetical ||= hypothetical;
    if (row.memoryBytes !== null)
      this.timeline.add(index, { after: row.memoryBytes, peak: peakBytes ?? row.memoryBytes });
    if (fatal !== null && this.#trap === '') this.#trap = fatal;
  }

  addLookup(lookup: TraceCall, madeFor: TraceCall): void {
    this.#remove(lookup.index);
    this.#lookups++;
    this.#rows.set(lookup.index, lookupRow(lookup, madeFor));
  }

  /** The findings of lint about the session. */
  get findings(): readonly Problem[] {
    return this.#findings;
  }

  setFindings(findings: readonly Problem[]): void {
    this.#findings = findings;
  }

  /** Counts a row of the list, or takes it out of the counts (-1). */
  #count({ index, status, marks, changes = [] }: CallRow, by: 1 | -1): void {
    if (isOutcome(status)) this.#counts[status] += by;
    if (by < 0) this.#uncompared.delete(index);
    else if (isOutcome(status) && !isComparable(index, this.#baseline)) this.#uncompared.add(index);
    for (const mark of marks) this.#marks[mark] += by;
    for (const kind of changes) this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + by);
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.records.dispose();
    this.#baseline.records.dispose();
    this.timeline.clear();
    this.origins.clear();
    this.#rows.clear();
  }

  #remove(index: number): void {
    const row = this.#rows.get(index);
    if (row === undefined) return;
    this.#count(row, -1);
    this.#missed.delete(index);
    this.#slower.delete(index);
    this.#inChosenMode.delete(index);
    if (row.status === 'skipped') this.#lookups--;
    this.#prints.delete(index);
    this.records.delete(index);
    this.timeline.delete(index);
    this.origins.delete(index);
    this.#rows.delete(index);
  }
}
