/** Stores for the bytes of a trace's lines until a result is needed. The default store is memory outside the JavaScript heap. */
import type { Line } from '../../base/lines.ts';

/** A stored line. There is one for each answer of a trace, so it is an object with a method: a closure takes twice the memory. */
export interface KeptLine {
  /** Throws a `Failure` when the bytes can no longer be read. */
  bytes(): Uint8Array;
}

/** Stores lines. The arguments of `keep` are valid only during the call. */
export interface LineStore {
  keep(line: Line, bytes: Uint8Array): KeptLine;
}

/** A part of a page. */
class MemoryLine implements KeptLine {
  readonly #page: Uint8Array;
  readonly #start: number;
  readonly #length: number;

  constructor(page: Uint8Array, start: number, length: number) {
    this.#page = page;
    this.#start = start;
    this.#length = length;
  }

  bytes(): Uint8Array {
    return this.#page.subarray(this.#start, this.#start + this.#length);
  }
}

/** Stores lines in large pages, so that 100,000 lines need no more memory than their bytes. */
export class MemoryLineStore implements LineStore {
  #page = new Uint8Array(0);
  #used = 0;

  keep(_line: Line, bytes: Uint8Array): KeptLine {
    const { length } = bytes;
    if (length > pageBytes / 4) return new MemoryLine(new Uint8Array(bytes), 0, length);
    if (this.#used + length > this.#page.length) {
      this.#page = new Uint8Array(pageBytes);
      this.#used = 0;
    }
    const start = this.#used;
    this.#page.set(bytes, start);
    this.#used += length;
    return new MemoryLine(this.#page, start, length);
  }
}

const pageBytes = 4 * 1024 * 1024;
