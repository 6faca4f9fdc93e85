/** Follows a trace while it grows: a capture that a tap writes, or the log folder of a running gateway. */
import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '../../core/base/failure.ts';
import type { Trace } from '../../core/trace/model/traceModel.ts';
import { FollowedSource, type SourceOptions } from './followedSource.ts';
import type { LiveFacts } from '../recording/format/liveFile.ts';

/** How a trace is followed. */
export interface FollowOptions extends SourceOptions {
  /** Called after every change, at most ten times a second. */
  readonly onChange: (followed: FollowedTrace) => void;
  /** Milliseconds between two polls of the files; default and maximum 250. */
  readonly pollMs?: number;
}

/** A trace that is followed, in its present state. */
export interface FollowedTrace {
  /** Calls are only added and completed; one is removed only when a log says later that it is not the agent's. `growing`: more may come. */
  readonly trace: Trace;
  /** The file that is followed; for a folder, the gateway's log in it. */
  readonly file: string;
  /** The tap that writes the file; null when there is none. */
  readonly live: LiveFacts | null;
  /** When the file first grew after it was opened, in milliseconds since 1970; null before that, and when the trace has ended. */
  readonly grew: number | null;
  /** Counts restarts of the trace: another number means another trace. */
  readonly generation: number;
  dispose(): void;
}

const pollEveryMs = 250;
const reportEveryMs = 100;
const lookEveryMs = 25;

/** Snapshots take at most a fifth of the time of this thread: each is followed by four times its duration without one. */
const restFactor = 4;

/**
 * Reads the file and follows what is appended, until `dispose` or the signal. Waits for a file that does not exist yet. A folder stands for
 * the gateway's log in it. Throws `trace/unreadable` when the file exists and cannot be read, and the reason of the signal.
 */
export async function followTrace(path: string, options: FollowOptions): Promise<FollowedTrace> {
  const follower = new Follower(path, options);
  try {
    await follower.start();
    return follower;
  } catch (thrown) {
    follower.dispose();
    options.signal?.throwIfAborted();
    if (thrown instanceof Failure) throw thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new Failure('trace/unreadable', `Cannot read the trace "${path}": ${reason}`, 'Check the path');
  }
}

class Follower implements FollowedTrace {
  readonly #source: FollowedSource;
  readonly #options: FollowOptions;
  readonly #abort = new AbortController();
  #watcher: FSWatcher | undefined;
  #watched = '';
  #wake: () => void = () => undefined;
  #wasWoken = false;
  #looked = -Infinity;
  #reported = -Infinity;
  #pauseMs = reportEveryMs;
  trace: Trace;
  live: LiveFacts | null = null;
  generation = 0;

  constructor(path: string, options: FollowOptions) {
    this.#options = options;
    this.#source = new FollowedSource(path, options);
    this.trace = this.#source.snapshot();
    options.signal?.addEventListener('abort', () => this.dispose(), { once: true });
    if (options.signal?.aborted === true) this.dispose();
  }

  get file(): string {
    return this.#source.file;
  }

  get grew(): number | null {
    return this.#source.grew;
  }

  async start(): Promise<void> {
    await this.#source.poll(this.#abort.signal);
    this.#take();
    void this.#follow();
  }

  dispose(): void {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort(this.#options.signal?.reason);
    this.#watcher?.close();
    this.#wake();
    void this.#source.close();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      this.#watch();
      await this.#pause(Math.min(this.#options.pollMs ?? pollEveryMs, pollEveryMs));
      // A folder with many changes must not keep this thread busy.
      const rest = Math.max(this.#reported + this.#pauseMs, this.#looked + lookEveryMs) - performance.now();
      if (rest > 0) await this.#sleep(rest);
      this.#looked = performance.now();
      if (signal.aborted) return;
      // A file that cannot be read for a moment, such as while it is replaced, is tried again.
      const news = await this.#source.poll(signal).catch(() => false);
      if (news && !signal.aborted) this.#report();
    }
  }

  #report(): void {
    const began = performance.now();
    this.#take();
    this.#options.onChange(this);
    this.#reported = performance.now();
    this.#pauseMs = Math.max(reportEveryMs, (this.#reported - began) * restFactor);
  }

  #take(): void {
    this.trace = this.#source.snapshot();
    this.live = this.#source.live;
    this.generation = this.#source.generation;
  }

  /** Resolves after a time, or as soon as the folder changes. */
  async #pause(ms: number): Promise<void> {
    const wasWoken = this.#wasWoken;
    this.#wasWoken = false;
    if (wasWoken) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => (this.#wasWoken = true);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      const { signal } = this.#abort;
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
      signal.addEventListener('abort', done, { once: true });
    });
  }

  /** Where the system reports changes, they are seen at once. Regular looks work everywhere. */
  #watch(): void {
    const folder = dirname(this.file);
    if (this.#watcher !== undefined && this.#watched === folder) return;
    this.#watcher?.close();
    this.#watcher = undefined;
    try {
      this.#watcher = watch(folder, { persistent: false }, () => this.#wake());
      this.#watched = folder;
      this.#watcher.on('error', () => undefined);
    } catch {
      // The folder does not exist yet, or the system has no watches left.
    }
  }
}
