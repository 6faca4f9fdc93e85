/** Finds rows by position under a filter, without walking a long trace for every question. */
import type { CallRow, RowFilter, RowPage } from '../protocol/rows.ts';

/** Where the rows come from; `revision` grows whenever a row changed. */
export interface RowSource {
  readonly revision: number;
  readonly count: number;
  row(index: number): CallRow;
}

/** Pages through the rows of a source; the positions of one filter are kept until the rows change. */
export class RowIndex {
  readonly #source: RowSource;
  #known: { readonly key: string; readonly revision: number; readonly positions: readonly number[] } | undefined;

  constructor(source: RowSource) {
    this.#source = source;
  }

  /** Rows `from` to `from + count` of those that pass the filter. */
  page(from: number, count: number, filter: RowFilter): RowPage {
    const { revision } = this.#source;
    const positions = this.#positions(filter);
    const total = positions?.length ?? this.#source.count;
    const rows: CallRow[] = [];
    for (let at = Math.max(0, from); at < Math.min(total, from + count); at++) {
      rows.push(this.#source.row(positions?.[at] ?? at));
    }
    return { from: Math.max(0, from), total, rows, revision };
  }

  /** Position of a call under the filter; -1 when it is filtered out. */
  locate(index: number, filter: RowFilter): number {
    const positions = this.#positions(filter);
    return positions === undefined ? index : positions.indexOf(index);
  }

  /** undefined: nothing is filtered out, so position and index are the same. */
  #positions(filter: RowFilter): readonly number[] | undefined {
    if (filter.text.trim() === '' && filter.statuses.length === 0) return undefined;
    const key = JSON.stringify(filter);
    const { revision, count } = this.#source;
    if (this.#known?.key === key && this.#known.revision === revision) return this.#known.positions;
    const matches = rowMatcher(filter);
    const positions: number[] = [];
    for (let index = 0; index < count; index++) if (matches(this.#source.row(index))) positions.push(index);
    this.#known = { key, revision, positions };
    return positions;
  }
}

/** Every word of the text has to be found in the row, without regard to case. */
function rowMatcher(filter: RowFilter): (row: CallRow) => boolean {
  const words = filter.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const statuses = new Set(filter.statuses);
  return (row) => {
    if (statuses.size > 0 && !statuses.has(row.status)) return false;
    if (words.length === 0) return true;
    const text = `${row.tool} ${row.server} ${row.args} ${row.status} ${row.headline}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
}
