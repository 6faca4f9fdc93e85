/** Results of a run so far: records, rows, counts and guard memory of the calls that it decided. */
import type { Problem } from '../../core/base/parsed.ts';
import type { DecisionRecord, EnforcementMode, DecisionMark, Outcome } from '../../core/difc/record/decision.ts';
import type { CallRow } from '../../core/protocol/rows.ts';
import type { TraceCall } from '../../core/trace/model/traceModel.ts';
import { deathText, fatalCall } from '../../core/difc/account/guardDeath.ts';
import { decisionRow, lookupRow } from '../../core/present/presentRow.ts';
import { missedLookups } from '../../core/lint/strictFindings.ts';
import { MemoryTimeline } from '../../core/present/timeline.ts';
import { RecordStore } from './recordStore.ts';
import type { FeedResults } from './replayFeed.ts';

/** Counts of a run without calls. */
export const noMarks: Readonly<Record<DecisionMark, number>> = { unlabeled: 0, unrecorded: 0, lint: 0 };

export const noCounts: Readonly<Record<Outcome, number>> = { allowed: 0, filtered: 0, denied: 0, blocked: 0, error: 0 };

export class RunResults implements FeedResults {
  readonly records = new RecordStore();
  readonly timeline = new MemoryTimeline();
  readonly #rows = new Map<number, CallRow>();
  readonly #counts: Record<Outcome, number> = { ...noCounts };
  readonly #marks: Record<DecisionMark, number> = { ...noMarks };
  readonly #missed = new Map<number, number>();
  #lookups = 0;
  #guardMode: EnforcementMode | null = null;
  #trap = '';
  #findings: readonly Problem[] = [];

  /** Number of decided calls by outcome. */
  get counts(): Readonly<Record<Outcome, number>> {
    return { ...this.#counts };
  }

  /** Number of decided calls with each mark. */
  get marks(): Readonly<Record<DecisionMark, number>> {
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

  /** The mode that the guard set; null when it set none, or has not been asked. */
  get guardMode(): EnforcementMode | null {
    return this.#guardMode;
  }

  /** The first trap, as a sentence; empty without a trap. */
  get trap(): string {
    return this.#trap;
  }

  row(index: number): CallRow | undefined {
    return this.#rows.get(index);
  }

  has(record: DecisionRecord): boolean {
    return this.records.get(record.index) === record;
  }

  add(record: DecisionRecord, hasGuardMode: boolean): void {
    this.#remove(record.index);
    this.records.add(record);
    this.#rows.set(record.index, decisionRow(record));
    this.#counts[record.outcome]++;
    for (const mark of record.marks ?? []) this.#marks[mark]++;
    const missed = missedLookups(record);
    if (missed > 0) this.#missed.set(record.index, missed);
    if (hasGuardMode && record.endedIn !== 'init') this.#guardMode = record.mode;
    const memories = record.guardCalls.flatMap((call) => (call.memory === null ? [] : [call.memory]));
    const last = memories.at(-1);
    if (last !== undefined) {
      this.timeline.add(record.index, { after: last.after, peak: Math.max(...memories.map(({ peak }) => peak)) });
    }
    const trap = fatalCall(record.guardCalls);
    if (trap !== null && this.#trap === '') {
      const death = deathText(trap);
      const why = death === null ? trap.error : `${death}, which the gateway reports as: ${trap.error}`;
      this.#trap = `${why} (call ${record.index + 1}, ${trap.function})`;
    }
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

  dispose(): void {
    this.records.dispose();
    this.timeline.clear();
    this.#rows.clear();
  }

  #remove(index: number): void {
    const row = this.#rows.get(index);
    if (row === undefined) return;
    const { status } = row;
    for (const mark of row.marks) this.#marks[mark]--;
    this.#missed.delete(index);
    if (status === 'skipped') this.#lookups--;
    else if (status !== 'pending' && status !== 'running') this.#counts[status]--;
    this.records.delete(index);
    this.timeline.delete(index);
    this.#rows.delete(index);
  }
}
