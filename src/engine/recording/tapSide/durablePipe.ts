/** The pipe to a recorder as a sequence of writes: reports when each can no longer be lost, and when the recorder accepts no more data. */
import type { Writable } from 'node:stream';
import { unsentBytes } from '../../streams/privateHandle.ts';
import { ProgressWatch } from '../format/processIdentity.ts';
import type { WhenDurable } from './recordingSink.ts';

export interface DurablePipeOptions {
  /** The process that reads the pipe. */
  readonly reader: number;
  /** Bytes that may wait in this process; with more of them the session is beyond its recorder. */
  readonly maxWaiting: number;
  /** The recorder accepts no more data, for this reason. Called at most once. */
  readonly onLost: (sentence: string) => void;
}

/** A call that waits until this many writes are accepted. */
interface WaitingCall {
  readonly writes: number;
  readonly call: () => void;
}

/** The recorder reads independently of the disk. It is given up when this many looks in a row find it stuck (`ProgressWatch`). */
const lookMs = 250;
const mostLooks = 12;
/** A recorder that has not begun to read may need longer, because its process has to start. */
const mostLooksAtStart = 60;

/** Calls that were made are removed together: removing each from the front would move all behind it. */
const mostCalled = 1000;

export class DurablePipe {
  readonly #pipe: Writable;
  readonly #options: DurablePipeOptions;
  readonly #waiting: WaitingCall[] = [];
  /** How many of `#waiting` were called. */
  #called = 0;
  #releasing = false;
  #writes = 0;
  #taken = 0;
  #over = false;
  #watch: ReturnType<typeof setInterval> | undefined;
  /** Whether the recorder has begun to read. */
  isReading = false;

  constructor(pipe: Writable, options: DurablePipeOptions) {
    this.#pipe = pipe;
    this.#options = options;
    pipe.on('error', () => this.lose('the recorder does not read any more'));
  }

  /** Writes pieces that belong together. They must not change until they are durable. */
  write(pieces: readonly Uint8Array[]): void {
    const pipe = this.#pipe;
    if (this.#over || !pipe.writable) return;
    const last = pieces.at(-1);
    if (pieces.length > 1) pipe.cork();
    for (const piece of pieces) {
      if (piece === last) pipe.write(piece, this.#written);
      else pipe.write(piece);
    }
    this.#writes++;
    if (pieces.length > 1) pipe.uncork();
    if (pipe.writableLength === 0) return;
    this.#watch ??= this.#watchProgress();
    if (pipe.writableLength > this.#options.maxWaiting) this.lose('the session is beyond what its recorder takes');
  }

  /** Runs `then`, in call order, once all that was written so far is in the kernel's pipe: synchronously when it is. */
  readonly whenDurable: WhenDurable = (then) => {
    if (this.hasBacklog) this.#waiting.push({ writes: this.#writes, call: then });
    else then();
  };

  /** Bytes that the kernel did not take yet. */
  get unsent(): number {
    return this.#over ? 0 : Math.max(this.#pipe.writableLength, unsentBytes(this.#pipe));
  }

  get hasBacklog(): boolean {
    return this.#waiting.length > 0 || (!this.#over && this.#pipe.writableLength > 0);
  }

  /** Ends the pipe behind what was written. */
  end(): void {
    this.#pipe.end();
  }

  /** Gives the recorder up: nothing waits for it any more. */
  lose(sentence: string): void {
    if (this.#over) return;
    this.close();
    this.#options.onLost(sentence);
  }

  /** Closes the pipe and makes all waiting calls. */
  close(): void {
    this.#over = true;
    clearInterval(this.#watch);
    this.#pipe.destroy();
    this.#release();
  }

  readonly #written = (): void => {
    this.#taken++;
    if (this.#pipe.writableLength === 0) {
      clearInterval(this.#watch);
      this.#watch = undefined;
    }
    this.#release();
  };

  #release(): void {
    if (this.#releasing) return;
    this.#releasing = true;
    try {
      for (let next = this.#waiting[this.#called]; next !== undefined; next = this.#waiting[this.#called]) {
        if (!this.#over && next.writes > this.#taken) break;
        this.#called++;
        next.call();
      }
    } finally {
      this.#releasing = false;
      if (this.#called === this.#waiting.length || this.#called > mostCalled) {
        this.#waiting.splice(0, this.#called);
        this.#called = 0;
      }
    }
  }

  #watchProgress(): ReturnType<typeof setInterval> {
    const watch = new ProgressWatch(this.#options.reader);
    watch.look(this.#progress());
    return setInterval(() => {
      const looks = watch.look(this.#progress());
      if (looks >= (this.isReading ? mostLooks : mostLooksAtStart)) this.lose('the recorder accepts no more data');
    }, lookMs);
  }

  /** Changes whenever the kernel takes a byte; where that is not known, only with each whole write. */
  #progress(): string {
    return `${this.#taken} ${unsentBytes(this.#pipe)}`;
  }
}
