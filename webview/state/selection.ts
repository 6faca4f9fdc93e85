/** Which call is selected, where it stands under the filter, and when the list should scroll to it. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { RowFilter } from '../../src/core/protocol/rows.ts';
import type { Host } from '../link.ts';
import type { RowsStore } from './rows.ts';

/** A wish to see a position; a new object each time, so that the same wish can be repeated. */
export interface Reveal {
  readonly position: number;
  readonly centre: boolean;
}

export class SelectionStore {
  /** Index of the selected call in the trace. */
  readonly index = signal<number | null>(null);
  /** Its position under the filter; -1 when nothing is selected or the filter hides it. */
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

  /** Selects the row at a position, as keys and clicks do; a row that is not here yet is selected when it comes. */
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

  /** Selects a call by its index in the trace and brings it into view. */
  async select(index: number | null): Promise<void> {
    this.index.value = index;
    await this.locate(true);
  }

  /** Finds the position of the selected call anew, after the filter or the rows changed. */
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
