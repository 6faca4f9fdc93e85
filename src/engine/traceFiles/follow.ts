/** Follows a trace while it grows: a capture that a tap writes, or the log folder of a gateway that runs. */
import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '../../core/base/failure.ts';
import type { Trace } from '../../core/trace/model/traceModel.ts';
import { FollowedSource, type SourceOptions } from './followedSource.ts';
import type { LiveFacts } from '../recording/format/liveFile.ts';

/** How a trace is followed. */
export interface FollowOptions extends SourceOptions {
  /** Told after every change, at most ten times a second. */
  readonly onChange: (followed: FollowedTrace) => void;
  /** Milliseconds between two looks at the files; default and at most 250. */
  readonly pollMs?: number;
}

/** A trace that is followed, as it is by now. */
export interface FollowedTrace {
  /** Its calls are only added and completed; only where a log says later whose a call is may one go. `growing` says whether more may come. */
  readonly trace: Trace;
  /** The file that is followed: of a folder the gateway's log in it. */
  readonly file: string;
  /** The tap that writes the file; null when none does. */
  readonly live: LiveFacts | null;
  /** Since when more comes than was there at first, in milliseconds since 1970; null as long as nothing came, and when it has ended. */
  readonly grew: number | null;
  /** Counts the new beginnings: with another number the trace is another one. */
  readonly generation: number;
  dispose(): void;
}

const pollEveryMs = 250;
const tellEveryMs = 100;
const lookEveryMs = 25;

/** Of the time of this thread at most a fifth goes into snapshots. */
const restFactor = 4;

/**
 * Reads what is there and follows what is appended, until `dispose` or the signal. What does not exist yet is waited for. A folder stands
 * for the gateway's log in it. Throws `trace/unreadable` when the file is there and cannot be read, and the reason of the signal.
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
  #isPoked = false;
  #looked = -Infinity;
  #told = -Infinity;
  #pauseMs = tellEveryMs;
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
      // A folder in which much goes on must not keep this thread busy.
      const rest = Math.max(this.#told + this.#pauseMs, this.#looked + lookEveryMs) - performance.now();
      if (rest > 0) await this.#sleep(rest);
      this.#looked = performance.now();
      if (signal.aborted) return;
      // What cannot be read for a moment, as while it is replaced, can be the next time.
      const news = await this.#source.poll(signal).catch(() => false);
      if (news && !signal.aborted) this.#tell();
    }
  }

  #tell(): void {
    const began = performance.now();
    this.#take();
    this.#options.onChange(this);
    this.#told = performance.now();
    this.#pauseMs = Math.max(tellEveryMs, (this.#told - began) * restFactor);
  }

  #take(): void {
    this.trace = this.#source.snapshot();
    this.live = this.#source.live;
    this.generation = this.#source.generation;
  }

  /** Resolves after a time, or as soon as the folder changed. */
  async #pause(ms: number): Promise<void> {
    const isPoked = this.#isPoked;
    this.#isPoked = false;
    if (isPoked) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => (this.#isPoked = true);
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

  /** Where the system tells of changes, they are seen at once; looking regularly works everywhere. */
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
      // The folder is not there yet, or the system has no watch left.
    }
  }
}
