/** A cache of row pages with revisions, which reports the missing and stale pages of a range. */
import type { CallRow } from '../../src/core/protocol/rows.ts';
import type { Range } from './virtualList.ts';

/** The rows of a page and the revision that they were read at. */
interface CachedPage {
  readonly rows: readonly CallRow[];
  readonly revision: number;
}

/** Keeps at most `limit` pages of `size` rows and evicts the least recently used page first. */
export class RowPages {
  readonly size: number;
  readonly #limit: number;
  readonly #pages = new Map<number, CachedPage>();

  constructor(size: number, limit: number) {
    this.size = size;
    this.#limit = limit;
  }

  /** The row at a position, which may be stale; undefined when it is not cached. */
  row(position: number): CallRow | undefined {
    return this.#pages.get(Math.floor(position / this.size))?.rows[position % this.size];
  }

  /** Stores a page unless a newer one is cached. Returns whether the page was stored. */
  accept(page: number, rows: readonly CallRow[], revision: number): boolean {
    const held = this.#pages.get(page);
    if (held !== undefined && held.revision > revision) return false;
    this.#pages.delete(page);
    this.#pages.set(page, { rows, revision });
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= this.#limit) break;
      this.#pages.delete(oldest);
    }
    return true;
  }

  /** The pages of a range that are missing or older than the revision, in order. */
  wanted(range: Range, revision: number): readonly number[] {
    const wanted: number[] = [];
    if (range.last <= range.first) return wanted;
    for (let page = Math.floor(range.first / this.size); page * this.size < range.last; page++) {
      const held = this.#pages.get(page);
      if (held === undefined || held.revision < revision) wanted.push(page);
      else this.#touch(page, held);
    }
    return wanted;
  }

  clear(): void {
    this.#pages.clear();
  }

  get count(): number {
    return this.#pages.size;
  }

  #touch(page: number, held: CachedPage): void {
    this.#pages.delete(page);
    this.#pages.set(page, held);
  }
}
