/** The response items of the selected call: the first ones from the detail, further ones loaded by range. */
import { signal } from '@preact/signals';
import { toFailure } from '../../src/core/base/failure.ts';
import type { CallDetail, ItemRow } from '../../src/core/protocol/rows.ts';
import type { Host } from '../link.ts';

/** Items per request. */
const range = 500;
/** Minimum number of further filtered items that `more` loads when only filtered items are shown. */
const wish = 200;

export class ItemsStore {
  /** The loaded items, from the first one without gaps. */
  readonly rows = signal<readonly ItemRow[]>([]);
  readonly total = signal(0);
  readonly loading = signal(false);
  readonly failure = signal('');
  readonly onlyFiltered = signal(false);

  readonly #host: Host;
  #call = -1;
  #generation = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Resets the items to those of a detail. For the same call, as many items as before are loaded again. */
  show(detail: CallDetail | null): void {
    const loaded = this.rows.peek().length;
    const same = detail?.row.index === this.#call;
    this.#generation++;
    this.#call = detail?.row.index ?? -1;
    this.rows.value = detail?.items ?? [];
    this.total.value = detail?.itemsTotal ?? 0;
    this.failure.value = '';
    this.loading.value = false;
    if (same && loaded > this.rows.peek().length) void this.#load((have) => have >= loaded);
  }

  /** Loads the next range, or enough ranges to find further filtered items if only those are shown. */
  more(): void {
    if (this.loading.peek()) return;
    const shown = this.#filteredCount();
    void this.#load(() => !this.onlyFiltered.peek() || this.#filteredCount() >= shown + wish);
  }

  async #load(enough: (have: number) => boolean): Promise<void> {
    const generation = this.#generation;
    this.loading.value = true;
    try {
      while (this.rows.peek().length < this.total.peek()) {
        const from = this.rows.peek().length;
        const more = await this.#host.ask('items', { index: this.#call, from, count: range });
        if (generation !== this.#generation) return;
        if (more.length === 0) break;
        this.rows.value = [...this.rows.peek(), ...more];
        if (enough(this.rows.peek().length)) break;
      }
    } catch (thrown) {
      if (generation !== this.#generation) return;
      this.failure.value = toFailure(thrown).message;
    }
    this.loading.value = false;
  }

  #filteredCount(): number {
    return this.rows.peek().filter(({ allowed }) => !allowed).length;
  }
}
