/**
 * Turns the queue of a recorder into lines of the capture, on the event loop that also reads the tap's pipe. Reading comes first: work is
 * cut into slices of some milliseconds, and while the disk is slow only the writing waits.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { toFailure } from '../../../core/base/failure.ts';
import type { Steps } from '../../../core/base/steps.ts';
import { redactionNames, Redactor } from '../../../core/redaction/redaction.ts';
import { aborted } from '../../streams/aborted.ts';
import { isRunning, type ProcessIdentity, ProgressWatch } from '../format/processIdentity.ts';
import type { LostContent, RecordingOptions } from '../format/tapContract.ts';
import { BackpressurePolicy } from './backpressurePolicy.ts';
import { CaptureAppender, type CaptureSink } from './captureAppender.ts';
import { CaptureWriter } from './captureWriter.ts';
import { RateDetector } from './rateDetector.ts';
import { type QueuedRecord, RecordQueue } from './recordQueue.ts';

export interface RecordingLoopOptions extends RecordingOptions {
  /** Where the lines go. */
  readonly sink: CaptureSink;
  /** A recorder that has to end first, because it still writes this capture. */
  readonly after?: ProcessIdentity | null;
  /** Bytes that may wait for the capture; beyond it messages are recorded without their content. */
  readonly maxQueueBytes?: number;
  /** Milliseconds in which a disk that takes nothing may hold up the end; default one minute. */
  readonly patienceMs?: number;
  /** Called once when the recording ends before the session. */
  readonly onFailure: (sentence: string) => void;
}

/** Default of `maxQueueBytes`: a few of the longest messages. */
const defaultQueueBytes = 256 * 1024 * 1024;

/** Default of `patienceMs`. A disk that takes nothing for so long is not expected to come back; others that are busy delay it for seconds. */
const defaultPatienceMs = 60_000;

/** Looks at the progress within that time. Looks are counted, not seconds: a process that gets no processor takes none. */
const patientLooks = 40;

/** How much of the queue may be full before the session waits a little. Most bursts fit into it, and pass as fast as without a recording. */
const crowdedShare = 3 / 4;

/** Milliseconds that entries gather before work begins: the session that sent them should get the processor first. */
const gatherMs = 10;

/** Milliseconds of work between two reads of the pipe. */
const sliceMs = 5;

/** Looks in a row at a recording before this one that is stuck, after which this one no longer waits for its end. */
const predecessorLooks = 600;

/** Milliseconds between two of them. */
const predecessorLookMs = 50;

export class RecordingLoop {
  /** What arrives goes here. */
  readonly queue: RecordQueue;
  readonly #appender: CaptureAppender;
  readonly #writer: CaptureWriter;
  readonly #after: ProcessIdentity | null;
  readonly #patienceMs: number;
  readonly #onFailure: (sentence: string) => void;
  readonly #policy: BackpressurePolicy;
  /** Bytes in the queue from which on the session waits. */
  readonly #crowded: number;
  readonly #rate = new RateDetector();
  readonly #ended: Promise<void>;
  #wake: () => void = () => undefined;
  #isAwaited = false;
  #isClosing = false;
  #failed = false;
  #sliceBegan = 0;
  /** Counts slices of work, so that a long message is progress, too. */
  #work = 0;

