/** The detail of the selected call: one question at a time, the latest wish wins, and the old detail stays until the new one comes. */
import { signal } from '@preact/signals';
import { toFailure } from '../../src/core/base/failure.ts';
import type { CallDetail } from '../../src/core/protocol/rows.ts';
import type { Host } from '../link.ts';

export class DetailStore {
  readonly value = signal<CallDetail | null>(null);
  /** Whether another detail than the one shown is on its way. */
  readonly loading = signal(false);
  readonly failure = signal('');

  readonly #host: Host;
  #wanted: number | null = null;
  #again = false;
  #asking = false;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Shows a call, or nothing. */
  show(index: number | null): void {
    if (index === this.#wanted) return;
    this.#wanted = index;
    this.failure.value = '';
    this.loading.value = index !== null;
    if (index === null) this.value.value = null;
    else this.refresh();
  }

  /** Asks again for the call that is shown, because something about it may have changed. */
  refresh(): void {
    this.#again = true;
    if (!this.#asking) void this.#run();
  }

  async #run(): Promise<void> {
    this.#asking = true;
    while (this.#again && this.#wanted !== null) {
      this.#again = false;
      const index = this.#wanted;
      try {
        const detail = await this.#host.ask('detail', { index });
        if (index === this.#wanted) {
          this.value.value = detail;
          this.loading.value = false;
        }
      } catch (thrown) {
        if (index === this.#wanted) {
          this.failure.value = toFailure(thrown).message;
          this.loading.value = false;
          this.value.value = null;
        }
      }
    }
    this.#asking = false;
  }
}
