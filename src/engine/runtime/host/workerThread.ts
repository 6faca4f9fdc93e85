/** One worker thread, from the host's side: posts messages, passes on the worker's, and reports why the thread ended. */
import { Worker } from 'node:worker_threads';
import { stackMebibytes } from '../shared/abi.ts';
import { type HostMessage, SharedState, type WorkerMessage, words } from '../shared/workerContract.ts';

/** Receives the messages and the end of a thread. A thread has at most one listener. */
export interface ThreadListener {
  onMessage(message: WorkerMessage): void;
  /** The thread has ended; no message follows. `reason` is null when it was stopped on purpose. */
  onEnd(reason: string | null): void;
}

/** A thread for one guard. It keeps the process alive only while it has a listener. */
export class WorkerThread {
  readonly shared = new SharedState();
  readonly #worker: Worker;
  #listener: ThreadListener | null = null;
  #stopped = false;
  #failure: string | null = null;
  #ended: { readonly reason: string | null } | null = null;

  constructor(workerFile: string) {
    this.#worker = new Worker(workerFile, {
      name: 'guardscope guard',
      workerData: this.shared.buffer,
      execArgv: [],
      resourceLimits: { stackSizeMb: stackMebibytes },
    });
    this.#worker.unref();
    this.#worker.on('message', (message: WorkerMessage) => this.#listener?.onMessage(message));
    this.#worker.on('error', (error: unknown) => {
      this.#failure = error instanceof Error ? error.message : String(error);
    });
    this.#worker.on('exit', (code) => {
      this.#ended = { reason: this.#failure ?? (this.#stopped ? null : `exit code ${code}`) };
      this.#listener?.onEnd(this.#ended.reason);
    });
  }

  get isAlive(): boolean {
    return this.#ended === null && !this.#stopped;
  }

  /** Sets the listener until `unlisten`. When the thread has ended already, `onEnd` is called synchronously. */
  listen(listener: ThreadListener): void {
    this.#listener = listener;
    if (this.#ended === null) this.#worker.ref();
    else listener.onEnd(this.#ended.reason);
  }

  unlisten(): void {
    this.#listener = null;
    // A thread that is being terminated keeps the process alive until it has ended, because somebody waits for that.
    if (!this.#stopped) this.#worker.unref();
  }

  /** Posts a message and wakes the thread. */
  post(message: HostMessage, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
    Atomics.add(this.shared.words, words.posted, 1);
    this.shared.wake();
  }

  /** Terminates the thread. Messages that it posted before still arrive. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#worker.terminate();
  }
}
