/** Stores for the bytes of a trace's lines until a result is needed. The default store is memory outside the JavaScript heap. */
import type { Line } from '../../base/lines.ts';

/** Returns the bytes of a stored line. Throws a `Failure` when they can no longer be read. */
export type LineReader = () => Uint8Array;

/** Stores lines. The arguments of `keep` are valid only during the call. */
export interface LineStore {
  keep(line: Line, bytes: Uint8Array): LineReader;
}

/** Stores lines in large pages, so that 100,000 lines need no more memory than their bytes. */
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
