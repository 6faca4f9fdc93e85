/** A cache of row pages: knows what it has, how old it is, and what is missing for a range. */
import type { CallRow } from '../../src/core/protocol/rows.ts';
import type { Range } from './virtualList.ts';

/** Rows of one page, and the revision that they are known to be right for. */
interface CachedPage {
  readonly rows: readonly CallRow[];
  readonly revision: number;
}

/** Keeps at most `limit` pages of `size` rows; the pages asked for longest ago go first. */
export class RowPages {
  readonly size: number;
  readonly #limit: number;
  readonly #pages = new Map<number, CachedPage>();

  constructor(size: number, limit: number) {
    this.size = size;
    this.#limit = limit;
  }

  /** The row at a position; stale rows are better than none. */
  row(position: number): CallRow | undefined {
    return this.#pages.get(Math.floor(position / this.size))?.rows[position % this.size];
  }

  /** Takes a page unless a newer one is there; says whether it was taken. */
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

  /** Pages of a range that are missing or older than the revision, in order. */
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
