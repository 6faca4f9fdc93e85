/** A worker thread that stands by, so that loading a guard does not wait for a thread to start (some 30 ms). */
import { WorkerThread } from './workerThread.ts';

/** How long after a thread was taken the next one starts, in ms: the guard that took it loads first. */
const replacementDelayMs = 100;

/** Keeps one thread ready; a thread that was taken is soon replaced. */
export class SpareWorkers {
  readonly #workerFile: string;
  #spare: WorkerThread | null;
  #replacement: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(workerFile: string) {
    this.#workerFile = workerFile;
    this.#spare = new WorkerThread(workerFile);
  }

  /** A thread that has started already, or is about to; the taker owns it. */
  take(): WorkerThread {
    const spare = this.#spare;
    this.#spare = null;
    this.#replaceSoon();
    return spare?.isAlive === true ? spare : new WorkerThread(this.#workerFile);
  }

  /** Stops the thread that stands by; what was taken is not touched. */
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
    this.#replacement = setTimeout(() => {
      this.#spare = new WorkerThread(this.#workerFile);
    }, replacementDelayMs).unref();
  }
}