  constructor({ sink, after = null, maxQueueBytes, patienceMs, onFailure, ...options }: RecordingLoopOptions) {
    this.#after = after;
    this.#patienceMs = patienceMs ?? defaultPatienceMs;
    this.#onFailure = onFailure;
    this.queue = new RecordQueue(maxQueueBytes ?? defaultQueueBytes, () => this.#wake());
    const { queue } = this;
    this.#crowded = queue.limit * crowdedShare;
    const hasFailed = (): boolean => this.#failed;
    const diskMs = (): number => this.#appender.sinkMs;
    this.#policy = new BackpressurePolicy({
      limit: this.#crowded,
      get waiting() {
        return queue.waiting;
      },
      get failed() {
        return hasFailed();
      },
      get diskMs() {
        return diskMs();
      },
    });
    const { header, redact, maxMessageBytes } = options;
    this.#appender = new CaptureAppender(sink, options, (sentence) => this.#fail(sentence));
    this.#writer = new CaptureWriter(this.#appender, {
      header: { ...header, redaction: redact ? redactionNames : [] },
      redactor: redact ? new Redactor(newSecretHash()) : null,
      ...(maxMessageBytes === undefined ? {} : { maxMessageBytes }),
      run: (steps) => this.#paced(steps),
    });
    this.#ended = this.#run().catch((thrown: unknown) => this.#fail(toFailure(thrown).message));
  }

  /** Counts bytes that were read from the pipe. Null, or resolves when there is room for more of a session that is faster than its recording. */
  arrived(bytes: number): Promise<void> | null {
    this.#rate.took(bytes, performance.now());
    const room = this.#policy.room();
    if (room !== null && !this.#isAwaited) {
      this.#isAwaited = true;
      void room.then(() => (this.#isAwaited = false));
    }
    return room;
  }

  /** What was written without its content so far, because the queue was full. */
  get lost(): LostContent {
    return this.#writer.lost;
  }

  /** Resolves to true when all is written or the recording has failed, and to false when the disk accepts no more data. */
  async close(): Promise<boolean> {
    this.queue.flush();
    this.#isClosing = true;
    this.#wake();
    const stuck = new AbortController();
    const stopWatching = this.#watchProgress(() => stuck.abort());
    await Promise.race([this.#ended, aborted(stuck.signal)]);
    stopWatching();
    if (stuck.signal.aborted) this.#fail('the session ended before all of it was written');
    return !stuck.signal.aborted;
  }

  async #run(): Promise<void> {
    if (this.#after !== null) await waitFor(this.#after, () => this.#work++);
    await this.#writer.start();
    while (!this.#failed) {
      if (this.#isHurried) {
        await sleep(gatherMs);
        continue;
      }
      const record = this.queue.take();
      if (record !== undefined) {
        await this.#record(record);
        this.queue.done(record);
        await this.#pause();
        continue;
      }
      await this.#appender.flush();
      if (this.queue.waiting > 0) continue;
      if (this.#isClosing) break;
      await this.#arrival();
    }
    await this.#writer.close();
  }

  /** A flood wants the processors for itself. Work waits for its end as long as the queue has room. */
  get #isHurried(): boolean {
    if (this.#isClosing || this.#isAwaited || this.queue.waiting >= this.#crowded) return false;
    return this.#rate.isHigh(performance.now());
  }

  async #record(record: QueuedRecord): Promise<void> {
    const { t } = record;
    switch (record.kind) {
      case 'bytes':
        return this.#writer.bytes(t, record.channel, record.bytes);
      case 'skip':
        return this.#writer.skip(t, record.channel, record);
      case 'message':
        return this.#writer.message(t, record.channel, record.bytes, record.marks);
      case 'line':
        return this.#writer.line(t, record.json);
      case 'event':
        return this.#writer.event(t, record.event, record.fields);
      case 'ended':
        return this.#writer.ended(t, record.channel);
    }
  }

  async #paced<T>(steps: Steps<T>): Promise<T> {
    for (;;) {
      const { done, value } = steps.next();
      if (done === true) return value;
      await this.#pause();
    }
  }

  /** Gives the pipe a turn when the slice is over. */
  async #pause(): Promise<void> {
    if (performance.now() - this.#sliceBegan < sliceMs) return;
    this.#work++;
    await nextTurn();
    this.#sliceBegan = performance.now();
  }

  async #arrival(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#wake = () => undefined;
    if (!this.#isClosing) await sleep(gatherMs);
  }

  /** Calls `onStuck` when nothing has been written for too long; returns what ends the watch. */
  #watchProgress(onStuck: () => void): () => void {
    let before = '';
    let looks = 0;
    const timer = setInterval(() => {
      const now = `${this.queue.waiting} ${this.#work} ${this.#appender.written}`;
      looks = now === before ? looks + 1 : 0;
      before = now;
      if (looks >= patientLooks) onStuck();
    }, this.#patienceMs / patientLooks);
    return () => clearInterval(timer);
  }

  #fail(sentence: string): void {
    if (this.#failed) return;
    this.#failed = true;
    this.queue.close();
    this.#wake();
    this.#onFailure(sentence);
  }
}

/** The key is never stored, so a token cannot be traced back by trying secrets. */
function newSecretHash(): (secret: string) => string {
  const key = randomBytes(32);
  return (secret) => createHmac('sha256', key).update(secret).digest('hex').slice(0, 6);
}

/**
 * The lines of two sessions should not mix. What arrives meanwhile waits in the queue. `onLook` is called while it waits. Where the start of
 * the other process is not known, its number may have gone to a third one, so the wait is shorter and does not depend on what that does.
 */
async function waitFor(other: ProcessIdentity, onLook: () => void): Promise<void> {
  const watch = new ProgressWatch(other.pid);
  let looks = 0;
  while (isRunning(other) && looks < (other.born === null ? predecessorLooks / 5 : predecessorLooks)) {
    await sleep(predecessorLookMs);
    looks = other.born === null ? looks + 1 : watch.look('');
    onLook();
  }
}
