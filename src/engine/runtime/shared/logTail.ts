/**
 * The last log lines of an entry, in shared memory, so that they survive a thread that was stopped. They are written behind the journal's
 * limit into two halves in turn: when one is full, the older one is emptied. An entry is a head of 24 bytes (u32 level, attempt, length of
 * the whole line, number of the line, f64 time) and at most `maxTailLineBytes` of the line, padded to 8 bytes.
 */
import { keptLogLines, maxTailLineBytes } from './abi.ts';
import { type SharedState, words } from './workerContract.ts';

/** A line of the tail. */
export interface TailLine {
  readonly level: number;
  readonly attempt: number;
  /** How many lines of the entry came before it. */
  readonly number: number;
  readonly atMs: number;
  /** Length of the whole line in bytes; `bytes` may be shorter. */
  readonly length: number;
  readonly bytes: Uint8Array;
}

/** Copies a range of the guest's memory to a position of a target. */
export interface ByteSource {
  copyOut(offset: number, length: number, target: Uint8Array, at: number): void;
}

const headBytes = 24;

/** Writes the tail in the worker. It allocates nothing, because a guest that logs deep in recursion makes collections slow. */
export class LogTailWriter {
  readonly #shared: SharedState;
  #half = 0;
  #used = 0;
  #lines = 0;

  constructor(shared: SharedState) {
    this.#shared = shared;
  }

  /** Empties the tail for the next entry. */
  begin(): void {
    this.#shared.set(words.tailLength, 0);
    this.#shared.set(words.tailLength + 1, 0);
    this.#start(0);
  }

  /** Adds a line, which lies in `source`. */
  add(
    level: number,
    attempt: number,
    number: number,
    atMs: number,
    source: ByteSource,
    offset: number,
    length: number,
  ): void {
    const recorded = Math.min(length, maxTailLineBytes);
    const size = headBytes + padded(recorded);
    const { tailBytes, tailView } = this.#shared;
    const halfBytes = tailBytes.length / 2;
    if (this.#lines === keptLogLines || this.#used + size > halfBytes) this.#start(1 - this.#half);
    const at = this.#half * halfBytes + this.#used;
    tailView.setUint32(at, level, true);
    tailView.setUint32(at + 4, attempt, true);
    tailView.setUint32(at + 8, length, true);
    tailView.setUint32(at + 12, number, true);
    tailView.setFloat64(at + 16, atMs, true);
    source.copyOut(offset, recorded, tailBytes, at + headBytes);
    this.#used += size;
    this.#lines++;
    this.#shared.set(words.tailLength + this.#half, this.#used);
  }

  #start(half: number): void {
    this.#half = half;
    this.#used = 0;
    this.#lines = 0;
    this.#shared.set(words.tailLength + half, 0);
    this.#shared.set(words.tailHalf, half);
  }
}

/** Reads the last lines in the host, at most `keptLogLines`. */
export function readLogTail(shared: SharedState): readonly TailLine[] {
  const half = shared.get(words.tailHalf);
  return [...readHalf(shared, 1 - half), ...readHalf(shared, half)].slice(-keptLogLines);
}

function readHalf(shared: SharedState, half: number): TailLine[] {
  const { tailBytes, tailView } = shared;
  const start = (half * tailBytes.length) / 2;
  const end = start + shared.get(words.tailLength + half);
  const lines: TailLine[] = [];
  for (let at = start; at + headBytes <= end;) {
    const length = tailView.getUint32(at + 8, true);
    const recorded = Math.min(length, maxTailLineBytes);
    lines.push({
      level: tailView.getUint32(at, true),
      attempt: tailView.getUint32(at + 4, true),
      length,
      number: tailView.getUint32(at + 12, true),
      atMs: tailView.getFloat64(at + 16, true),
      bytes: tailBytes.slice(at + headBytes, at + headBytes + recorded),
    });
    at += headBytes + padded(recorded);
  }
  return lines;
}

function padded(length: number): number {
  return (length + 7) & ~7;
}
