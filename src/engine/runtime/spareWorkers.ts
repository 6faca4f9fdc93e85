/** A worker thread that stands by, so that loading a guard does not wait for a thread to start (some 30 ms). */
import { WorkerThread } from './workerThread.ts';

/** Keeps one thread ready; a thread that was taken is replaced. */
export class SpareWorkers {
  readonly #workerFile: string;
  #spare: WorkerThread | null;
  #closed = false;

  constructor(workerFile: string) {
    this.#workerFile = workerFile;
    this.#spare = new WorkerThread(workerFile);
  }

  /** A thread that has started already, or is about to; the taker owns it. */
  take(): WorkerThread {
    const spare = this.#spare;
    this.#spare = this.#closed ? null : new WorkerThread(this.#workerFile);
    return spare?.isAlive === true ? spare : new WorkerThread(this.#workerFile);
  }

  /** Stops the thread that stands by. */
  async close(): Promise<void> {
    this.#closed = true;
    const spare = this.#spare;
    this.#spare = null;
    await spare?.stop();
  }
}
