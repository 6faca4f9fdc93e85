/** Loads the detail of the selected call: one request at a time, for the latest selection; the old detail stays until the new one arrives. */
import { signal } from '@preact/signals';
import { toFailure } from '../../src/core/base/failure.ts';
import type { CallDetail } from '../../src/core/protocol/rows.ts';
import type { Host } from '../link.ts';

export class DetailStore {
  readonly value = signal<CallDetail | null>(null);
  /** Whether the detail of another call is being loaded. */
  readonly loading = signal(false);
  readonly failure = signal('');

  readonly #host: Host;
  #wanted: number | null = null;
  #again = false;
  #asking = false;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Loads a call; null clears the detail. */
  show(index: number | null): void {
    if (index === this.#wanted) return;
    this.#wanted = index;
    this.failure.value = '';
    this.loading.value = index !== null;
    if (index === null) this.value.value = null;
    else this.refresh();
  }

  /** Reloads the current call, whose detail may have changed. */
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
