/** The selected call, its position in the filtered list, and requests to scroll to it. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { RowFilter, RowMark } from '../../src/core/protocol/rows.ts';
import type { Host } from '../link.ts';
import type { RowsStore } from './rows.ts';

/** A request to scroll to a position; a new object for each request, so that a request can be repeated. */
export interface Reveal {
  readonly position: number;
  readonly centre: boolean;
}

export class SelectionStore {
  /** Index of the selected call in the trace. */
  readonly index = signal<number | null>(null);
  /** Its position in the filtered list; -1 without a selection or when the filter hides it. */
  readonly position = signal(-1);
  readonly reveal = signal<Reveal | null>(null);

  readonly #host: Host;
  readonly #rows: RowsStore;
  readonly #filter: ReadonlySignal<RowFilter>;
  #locating = 0;

  constructor(host: Host, rows: RowsStore, filter: ReadonlySignal<RowFilter>) {
    this.#host = host;
    this.#rows = rows;
    this.#filter = filter;
  }

  /** Selects the row at a position, for keys and clicks; a row that is not loaded is selected when it arrives. */
  async moveTo(position: number): Promise<void> {
    this.position.value = position;
    this.reveal.value = { position, centre: false };
    const here = this.#rows.rowAt(position);
    if (here !== undefined) {
      this.index.value = here.index;
      return;
    }
    const row = await this.#rows.fetch(position);
    if (row !== undefined && this.position.peek() === position) this.index.value = row.index;
  }

  /** Selects a call by its index in the trace and scrolls to it. */
  async select(index: number | null): Promise<void> {
    this.index.value = index;
    await this.locate(true);
  }

  /** Selects the nearest call with a mark behind (1) or before (-1) the selected one, among those that text and names of the filter leave. */
  async moveToMarked(mark: RowMark, step: 1 | -1): Promise<void> {
    const filter: RowFilter = { ...this.#filter.peek(), statuses: [mark] };
    const here = this.index.peek() ?? (step === 1 ? -1 : Infinity);
    const at = async (from: number): Promise<{ readonly index: number | undefined; readonly total: number }> => {
      const { rows, total } = await this.#host.ask('rows', { from, count: 1, filter });
      return { index: rows[0]?.index, total };
    };
    // The marked calls are in the order of the trace: a binary search for the first one that is not before the wanted place.
    let [low, high] = [0, (await at(0)).total];
    while (low < high) {
      const middle = (low + high) >> 1;
      const index = (await at(middle)).index ?? Infinity;
      if (step === 1 ? index <= here : index < here) low = middle + 1;
      else high = middle;
    }
    const found = step === 1 ? low : low - 1;
    const index = found < 0 ? undefined : (await at(found)).index;
    if (index !== undefined) await this.select(index);
  }

  /** Updates the position of the selected call after the filter or the rows changed. */
  async locate(show: boolean): Promise<void> {
    const index = this.index.peek();
    const locating = ++this.#locating;
    if (index === null) {
      this.position.value = -1;
      return;
    }
    const position = await this.#host.ask('locate', { index, filter: this.#filter.peek() }).catch(() => -1);
    if (locating !== this.#locating || index !== this.index.peek()) return;
    this.position.value = position;
    if (show && position >= 0) this.reveal.value = { position, centre: true };
  }
}
