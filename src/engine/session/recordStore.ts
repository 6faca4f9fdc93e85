/** Store of a run's decision records: in memory up to a budget, the rest in a private temporary file. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jsonText } from '../../core/base/jsonText.ts';
import type { DecisionRecord } from '../../core/difc/record/decision.ts';

/** How much stays in memory: bytes of encoded records, and characters of the text of others. A run of 100,000 calls has several times as many. */
const memoryBudget = 32 * 1024 * 1024;

/** A record as JSON in UTF-8. */
export interface EncodedRecord {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** Bytes of a record in the file. */
interface FileRange {
  readonly offset: number;
  readonly length: number;
}

/**
 * Records by call index. An encoded record stays as it is and is decoded when it is read: a run has many records, and a reader few. The
 * file is readable by its owner only; `clear` deletes it, and so does the last `dispose`.
 */
export class RecordStore {
  readonly #inMemory = new Map<number, DecisionRecord | Uint8Array>();
  readonly #onDisk = new Map<number, FileRange>();
  readonly #budget: number;
  #used = 0;
  #holders = 1;
  #file: { readonly descriptor: number; readonly folder: string; end: number } | undefined;

  constructor(budget = memoryBudget) {
    this.#budget = budget;
  }

  /** Adds a record, which replaces an earlier one with the same index. `get` gives this very record while it is in memory. */
  add(record: DecisionRecord): void {
    this.delete(record.index);
    const size = sizeOf(record);
    if (this.#used + size <= this.#budget) {
      this.#used += size;
      this.#inMemory.set(record.index, record);
      return;
    }
    this.#spill([{ index: record.index, bytes: Buffer.from(jsonText(record)) }]);
  }

  /** The same for encoded records, which are copied: their buffer may be large and hold more than records. */
  addEncoded(records: readonly EncodedRecord[]): void {
    for (const { index } of records) this.delete(index);
    const size = records.reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (this.#used + size > this.#budget) {
      this.#spill(records);
      return;
    }
    this.#used += size;
    for (const { index, bytes } of records) this.#inMemory.set(index, Uint8Array.from(bytes));
  }

  delete(index: number): void {
    const inMemory = this.#inMemory.get(index);
    if (inMemory !== undefined) this.#used -= sizeOf(inMemory);
    this.#inMemory.delete(index);
    this.#onDisk.delete(index);
  }

  get(index: number): DecisionRecord | undefined {
    const inMemory = this.#inMemory.get(index);
    if (inMemory !== undefined) return inMemory instanceof Uint8Array ? decoded(inMemory) : inMemory;
    const span = this.#onDisk.get(index);
    if (span === undefined || this.#file === undefined) return undefined;
    const bytes = Buffer.alloc(span.length);
    readSync(this.#file.descriptor, bytes, 0, span.length, span.offset);
    return decoded(bytes);
  }

  /** Number of records. */
  get size(): number {
    return this.#inMemory.size + this.#onDisk.size;
  }

  /** All records, in order of index. */
  *all(): Generator<DecisionRecord> {
    const indexes = [...this.#inMemory.keys(), ...this.#onDisk.keys()].sort((a, b) => a - b);
    for (const index of indexes) {
      const record = this.get(index);
      if (record !== undefined) yield record;
    }
  }

  clear(): void {
    this.#inMemory.clear();
    this.#onDisk.clear();
    this.#used = 0;
    if (this.#file === undefined) return;
    const { descriptor, folder } = this.#file;
    this.#file = undefined;
    closeSync(descriptor);
    rmSync(folder, { recursive: true, force: true });
  }

  /** Another holder: the records stay until each has disposed of the store. */
  retain(): this {
    this.#holders++;
    return this;
  }

  dispose(): void {
    if (--this.#holders <= 0) this.clear();
  }

  /** Appends records to the file, in one write. */
  #spill(records: readonly EncodedRecord[]): void {
    const file = (this.#file ??= openSpill());
    const all = Buffer.concat(records.map(({ bytes }) => bytes));
    for (let written = 0; written < all.length;) {
      written += writeSync(file.descriptor, all, written, all.length - written, file.end + written);
    }
    for (const { index, bytes } of records) {
      this.#onDisk.set(index, { offset: file.end, length: bytes.length });
      file.end += bytes.length;
    }
  }
}

function openSpill(): { readonly descriptor: number; readonly folder: string; end: number } {
  const folder = mkdtempSync(join(tmpdir(), 'guardscope-'));
  return { descriptor: openSync(join(folder, 'records.jsonl'), 'w+', 0o600), folder, end: 0 };
}

function decoded(bytes: Uint8Array): DecisionRecord {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as DecisionRecord;
}

/** Bytes of an encoded record, or the approximate number of characters of another: counts the parts that can be long. */
function sizeOf(record: DecisionRecord | Uint8Array): number {
  if (record instanceof Uint8Array) return record.length;
  let size = 2_000;
  for (const call of record.guardCalls) {
    size += call.input.length * 3 + (call.output?.length ?? 0) * 2 + call.stdout.length + call.stderr.length;
    for (const lookup of call.backendCalls) size += (lookup.resultText?.length ?? 0) + 200;
    for (const line of call.log) size += line.message.length + 60;
  }
  return size;
}
