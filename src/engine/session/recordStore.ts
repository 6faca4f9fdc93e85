/** Keeps the decision records of a run: the first ones in memory, those over the budget in a private temporary file. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jsonText } from '../../core/base/jsonText.ts';
import type { DecisionRecord } from '../../core/difc/record/decision.ts';

/** Characters of record text that stay in memory. A 100,000-call run of ordinary calls is a few times that. */
const memoryBudget = 96 * 1024 * 1024;

interface Span {
  readonly offset: number;
  readonly length: number;
}

/** Records by call index. The file is readable by its owner only and goes with `dispose` or `clear`. */
export class RecordStore {
  readonly #inMemory = new Map<number, DecisionRecord>();
  readonly #onDisk = new Map<number, Span>();
  readonly #budget: number;
  #used = 0;
  #file: { readonly descriptor: number; readonly folder: string; end: number } | undefined;

  constructor(budget = memoryBudget) {
    this.#budget = budget;
  }

  /** A record with the index of an earlier one replaces it. */
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

  /** How many records were kept. */
  get size(): number {
    return this.#inMemory.size + this.#onDisk.size;
  }

  /** In order of index. */
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

/** Characters in the parts that can be long; exactness is not needed, only that nothing long is overlooked. */
function roughSize(record: DecisionRecord): number {
  let size = 2_000;
  for (const call of record.guardCalls) {
    size += call.input.length * 3 + (call.output?.length ?? 0) * 2 + call.stdout.length + call.stderr.length;
    for (const lookup of call.backendCalls) size += (lookup.resultText?.length ?? 0) + 200;
    for (const line of call.log) size += line.message.length + 60;
  }
  return size;
}
