/** Hands a session to the thread that writes it, through a bounded queue: whatever the disk does, nobody waits for it. */
import { Worker } from 'node:worker_threads';
import { toFailure } from '../../../core/base/failure.ts';
import { Burst } from './rateDetector.ts';
import type { Channel, FrameMarks } from '../format/captureLine.ts';
import { type Backlog, Crowding } from './backpressurePolicy.ts';
import type { ProcessMark } from '../format/processIdentity.ts';
import { aborted } from '../format/recordingSink.ts';
import { longestWaitMs } from '../format/tapContract.ts';
import type {
  RecordingAnswer,
  RecordingBatch,
  RecordingMessage,
  RecordingOptions,
  RecordingStart,
} from '../format/tapContract.ts';

export interface RecordingThreadOptions extends RecordingOptions {
  /** The bundle of `tapWorkerMain`. */
  readonly workerFile: string;
  /** A recorder that has to end first, because it still writes this capture. */
  readonly after?: ProcessMark | null;
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

/** Milliseconds that messages are gathered before the recording thread is woken: what the session is busy with comes first. */
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

export class RecordingThread {
  readonly #worker: Worker;
  readonly #limit: number;
  readonly #patienceMs: number;
  readonly #onFailure: (sentence: string) => void;
  readonly #done = new BigInt64Array(new SharedArrayBuffer(8));
  readonly #held = new Map<Channel, Held>();
  readonly #crowding: Crowding;
  readonly #ended: Promise<void>;
  readonly #burst = new Burst();
  /** Batches that wait for the end of a burst. */
  #later: RecordingBatch[] = [];
  #batch: RecordingMessage[] = [];
  #slab = new Uint8Array(0);
  #used = 0;
  #nextSlab = smallestSlab;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #posted = 0;
  #failed = false;

  constructor(options: RecordingThreadOptions) {
    const { workerFile, after = null, maxQueueBytes, patienceMs, onFailure, ...recording } = options;
    this.#limit = maxQueueBytes ?? defaultQueueBytes;
    this.#crowding = new Crowding(this.#backlog());
    this.#patienceMs = (patienceMs ?? defaultPatienceMs) + (after === null ? 0 : longestWaitMs);
    this.#onFailure = onFailure;
    const workerData: RecordingStart = { options: recording, after, done: this.#done.buffer };
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

  /** Bytes of a stream with one message a line; they are copied. `t`, here and below: milliseconds since the start of the session. */
  bytes(t: number, channel: Channel, chunk: Uint8Array): void {
    if (this.#failed) return;
    const cost = chunk.length + recordCost;
    if (this.#waiting + cost > this.#limit) this.#skip(t, channel, chunk);
    else {
      this.#release();
      this.#post({ kind: 'bytes', t, cost, channel, ...this.#copy(chunk) });
    }
  }

  /** A whole message; its bytes are copied. */
  message(t: number, channel: Channel, bytes: Uint8Array, marks: FrameMarks = {}): void {
    if (this.#failed) return;
    const cost = bytes.length + recordCost;
    if (this.#waiting + cost > this.#limit) {
      this.#hold(channel, { t, bytes: bytes.length + 1, lines: 1, tail: 0 });
      return;
    }
    this.#release();
    this.#post({ kind: 'message', t, cost, channel, marks, ...this.#copy(bytes) });
  }

  line(t: number, json: string): void {
    this.#release();
    this.#post({ kind: 'line', t, cost: json.length + recordCost, json });
  }

  event(t: number, event: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#release();
    this.#post({ kind: 'event', t, cost: recordCost, event, fields });
  }

  ended(t: number, channel: Channel): void {
    this.#release();
    this.#post({ kind: 'ended', t, cost: recordCost, channel });
  }

  /** Resolves when there is room for more of a session that is faster than its recording; null: at once. */
  room(): Promise<void> | null {
    const room = this.#crowding.room();
    // Whoever waits for the recording must not wait for what it was not given yet.
    if (room !== null) this.#flush(true);
    return room;
  }

  /** Resolves when all is written, when nothing is written any more, or when the recording has failed. */
  async close(): Promise<void> {
    this.#release();
    this.#post({ kind: 'close', t: 0, cost: 0 });
    this.#flush(true);
    const stuck = new AbortController();
    const stopWatching = this.#watchProgress(() => stuck.abort());
    await Promise.race([this.#ended, aborted(stuck.signal)]);
    stopWatching();
    if (stuck.signal.aborted) this.#fail('the session ended before all of it was written');
    else await this.#worker.terminate();
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

  #flush(atOnce = false): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#failed) return;
    const slab = this.#slab;
    const messages = this.#batch;
    const now = performance.now();
    this.#batch = [];
    this.#burst.took(this.#used, now);
    if (messages.length > 0) {
      this.#slab = new Uint8Array(0);
      this.#nextSlab = Math.min(largestSlab, Math.max(smallestSlab, 2 * this.#used));
      this.#used = 0;
      this.#later.push({ messages, slab });
    }
    if (!atOnce && this.#burst.isOn(now) && this.#waiting < this.#limit * crowdedShare) {
      this.#timer = setTimeout(() => this.#flush(), Burst.lookMs);
      return;
    }
    try {
      for (const batch of this.#later.splice(0)) this.#worker.postMessage(batch, [batch.slab.buffer]);
    } catch (thrown) {
      this.#fail(toFailure(thrown).message);
    }
  }

  #fail(sentence: string): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#held.clear();
    this.#later = [];
    this.#batch = [];
    this.#slab = new Uint8Array(0);
    this.#used = 0;
    this.#onFailure(sentence);
  }
}

const lineFeed = 0x0a;
