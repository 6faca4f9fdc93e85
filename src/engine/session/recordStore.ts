/** Store of a run's decision records: in memory up to a budget, the rest in a private temporary file. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jsonText } from '../../core/base/jsonText.ts';
import type { DecisionRecord } from '../../core/difc/record/decision.ts';

/** Characters of record text that stay in memory. A run of 100,000 ordinary calls has several times as many. */
const memoryBudget = 96 * 1024 * 1024;

/** Bytes of a record in the file. */
interface FileRange {
  readonly offset: number;
  readonly length: number;
}

/** Records by call index. The file is readable by its owner only; `clear` and `dispose` delete it. */
export class RecordStore {
  readonly #inMemory = new Map<number, DecisionRecord>();
  readonly #onDisk = new Map<number, FileRange>();
  readonly #budget: number;
  #used = 0;
  #file: { readonly descriptor: number; readonly folder: string; end: number } | undefined;

  constructor(budget = memoryBudget) {
    this.#budget = budget;
  }

  /** Adds a record, which replaces an earlier one with the same index. */
  add(record: DecisionRecord): void {
    this.delete(record.index);
    const size = roughSize(record);
    if (this.#used + size <= this.#budget) {
      this.#used += size;
      this.#inMemory.set(record.index, record);
      return;
    }
    const file = (this.#file ??= openSpill());
    const bytes = Buffer.from(jsonText(record));
    writeSync(file.descriptor, bytes, 0, bytes.length, file.end);
    this.#onDisk.set(record.index, { offset: file.end, length: bytes.length });
    file.end += bytes.length;
  }

  delete(index: number): void {
    const inMemory = this.#inMemory.get(index);
    if (inMemory !== undefined) this.#used -= roughSize(inMemory);
    this.#inMemory.delete(index);
    this.#onDisk.delete(index);
  }

  get(index: number): DecisionRecord | undefined {
    const inMemory = this.#inMemory.get(index);
    if (inMemory !== undefined) return inMemory;
    const span = this.#onDisk.get(index);
    if (span === undefined || this.#file === undefined) return undefined;
    const bytes = Buffer.alloc(span.length);
    readSync(this.#file.descriptor, bytes, 0, span.length, span.offset);
    return JSON.parse(bytes.toString()) as DecisionRecord;
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

  dispose(): void {
    this.clear();
  }
}

function openSpill(): { readonly descriptor: number; readonly folder: string; end: number } {
  const folder = mkdtempSync(join(tmpdir(), 'guardscope-'));
  return { descriptor: openSync(join(folder, 'records.jsonl'), 'w+', 0o600), folder, end: 0 };
}

/** Approximate number of characters: counts the parts that can be long. */
function roughSize(record: DecisionRecord): number {
  let size = 2_000;
  for (const call of record.guardCalls) {
    size += call.input.length * 3 + (call.output?.length ?? 0) * 2 + call.stdout.length + call.stderr.length;
    for (const lookup of call.backendCalls) size += (lookup.resultText?.length ?? 0) + 200;
    for (const line of call.log) size += line.message.length + 60;
  }
  return size;
}
