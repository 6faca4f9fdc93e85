/** The points of the memory chart: asked for while the chart is in view, and at most twice a second while a run goes on. */
import { signal } from '@preact/signals';
import { toFailure } from '../../src/core/base/failure.ts';
import type { MemoryPoint } from '../../src/core/protocol/rows.ts';
import type { Host } from '../link.ts';

/** Points that the chart is drawn from: more than a wide panel has pixels to tell apart. */
const buckets = 800;
const pauseMs = 500;

export interface MemoryChartData {
  readonly points: readonly MemoryPoint[];
  /** Bytes that the gateway allows. */
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

  /** Keeps the points fresh until the returned function is called. */
  watch(): () => void {
    this.#watchers++;
    this.refresh();
    return () => void this.#watchers--;
  }

  /** The revision may have grown. */
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
