/** Keeps a started worker thread in reserve, so that loading a guard does not wait about 30 ms for a thread to start. */
import { WorkerThread } from './workerThread.ts';

/** Delay before the next thread starts, in ms, so that it does not compete with the loading of the guard that took the last one. */
const replacementDelayMs = 100;

/** Holds one spare thread and replaces it after it was taken. */
export class SpareWorkers {
  readonly #workerFile: string;
  #spare: WorkerThread | null = null;
  #replacement: NodeJS.Timeout | undefined;
  #closed = false;

  /** `standsBy`: whether the first thread starts now (default), or with `standBy` or the first guard. */
  constructor(workerFile: string, { standsBy = true } = {}) {
    this.#workerFile = workerFile;
    if (standsBy) this.standBy();
  }

  /** Starts the spare thread, if there is none. */
  standBy(): void {
    if (!this.#closed) this.#spare ??= new WorkerThread(this.#workerFile);
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
