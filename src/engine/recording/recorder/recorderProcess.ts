/**
 * The recorder of one session, from the first frame to the end of the pipe: the folder, the live file, older captures, the capture.
 *
 *     tap process                      pipe              recorder process (its own session of processes)
 *     TapToRecorder ─► DurablePipe ─► frames ─► FrameReader ─► RecorderProcess ─► RecordQueue (bounded)
 *                          │                                        │                  │ RecordingLoop, in slices
 *          whenDurable: in the kernel's pipe,                   LiveFile         CaptureWriter: lines, secrets out
 *          so the tap may pass the bytes on                                            │
 *                                                                                CaptureAppender ─► CaptureFile
 *     ◄──── answers (RecordingAnswer) on the recorder's standard output ─────
 *
 * All of it runs on one event loop; only the calls to the disk run on the threads of libuv. The tap may die at any point: what is in the
 * pipe is still read, and the end of the pipe ends the recorder.
 */
import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { toFailure } from '../../../core/base/failure.ts';
import { recordingLost, tapKilled } from '../../../core/trace/capture/nativeLine.ts';
import { makeFolder } from '../format/captureName.ts';
import type { Channel, FrameMarks } from '../format/channel.ts';
import { LiveFile, type LiveFacts } from '../format/liveFile.ts';
import { identityOf, isRunning, type ProcessIdentity } from '../format/processIdentity.ts';
import type { RecordFrame } from '../format/recordFrame.ts';
import type { RecorderStart, RecordingAnswer, Unwritten } from '../format/tapContract.ts';
import { CaptureFile } from './captureFile.ts';
import { endOrphan } from './orphan.ts';
import { deleteOldCaptures } from './oldCaptures.ts';
import { RecordingLoop } from './recordingLoop.ts';

export class RecorderProcess {
  readonly #answer: (answer: RecordingAnswer) => void;
  readonly #open = new Set<Channel>(['client', 'server', 'stderr']);
  #live: LiveFile | null = null;
  #loop: RecordingLoop | null = null;
  #tap: ProcessIdentity | null = null;
  #server: ProcessIdentity | null = null;
  #t = 0;
  #closed = false;

  /** `answer` sends to the tap. */
  constructor(answer: (answer: RecordingAnswer) => void) {
    this.#answer = answer;
  }

  /** Takes a frame, or the next piece of one. The bytes are copied. */
  take({ kind, channel, t, json }: RecordFrame, bytes: Uint8Array): void {
    this.#t = t;
    const queue = this.#loop?.queue;
    switch (kind) {
      case 'start':
        this.#start(JSON.parse(json) as RecorderStart);
        return;
      case 'bytes':
        queue?.bytes(t, channel, bytes);
        return;
      case 'message':
        queue?.message(t, channel, bytes, json === '' ? {} : (JSON.parse(json) as FrameMarks));
        return;
      case 'line':
        queue?.line(t, json);
        return;
      case 'event': {
        const { event, fields } = JSON.parse(json) as { event: string; fields: Readonly<Record<string, unknown>> };
        queue?.event(t, event, fields);
        return;
      }
      case 'ended':
        this.#end(channel);
        return;
      case 'facts':
        this.#live?.update(JSON.parse(json) as Partial<LiveFacts>);
        return;
      case 'server':
        this.#server = JSON.parse(json) as ProcessIdentity;
        return;
      case 'close':
        this.#closed = true;
    }
  }

  /** What was taken and is not in the capture yet. */
  unwritten(): Unwritten {
    return this.#loop?.queue.unwritten() ?? { messages: 0, bytes: 0 };
  }

  /** Counts bytes that were read from the pipe. Null, or resolves when the pipe should be read again. */
  arrived(bytes: number): Promise<void> | null {
    return this.#loop?.arrived(bytes) ?? null;
  }

  /**
   * The pipe has ended: with a `close` of the tap, or because the tap was killed. Resolves to true when all is written or cannot be, and
   * to false when the disk does not return.
   */
  async finish(): Promise<boolean> {
    const loop = this.#loop;
    let isDone = true;
    const isKilled = !this.#closed && !(await keepsRunning(this.#tap));
    const serverEnds = isKilled && this.#server !== null ? endOrphan(this.#server) : null;
    if (loop !== null) {
      if (!this.#closed) {
        // An unfinished message is marked as cut.
        for (const channel of this.#open) this.#end(channel);
        // A tap that gave up this recorder continues without it.
        loop.queue.event(this.#t, isKilled ? tapKilled : recordingLost);
      }
      isDone = await loop.close();
    }
    this.#live?.remove();
    this.#answer({ kind: 'closed', ...(loop === null ? {} : { lost: loop.lost }) });
    await serverEnds;
    return isDone;
  }

  #end(channel: Channel): void {
    this.#open.delete(channel);
    this.#loop?.queue.ended(this.#t, channel);
  }

  #start({ facts, pattern, keepSessions, maxQueueBytes, ...recording }: RecorderStart): void {
    this.#tap = identityOf(facts.pid);
    const { file, keepFiles } = recording;
    const onFailure = (sentence: string): void => this.#answer({ kind: 'failed', sentence });
    try {
      if (pattern !== undefined) makeFolder(file);
      if (!isSpecial(file)) this.#live = LiveFile.create(file, facts);
    } catch (thrown) {
      const { code, message, hint } = toFailure(thrown);
      // Where only the live file cannot be written, the capture may still be; if not, opening it reports why.
      if (code === 'tap/in-use') {
        onFailure(`${message}. ${hint}`);
        return;
      }
    }
    if (keepSessions !== undefined && pattern !== undefined) {
      deleteOldCaptures(pattern, { server: recording.header.server }, keepSessions);
    }
    this.#loop = new RecordingLoop({
      ...recording,
      sink: new CaptureFile(file, keepFiles),
      after: this.#live?.after ?? null,
      ...(maxQueueBytes === undefined ? {} : { maxQueueBytes }),
      onFailure,
    });
  }
}

/** A pipe or a device has no live file beside it. */
function isSpecial(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === false;
}

/** Waits some seconds for the process to end: a process that ends closes its pipes first, on a busy machine long before. Returns whether it still runs. */
async function keepsRunning(tap: ProcessIdentity | null): Promise<boolean> {
  for (let look = 0; look < 250; look++) {
    if (tap === null || !isRunning(tap)) return false;
    await sleep(20);
  }
  return true;
}
