/** Hands a session to its recording thread through a bounded queue: whatever the disk does, the session never waits for it. */
import { Worker } from 'node:worker_threads';
import { toFailure } from '../../core/base/failure.ts';
import type { Channel, FrameMarks } from './captureLine.ts';
import { type Backlog, Crowding } from './crowding.ts';
import type {
  RecordingAnswer,
  RecordingBatch,
  RecordingMessage,
  RecordingOptions,
  RecordingStart,
} from './tapContract.ts';

/** Takes what a tap sees. Nothing here throws or waits. */
export interface Recording {
  /** Bytes that were passed on; they are copied. */
  bytes(channel: Channel, chunk: Uint8Array): void;
  /** A whole message, from a transport that knows where they end; its bytes are copied. */
  message(channel: Channel, bytes: Uint8Array, marks?: FrameMarks): void;
  /** A line that somebody else made: the text of a JSON object without `t`, such as what a guard did. */
  line(json: string): void;
  event(event: string, fields?: Readonly<Record<string, unknown>>): void;
  ended(channel: Channel): void;
  /** Resolves when there is room for more of a session that is faster than its recording; null: at once. */
  room(): Promise<void> | null;
  /** Resolves when all is written, when nothing is written any more, when the recording has failed, or when the signal aborts. */
  close(giveUp: AbortSignal): Promise<void>;
}

export interface RecordingThreadOptions extends RecordingOptions {
  /** The bundle of `tapWorkerMain`. */
  readonly workerFile: string;
  /** Bytes that may wait for the recording; beyond it messages are recorded without their content. */
  readonly maxQueueBytes?: number;
  /** Milliseconds in which nothing is written before closing gives up; default 10 seconds. */
  readonly patienceMs?: number;
  /** Called once when the recording ends before the session. */
  readonly onFailure: (sentence: string) => void;
}

/** What may wait unless told otherwise: a few of the longest messages. */
const defaultQueueBytes = 256 * 1024 * 1024;

/** A disk that takes nothing for so long will not come back before somebody loses patience. */
const defaultPatienceMs = 10_000;

/** How much of the queue may be full before the session waits a little. */
const crowdedShare = 3 / 4;

/** What a record takes beside its bytes, roughly. */
const recordCost = 200;

/** Room for records without content, when there is none for content. */
const reserveBytes = 4 * 1024 * 1024;

/**
 * Milliseconds that messages are gathered before the recording thread is woken: what the session is busy with comes first, and a tap
 * that is killed loses no more than these.
 */
const batchMs = 10;

/** Messages that are handed over at once without waiting for more. */
const largestBatch = 1000;

/** How much memory is set aside for a batch: as much as the last one would have filled twice, within these bounds. */
const smallestSlab = 8 * 1024;
const largestSlab = 512 * 1024;

/** Lines that passed while there was not even room to say so. */
interface Held {
  t: number;
  bytes: number;
  lines: number;
  tail: number;
}

export class RecordingThread implements Recording {
  readonly #worker: Worker;
  readonly #limit: number;
  readonly #patienceMs: number;
  readonly #onFailure: (sentence: string) => void;
  readonly #began = performance.now();
  readonly #done = new BigInt64Array(new SharedArrayBuffer(8));
  readonly #held = new Map<Channel, Held>();
  readonly #crowding: Crowding;
  readonly #ended: Promise<void>;
  #batch: RecordingMessage[] = [];
  #slab = new Uint8Array(0);
  #used = 0;
  #nextSlab = smallestSlab;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #posted = 0;
  #failed = false;

