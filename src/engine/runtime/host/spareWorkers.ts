/** Keeps a started worker thread in reserve, so that loading a guard does not wait about 30 ms for a thread to start. */
import { WorkerThread } from './workerThread.ts';

/** Delay before the next thread starts, in ms, so that it does not compete with the loading of the guard that took the last one. */
const replacementDelayMs = 100;

/** A thread that reads a larger guard again and again would take too much time from others. */
const mostWarmBytes = 1024 * 1024;

/** Holds one spare thread and replaces it after it was taken. */
export class SpareWorkers {
  readonly #workerFile: string;
  #spare: WorkerThread | null = null;
  #replacement: NodeJS.Timeout | undefined;
  #closed = false;
  /** The latest guard. */
  #guard: Uint8Array | null = null;

  /** `standsBy`: whether the first thread starts now (default), or with `standBy` or the first guard. */
  constructor(workerFile: string, { standsBy = true } = {}) {
    this.#workerFile = workerFile;
    if (standsBy) this.standBy();
  }

  /** Starts the spare thread, if there is none, and lets it warm up. */
  standBy(): void {
    if (this.#closed || this.#spare !== null) return;
    this.#spare = new WorkerThread(this.#workerFile);
    if (this.#guard !== null) this.#spare.post({ kind: 'warm', bytes: this.#guard });
  }

  /** Takes the guard that was loaded last, which the next spare thread warms up with. */
  warmWith(guard: Uint8Array): void {
    this.#guard = guard.length > mostWarmBytes ? null : new Uint8Array(guard);
  }

  /** Gives the spare thread, or a new one when there is none. The caller owns it. */
  take(): WorkerThread {
    const spare = this.#spare;
    this.#spare = null;
    this.#replaceSoon();
    return spare?.isAlive === true ? spare : new WorkerThread(this.#workerFile);
  }

  /** Stops the spare thread. Threads that were taken are not affected. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#replacement);
    const spare = this.#spare;
    this.#spare = null;
    await spare?.stop();
  }

  #replaceSoon(): void {
    clearTimeout(this.#replacement);
    if (this.#closed) return;
    this.#replacement = setTimeout(() => this.standBy(), replacementDelayMs).unref();
  }
}
