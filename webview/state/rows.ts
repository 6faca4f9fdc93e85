/** The rows of the call list: loads the pages in view, caches them, and reloads stale pages. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { toFailure } from '../../src/core/base/failure.ts';
import type { CallRow, RowFilter } from '../../src/core/protocol/rows.ts';
import type { Host } from '../link.ts';
import { RowPages } from '../models/pages.ts';
import type { Range } from '../models/virtualList.ts';

/** Rows per page: one or two screens, which keeps both the number of requests and the response size small. */
const pageSize = 100;
const maxPages = 60;

/** The applied filter, and the revision that the host announced last. */
export interface RowsInput {
  readonly filter: ReadonlySignal<RowFilter>;
  readonly revision: () => number;
}

export class RowsStore {
  /** Total number of rows that match the filter. */
  readonly total = signal(0);
  /** Incremented whenever a row may have changed. */
  readonly version = signal(0);
  /** Whether the first response for the current filter is pending. */
  readonly waiting = signal(true);
  /** The message of the last failed request; empty without a failure. */
  readonly failure = signal('');

  readonly #host: Host;
  readonly #input: RowsInput;
  readonly #pages = new RowPages(pageSize, maxPages);
  readonly #asked = new Map<number, Promise<void>>();
  #view: Range = { first: 0, last: pageSize };
  #generation = 0;
  #totalRevision = -1;

  constructor(host: Host, input: RowsInput) {
    this.#host = host;
    this.#input = input;
  }

  /** The loaded row at a position; while the first response for a new filter is pending, the row of the previous filter. */
  rowAt(position: number): CallRow | undefined {
    return this.#pages.row(position);
  }

  /** Sets the drawn range and requests its missing and stale rows. */
  show(range: Range): void {
    this.#view = range;
    if (!this.waiting.peek()) this.#askWanted();
  }

  /** Reloads the rows in view after the revision changed. */
  refresh(): void {
    this.failure.value = '';
    if (this.waiting.peek()) void this.#ask(0);
    else this.#askWanted();
  }

  /** Reloads the rows after the filter changed; the old rows stay until the response arrives. */
  refilter(): void {
    this.#generation++;
    this.#asked.clear();
    this.waiting.value = true;
    this.failure.value = '';
    void this.#ask(0);
  }

  /** The row at a position, loaded if necessary; undefined when the position does not exist. */
  async fetch(position: number): Promise<CallRow | undefined> {
    const page = Math.floor(position / pageSize);
    if (this.rowAt(position) === undefined || this.waiting.peek()) await this.#ask(page);
    // The page may have been requested before the row existed.
    if (this.rowAt(position) === undefined && position < this.total.peek()) await this.#ask(page);
    return this.rowAt(position);
  }

  #askWanted(): void {
    const { first } = this.#view;
    // An empty list draws no rows, but must request its first row to notice new ones.
    const last = Math.min(Math.max(this.#view.last, first + 1), Math.max(this.total.peek(), first + 1));
    for (const page of this.#pages.wanted({ first, last }, this.#input.revision())) void this.#ask(page);
  }

  /** Requests a page, with at most one pending request per page. If the revision grows meanwhile, another request follows. */
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
