/** Finds the range that has an address, among many. */
import type { AddressRange } from './ranges.ts';

/** Ranges in the order of their starts. Of ranges that overlap, the one that starts last is found. */
export class RangeIndex<T extends AddressRange> {
  readonly #ranges: readonly T[];

  constructor(ranges: readonly T[]) {
    this.#ranges = ranges.toSorted((a, b) => a.start - b.start);
  }

  /** Null when no range has the address. */
  at(address: number): T | null {
    let low = 0;
    let high = this.#ranges.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#ranges[middle]?.start ?? 0) <= address) low = middle;
      else high = middle - 1;
    }
    const found = this.#ranges[low];
    return found === undefined || address < found.start || address >= found.end ? null : found;
  }
}
