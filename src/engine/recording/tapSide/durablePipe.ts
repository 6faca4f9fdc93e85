/** The pipe to a recorder as a sequence of writes: tells when each can no longer be lost, and when nobody takes them any more. */
import type { Writable } from 'node:stream';

export interface KeptPipeOptions {
  /** Bytes that may wait in this process; more of them say that the session is beyond its recorder. */
  readonly maxWaiting: number;
  /** Nobody takes anything any more, in words. Called at most once. */
  readonly onLost: (sentence: string) => void;
}

/** Something that waits until so many writes are taken. */
interface Waiting {
  readonly writes: number;
  readonly call: () => void;
}

/** A recorder only copies what it reads, whatever the disk does; one that takes nothing for so many looks is not waited for any longer. */
const lookMs = 250;
const mostLooks = 12;
/** One that has not begun yet may need longer: it is a whole process. */
const mostLooksAtStart = 60;

export class KeptPipe {
  readonly #pipe: Writable;
  readonly #options: KeptPipeOptions;
  readonly #waiting: Waiting[] = [];
  /** Of those that waited, how many are called back already. */
  #called = 0;
  #releasing = false;
  #writes = 0;
  #taken = 0;
  #over = false;
  #watch: ReturnType<typeof setInterval> | undefined;
  /** Whether the other side has begun to read. */
  isReading = false;

  constructor(pipe: Writable, options: KeptPipeOptions) {
    this.#pipe = pipe;
    this.#options = options;
    pipe.on('error', () => this.lose('the recorder reads no more'));
  }

  /** Hands over pieces that belong together. They must not change until they are kept. */
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

  /** Calls back, in the order of the calls, when all that was written so far is taken: at once, if it is. */
  kept(then: () => void): void {
    if (this.isBehind) this.#waiting.push({ writes: this.#writes, call: then });
    else then();
  }

  get isBehind(): boolean {
    return this.#waiting.length > 0 || (!this.#over && this.#pipe.writableLength > 0);
  }

  /** Nothing more comes. */
  end(): void {
    this.#pipe.end();
  }

  /** Nothing is kept any more, so that nobody has to wait for it. */
  lose(sentence: string): void {
    if (this.#over) return;
    this.close();
    this.#options.onLost(sentence);
  }

  /** Lets go of the pipe, and of those that wait. */
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
    let before = this.#progress();
    let looks = 0;
    return setInterval(() => {
      const now = this.#progress();
      looks = now === before ? looks + 1 : 0;
      before = now;
      if (looks >= (this.isReading ? mostLooks : mostLooksAtStart)) this.lose('the recorder takes nothing any more');
    }, lookMs);
  }

  /** Changes with every byte that is taken; a write may be a long one. */
  #progress(): string {
    const { _handle: handle } = this.#pipe as { readonly _handle?: { readonly writeQueueSize?: number } | null };
    return `${this.#taken} ${handle?.writeQueueSize ?? 0}`;
  }
}

/** Those that were called back are forgotten together: taking each from the front would move all behind it. */
const mostCalled = 1000;
