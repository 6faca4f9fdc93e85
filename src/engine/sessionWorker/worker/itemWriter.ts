/** Hands decided calls over to the host in batches, and waits while the host is behind. Records may come after all decisions. */
import type { Problem } from '../../../core/base/parsed.ts';
import { jsonText } from '../../../core/base/jsonText.ts';
import type { DecisionRecord } from '../../../core/difc/record/decision.ts';
import { decisionDigest } from '../../../core/replay/decisionDigest.ts';
import { type SharedState, words } from '../../runtime/shared/workerContract.ts';
import { BatchWriter } from '../shared/batch.ts';
import { aheadKibibytes, type ReplaySpec, type SessionReport } from '../shared/sessionContract.ts';

/** Items are handed over when they have this many bytes, or are this old. */
const batchBytes = 256 * 1024;
const batchMs = 20;

/** Most records that wait until all calls are decided, and most characters of the texts in them. */
const mostLater = 20_000;
const mostLaterLength = 64 * 1024 * 1024;

/** Encodes items, and waits while the host is behind. */
export class ItemWriter {
  readonly #shared: SharedState;
  readonly #report: (report: SessionReport, transfer: readonly ArrayBuffer[]) => void;
  readonly #givesRecords: boolean;
  readonly #givesPrints: boolean;
  readonly #batch = new BatchWriter();
  /** Records that come last, by the index of their call; null: each comes with its decision. */
  readonly #later: Map<number, DecisionRecord> | null;
  #laterLength = 0;
  #toSkip: number;
  #flushedAt = performance.now();
  #postedKibibytes: number;

  constructor(
    shared: SharedState,
    { skip, gives, prints, recordsLast }: Pick<ReplaySpec, 'skip' | 'gives' | 'prints' | 'recordsLast'>,
    report: (report: SessionReport, transfer: readonly ArrayBuffer[]) => void,
  ) {
    this.#shared = shared;
    this.#postedKibibytes = shared.get(words.taken);
    this.#toSkip = skip;
    this.#givesRecords = gives === 'records';
    this.#givesPrints = prints === true;
    this.#later = recordsLast === true && this.#givesRecords ? new Map() : null;
    this.#report = report;
  }

  add(record: DecisionRecord): void {
    // Also of a call that the host has from a thread before this one: the record died with that thread.
    const comesLater = this.#keep(record);
    if (this.#isSkipped()) return;
    const digest = decisionDigest(record, this.#givesPrints);
    this.#batch.add(jsonText(digest), this.#givesRecords && !comesLater ? jsonText(record) : '');
    this.#flushWhenDue();
  }

  addLookup(lookup: number, madeFor: number): void {
    this.#later?.delete(lookup);
    if (this.#isSkipped()) return;
    this.#batch.addLookup(lookup, madeFor);
    this.#flushWhenDue();
  }

  /** Whether the host has the next item from a thread before this one. */
  #isSkipped(): boolean {
    if (this.#toSkip === 0) return false;
    this.#toSkip--;
    return true;
  }

  #flushWhenDue(): void {
    if (this.#batch.length >= batchBytes || performance.now() - this.#flushedAt >= batchMs) this.flush();
  }

  flush(): void {
    this.#flushedAt = performance.now();
    if (this.#batch.length === 0) return;
    const { bytes, items } = this.#batch.take();
    this.#post({ kind: 'batch', bytes, items }, bytes);
  }

  /** Hands over the records that were kept, after the findings of the replay; nothing when none could be. */
  giveLater(findings: readonly Problem[]): void {
    this.flush();
    if (this.#later === null) return;
    this.#report({ kind: 'decided', findings }, []);
    const batch = new BatchWriter();
    for (const [index, record] of this.#later) {
      if (this.#shared.get(words.cancel) === 1) return;
      batch.add(String(index), jsonText(record));
      if (batch.length >= batchBytes) this.#postRecords(batch);
    }
    this.#postRecords(batch);
  }

  #postRecords(batch: BatchWriter): void {
    if (batch.length === 0) return;
    const { bytes } = batch.take();
    this.#post({ kind: 'records', bytes }, bytes);
  }

  /** Keeps a record until all calls are decided. False: it comes with its decision. */
  #keep(record: DecisionRecord): boolean {
    const later = this.#later;
    if (later === null) return false;
    later.delete(record.index);
    const length = record.guardCalls.reduce((sum, { input, output }) => sum + input.length + (output ?? '').length, 0);
    if (later.size >= mostLater || this.#laterLength + length > mostLaterLength) return false;
    this.#laterLength += length;
    later.set(record.index, record);
    return true;
  }

  #post(report: SessionReport, bytes: Uint8Array<ArrayBuffer>): void {
    this.#postedKibibytes += Math.ceil(bytes.length / 1024);
    this.#report(report, [bytes.buffer]);
    this.#waitForHost();
  }

  #waitForHost(): void {
    const shared = this.#shared;
    for (;;) {
      const seen = shared.get(words.wake);
      const ahead = this.#postedKibibytes - shared.get(words.taken);
      if (ahead <= aheadKibibytes || shared.get(words.cancel) === 1) return;
      Atomics.wait(shared.words, words.wake, seen);
    }
  }
}
