/** The rows of the call list: asks for the pages in view, keeps them, and asks again when they are stale. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { toFailure } from '../../src/core/base/failure.ts';
import type { CallRow, RowFilter } from '../../src/core/protocol/rows.ts';
import type { Host } from '../link.ts';
import { RowPages } from '../models/pages.ts';
import type { Range } from '../models/virtualList.ts';

/** Rows a page: a screen or two, so that scrolling asks seldom and an answer stays small. */
const pageSize = 100;
const pagesKept = 60;

/** What the rows depend on: the filter in force and the revision that the host announced last. */
export interface RowsInput {
  readonly filter: ReadonlySignal<RowFilter>;
  readonly revision: () => number;
}

export class RowsStore {
  /** Rows under the filter, in all. */
  readonly total = signal(0);
  /** Grows whenever a row may look different. */
  readonly version = signal(0);
  /** Whether the first answer under the filter is still awaited. */
  readonly waiting = signal(true);
  /** Why the last question failed; empty when it did not. */
  readonly failure = signal('');

  readonly #host: Host;
  readonly #input: RowsInput;
  readonly #pages = new RowPages(pageSize, pagesKept);
  readonly #asked = new Map<number, Promise<void>>();
  #view: Range = { first: 0, last: pageSize };
  #generation = 0;
  #totalRevision = -1;

  constructor(host: Host, input: RowsInput) {
    this.#host = host;
    this.#input = input;
  }

  /** The row at a position, when it is here; while a new filter is being answered, the row of the old one. */
  rowAt(position: number): CallRow | undefined {
    return this.#pages.row(position);
  }

  /** Tells which rows are drawn; asks for those that are missing or stale. */
  show(range: Range): void {
    this.#view = range;
    if (!this.waiting.peek()) this.#askWanted();
  }

  /** The revision grew: what is in view is asked for again. */
  refresh(): void {
    this.failure.value = '';
    if (this.waiting.peek()) void this.#ask(0);
    else this.#askWanted();
  }

  /** The filter changed: everything is asked for anew, and the old rows stay until the answer comes. */
  refilter(): void {
    this.#generation++;
    this.#asked.clear();
    this.waiting.value = true;
    this.failure.value = '';
    void this.#ask(0);
  }

  /** The row at a position, asked for when it is not here; undefined when there is none. */
  async fetch(position: number): Promise<CallRow | undefined> {
    const page = Math.floor(position / pageSize);
    if (this.rowAt(position) === undefined || this.waiting.peek()) await this.#ask(page);
    return this.rowAt(position);
  }

  #askWanted(): void {
    const { first } = this.#view;
    // An empty list draws no row, and must learn of the first one all the same.
    const last = Math.min(Math.max(this.#view.last, first + 1), Math.max(this.total.peek(), first + 1));
    for (const page of this.#pages.wanted({ first, last }, this.#input.revision())) void this.#ask(page);
  }

  /** One question for a page at a time; when the revision grew meanwhile, the answer is followed by another question. */
  #ask(page: number): Promise<void> {
    const running = this.#asked.get(page);
    if (running !== undefined) return running;
    const asking = this.#askNow(page, this.#generation);
    this.#asked.set(page, asking);
    return asking;
  }

  async #askNow(page: number, generation: number): Promise<void> {
    const known = this.#input.revision();
    try {
      const answer = await this.#host.ask('rows', {
        from: page * pageSize,
        count: pageSize,
        filter: this.#input.filter.peek(),
      });
      if (generation !== this.#generation) return;
      this.#asked.delete(page);
      if (this.waiting.peek()) {
        this.#pages.clear();
        this.#totalRevision = -1;
        this.waiting.value = false;
      }
      const revision = Math.max(known, answer.revision);
      this.#pages.accept(page, answer.rows, revision);
      if (revision >= this.#totalRevision) {
        this.#totalRevision = revision;
        this.total.value = answer.total;
      }
      this.version.value++;
      if (known < this.#input.revision()) this.#askWanted();
    } catch (thrown) {
      if (generation !== this.#generation) return;
      this.#asked.delete(page);
      this.failure.value = toFailure(thrown).message;
    }
  }
}
