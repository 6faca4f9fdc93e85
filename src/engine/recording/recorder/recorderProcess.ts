/** A session as its recorder has it, from the first frame to the end of the pipe: the folder, the live file, older captures that may go, the capture. */
import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { toFailure } from '../../../core/base/failure.ts';
import { tapKilled } from '../../../core/trace/capture/nativeLine.ts';
import type { Channel, FrameMarks } from '../format/captureLine.ts';
import { deleteOldCaptures, makeFolder } from '../format/captureName.ts';
import { LiveFile, type LiveFacts } from '../format/liveFile.ts';
import { isRunning, markOf, type ProcessMark } from '../format/processIdentity.ts';
import type { RecordFrame } from '../format/recordFrame.ts';
import { RecordingThread } from './writerThread.ts';
import type { RecorderStart, RecordingAnswer } from '../format/tapContract.ts';

export interface RecorderWorld {
  /** The bundle of `tapWorkerMain`. */
  readonly workerFile: string;
  /** To the tap. */
  readonly answer: (answer: RecordingAnswer) => void;
}

export class RecorderSession {
  readonly #world: RecorderWorld;
  readonly #open = new Set<Channel>(['client', 'server', 'stderr']);
  #live: LiveFile | null = null;
  #thread: RecordingThread | null = null;
  #tap: ProcessMark | null = null;
  #t = 0;
  #closed = false;

  constructor(world: RecorderWorld) {
    this.#world = world;
  }

  /** A frame, or the next piece of one. The bytes are copied. */
  take({ kind, channel, t, json }: RecordFrame, bytes: Uint8Array): void {
    this.#t = t;
    switch (kind) {
      case 'start':
        this.#start(JSON.parse(json) as RecorderStart);
        return;
      case 'bytes':
        this.#thread?.bytes(t, channel, bytes);
        return;
      case 'message':
        this.#thread?.message(t, channel, bytes, json === '' ? {} : (JSON.parse(json) as FrameMarks));
        return;
      case 'line':
        this.#thread?.line(t, json);
        return;
      case 'event': {
        const { event, fields } = JSON.parse(json) as { event: string; fields: Readonly<Record<string, unknown>> };
        this.#thread?.event(t, event, fields);
        return;
      }
      case 'ended':
        this.#end(channel);
        return;
      case 'facts':
        this.#live?.update(JSON.parse(json) as Partial<LiveFacts>);
        return;
      case 'close':
        this.#closed = true;
    }
  }

  /** Resolves when there is room for more; null: at once. */
  room(): Promise<void> | null {
    return this.#thread?.room() ?? null;
  }

  /** The pipe has ended: with a word of the tap, or because that was killed. Resolves when all is written, or cannot be. */
  async finish(): Promise<void> {
    const thread = this.#thread;
    if (thread !== null) {
      if (!this.#closed) {
        // What was half said stands in the capture as such.
        for (const channel of this.#open) this.#end(channel);
        // A tap that took this recorder for broken goes on without it.
        thread.event(this.#t, (await goesOn(this.#tap)) ? 'recording-lost' : tapKilled);
      }
      await thread.close();
    }
    this.#live?.remove();
    this.#world.answer({ kind: 'closed' });
  }

  #end(channel: Channel): void {
    this.#open.delete(channel);
    this.#thread?.ended(this.#t, channel);
  }

  #start({ facts, pattern, keepSessions, maxQueueBytes, ...recording }: RecorderStart): void {
    const { workerFile, answer } = this.#world;
    this.#tap = markOf(facts.pid);
    const { file } = recording;
    const failed = (sentence: string): void => answer({ kind: 'failed', sentence });
    try {
      if (pattern !== undefined) makeFolder(file);
      if (!isSpecial(file)) this.#live = LiveFile.create(file, facts);
    } catch (thrown) {
      const { code, message, hint } = toFailure(thrown);
      // Where only the live file cannot be written, the capture may still be; if not, the recording thread says so.
      if (code === 'tap/in-use') {
        failed(`${message}. ${hint}`);
        return;
      }
    }
    if (keepSessions !== undefined && pattern !== undefined) {
      deleteOldCaptures(pattern, { server: recording.header.server }, keepSessions);
    }
    this.#thread = new RecordingThread({
      ...recording,
      workerFile,
      after: this.#live?.after ?? null,
      ...(maxQueueBytes === undefined ? {} : { maxQueueBytes }),
      onFailure: failed,
    });
  }
}

/** A pipe or a device has nothing beside it. */
function isSpecial(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === false;
}

/** A process that ends closes its pipes first, and is gone a moment later. */
async function goesOn(tap: ProcessMark | null): Promise<boolean> {
  for (let look = 0; look < 25; look++) {
    if (tap === null || !isRunning(tap)) return false;
    await sleep(20);
  }
  return true;
}