  constructor(options: RecordingThreadOptions) {
    const { workerFile, maxQueueBytes, patienceMs, onFailure, ...recording } = options;
    this.#limit = maxQueueBytes ?? defaultQueueBytes;
    this.#crowding = new Crowding(this.#backlog());
    this.#patienceMs = patienceMs ?? defaultPatienceMs;
    this.#onFailure = onFailure;
    const workerData: RecordingStart = { options: recording, done: this.#done.buffer };
    this.#worker = new Worker(workerFile, { workerData });
    this.#ended = new Promise((resolve) => {
      this.#worker.on('message', (answer: RecordingAnswer) => {
        if (answer.kind === 'failed') this.#fail(answer.sentence);
        resolve();
      });
      this.#worker.on('error', (error) => {
        this.#fail(`the recording thread ended: ${toFailure(error).message}`);
        resolve();
      });
      this.#worker.on('exit', () => resolve());
    });
  }

  bytes(channel: Channel, chunk: Uint8Array): void {
    if (this.#failed) return;
    const t = this.#now();
    const cost = chunk.length + recordCost;
    if (this.#waiting + cost > this.#limit) this.#skip(t, channel, chunk);
    else {
      this.#release();
      this.#post({ kind: 'bytes', t, cost, channel, ...this.#copy(chunk) });
    }
  }

  message(channel: Channel, bytes: Uint8Array, marks: FrameMarks = {}): void {
    if (this.#failed) return;
    const t = this.#now();
    const cost = bytes.length + recordCost;
    if (this.#waiting + cost > this.#limit) {
      this.#hold(channel, { t, bytes: bytes.length + 1, lines: 1, tail: 0 });
      return;
    }
    this.#release();
    this.#post({ kind: 'message', t, cost, channel, marks, ...this.#copy(bytes) });
  }

  line(json: string): void {
    this.#release();
    this.#post({ kind: 'line', t: this.#now(), cost: json.length + recordCost, json });
  }

  event(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#release();
    this.#post({ kind: 'event', t: this.#now(), cost: recordCost, event, fields });
  }

  ended(channel: Channel): void {
    this.#release();
    this.#post({ kind: 'ended', t: this.#now(), cost: recordCost, channel });
  }

  room(): Promise<void> | null {
    return this.#crowding.room();
  }

  async close(giveUp: AbortSignal): Promise<void> {
    this.#release();
    this.#post({ kind: 'close', t: this.#now(), cost: 0 });
    this.#flush();
    const end = new AbortController();
    const either = AbortSignal.any([giveUp, end.signal]);
    const stopWatching = this.#watchProgress(() => end.abort());
    await Promise.race([this.#ended, aborted(either)]);
    stopWatching();
    if (either.aborted) this.#fail('the session ended before all of it was written');
    await Promise.race([this.#worker.terminate(), aborted(either)]);
  }

  /** Tells when nothing has been worked off for too long; gives what ends the watch. */
  #watchProgress(tell: () => void): () => void {
    let before = this.#waiting;
    let since = performance.now();
    const timer = setInterval(() => {
      if (this.#waiting !== before) {
        before = this.#waiting;
        since = performance.now();
      } else if (performance.now() - since >= this.#patienceMs) tell();
    }, this.#patienceMs / 20);
    return () => clearInterval(timer);
  }

  #backlog(): Backlog {
    const waiting = (): number => this.#waiting;
    const failed = (): boolean => this.#failed;
    return {
      limit: this.#limit * crowdedShare,
      get waiting() {
        return waiting();
      },
      get failed() {
        return failed();
      },
    };
  }

  /** Bytes that the recording thread has not worked off. */
  get #waiting(): number {
    return this.#posted - Number(Atomics.load(this.#done, 0));
  }

  /** Tells line by line what passed, as long as there is room for that; else in one sum. */
  #skip(t: number, channel: Channel, chunk: Uint8Array): void {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      this.#hold(channel, { t, bytes: end + 1 - start, lines: 1, tail: 0 });
      start = end + 1;
    }
    if (start < chunk.length) this.#hold(channel, { t, bytes: 0, lines: 0, tail: chunk.length - start });
  }

  #hold(channel: Channel, next: Held): void {
    const held = this.#held.get(channel);
    if (held === undefined) this.#held.set(channel, next);
    else {
      held.t = next.t;
      if (next.lines > 0) {
        held.bytes += held.tail + next.bytes;
        held.lines += next.lines;
        held.tail = next.tail;
      } else held.tail += next.tail;
    }
    if (this.#waiting < this.#limit + reserveBytes) this.#release();
  }

  #release(): void {
    for (const [channel, { t, bytes, lines, tail }] of this.#held) {
      this.#post({ kind: 'skip', t, cost: recordCost, channel, bytes, lines, tail });
    }
    this.#held.clear();
  }

  #post(message: RecordingMessage): void {
    if (this.#failed) return;
    this.#posted += message.cost;
    this.#batch.push(message);
    if (this.#batch.length >= largestBatch) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), batchMs);
  }

  /** Where in the slab the bytes lie now. */
  #copy(bytes: Uint8Array): { readonly start: number; readonly end: number } {
    if (this.#used + bytes.length > this.#slab.length) this.#makeRoom(bytes.length);
    const start = this.#used;
    this.#slab.set(bytes, start);
    this.#used += bytes.length;
    return { start, end: this.#used };
  }

  /** One piece of memory for the bytes of many messages: handing over each on its own takes longer than copying it. */
  #makeRoom(length: number): void {
    this.#flush();
    this.#slab = new Uint8Array(Math.max(length, this.#nextSlab));
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#batch;
    this.#batch = [];
    if (this.#failed || batch.length === 0) return;
    try {
      const slab = this.#slab;
      this.#slab = new Uint8Array(0);
      this.#nextSlab = Math.min(largestSlab, Math.max(smallestSlab, 2 * this.#used));
      this.#used = 0;
      const message: RecordingBatch = { messages: batch, slab };
      this.#worker.postMessage(message, [slab.buffer]);
    } catch (thrown) {
      this.#fail(toFailure(thrown).message);
    }
  }

  #fail(sentence: string): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#held.clear();
    this.#batch = [];
    this.#slab = new Uint8Array(0);
    this.#used = 0;
    this.#onFailure(sentence);
  }

  /** Milliseconds since the start, to the microsecond. */
  #now(): number {
    return Math.round((performance.now() - this.#began) * 1000) / 1000;
  }
}

const lineFeed = 0x0a;

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
