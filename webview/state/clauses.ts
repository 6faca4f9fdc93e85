/** The clauses of the policy behind the decision of the selected call, loaded while they are shown and again after each change. */
import { signal } from '@preact/signals';
import { toFailure } from '../../src/core/base/failure.ts';
import type { CallClauses } from '../../src/core/protocol/clauses.ts';
import type { Host } from '../link.ts';

/** The clauses of a call, by its index. */
interface LoadedClauses extends CallClauses {
  readonly index: number;
}

export class ClausesStore {
  readonly value = signal<LoadedClauses | null>(null);

  readonly #host: Host;
  #wanted: number | null = null;
  #isAsking = false;
  #again = false;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Keeps the clauses of a call up to date until the returned function is called. */
  watch(index: number): () => void {
    this.#wanted = index;
    this.refresh();
    return () => {
      if (this.#wanted === index) this.#wanted = null;
    };
  }

  /** Loads them again if they are shown. */
  refresh(): void {
    this.#again = true;
    if (!this.#isAsking) void this.#load();
  }

  async #load(): Promise<void> {
    this.#isAsking = true;
    while (this.#again && this.#wanted !== null) {
      this.#again = false;
      const index = this.#wanted;
      try {
        this.value.value = { index, ...(await this.#host.ask('clauses', { index })) };
      } catch (thrown) {
        this.value.value = { index, state: 'impossible', message: toFailure(thrown).message, rows: [] };
      }
    }
    this.#isAsking = false;
  }
}
