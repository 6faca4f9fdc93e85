/** Hands decided calls over to the host in batches, and waits while the host is behind. */
import { jsonText } from '../../../core/base/jsonText.ts';
import type { DecisionRecord } from '../../../core/difc/record/decision.ts';
import { decisionDigest } from '../../../core/replay/decisionDigest.ts';
import { type SharedState, words } from '../../runtime/shared/workerContract.ts';
import { BatchWriter } from '../shared/batch.ts';
import { aheadKibibytes, type ReplaySpec, type SessionReport } from '../shared/sessionContract.ts';

/** Items are handed over when they have this many bytes, or are this old. */
const batchBytes = 256 * 1024;
const batchMs = 20;

/** Encodes items, and waits while the host is behind. */
export class ItemWriter {
  readonly #shared: SharedState;
  readonly #report: (report: SessionReport, transfer: readonly ArrayBuffer[]) => void;
  readonly #givesRecords: boolean;
  readonly #givesPrints: boolean;
  readonly #batch = new BatchWriter();
  #toSkip: number;
  #flushedAt = performance.now();
  #postedKibibytes: number;

  constructor(
    shared: SharedState,
    { skip, gives, prints }: Pick<ReplaySpec, 'skip' | 'gives' | 'prints'>,
    report: (report: SessionReport, transfer: readonly ArrayBuffer[]) => void,
  ) {
    this.#shared = shared;
    this.#postedKibibytes = shared.get(words.taken);
    this.#toSkip = skip;
    this.#givesRecords = gives === 'records';
    this.#givesPrints = prints === true;
    this.#report = report;
  }

  add(record: DecisionRecord): void {
    if (this.#isSkipped()) return;
    const digest = decisionDigest(record, this.#givesPrints);
    this.#batch.add(jsonText(digest), this.#givesRecords ? jsonText(record) : '');
    this.#flushWhenDue();
  }

  addLookup(lookup: number, madeFor: number): void {
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
    this.#postedKibibytes += Math.ceil(bytes.length / 1024);
    this.#report({ kind: 'batch', bytes, items }, [bytes.buffer]);
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
