/** Where the bytes of a trace's lines stay until a result is needed: in memory outside the JavaScript heap, or wherever a store likes. */
import type { Line } from '../../base/lines.ts';

/** Gives the bytes of a kept line back. Throws a `Failure` when they can no longer be had. */
export type LineReader = () => Uint8Array;

/** Keeps lines. What it is given is valid only during the call. */
export interface LineStore {
  keep(line: Line, bytes: Uint8Array): LineReader;
}

/** Keeps lines in large pages, so that 100,000 of them cost no more than their bytes. */
export class MemoryLineStore implements LineStore {
  #page = new Uint8Array(0);
  #used = 0;

  keep(_line: Line, bytes: Uint8Array): LineReader {
    const { length } = bytes;
    if (length > pageBytes / 4) {
      const copy = new Uint8Array(bytes);
      return () => copy;
    }
    if (this.#used + length > this.#page.length) {
      this.#page = new Uint8Array(pageBytes);
      this.#used = 0;
    }
    const page = this.#page;
    const start = this.#used;
    page.set(bytes, start);
    this.#used += length;
    return () => page.subarray(start, start + length);
  }
}

const pageBytes = 4 * 1024 * 1024;
