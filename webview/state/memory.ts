/** The points of the memory chart, loaded while the chart is visible and at most twice per second. */
import { signal } from '@preact/signals';
import { toFailure } from '../../src/core/base/failure.ts';
import type { MemoryPoint } from '../../src/core/protocol/rows.ts';
import type { Host } from '../link.ts';

/** Maximum number of points in the chart; enough for the width of a large panel. */
const buckets = 800;
const pauseMs = 500;

export interface MemoryChartData {
  readonly points: readonly MemoryPoint[];
  /** The gateway's limit in bytes. */
  readonly limit: number;
}

export class MemoryStore {
  readonly chart = signal<MemoryChartData | null>(null);
  readonly failure = signal('');

  readonly #host: Host;
  readonly #revision: () => number;
  #watchers = 0;
  #loaded = -1;
  #busy = false;

  constructor(host: Host, revision: () => number) {
    this.#host = host;
    this.#revision = revision;
  }

  /** Keeps the points up to date until the returned function is called. */
  watch(): () => void {
    this.#watchers++;
    this.refresh();
    return () => void this.#watchers--;
  }

  /** Reloads the points if they are watched and older than the current revision. */
  refresh(): void {
    if (this.#watchers > 0 && !this.#busy && this.#loaded < this.#revision()) void this.#load();
  }

  async #load(): Promise<void> {
    this.#busy = true;
    const revision = this.#revision();
    try {
      this.chart.value = await this.#host.ask('memory', { buckets });
      this.failure.value = '';
    } catch (thrown) {
      this.failure.value = toFailure(thrown).message;
    }
    this.#loaded = revision;
    setTimeout(() => {
      this.#busy = false;
      this.refresh();
    }, pauseMs);
  }
}
