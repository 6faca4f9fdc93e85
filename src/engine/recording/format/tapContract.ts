/** What a tap, its recorder and the thread of that which writes say to each other. */
import type { NativeHeader } from '../../../core/trace/capture/nativeLine.ts';
import type { Channel, FrameMarks } from './captureLine.ts';
import type { LiveFacts } from './liveFile.ts';
import type { ProcessMark } from './processIdentity.ts';
import type { Retention } from './captureAppender.ts';

/** What is recorded, and where. */
export interface RecordingOptions extends Retention {
  /** The capture; appended to when it exists. */
  readonly file: string;
  readonly header: Omit<NativeHeader, 'redaction'>;
  /** False records secrets as they are. */
  readonly redact: boolean;
  readonly maxMessageBytes?: number;
}

/** What a recorder starts with. */
export interface RecorderStart extends RecordingOptions {
  /** What the live file beside the capture tells, the tap's process first. */
  readonly facts: LiveFacts;
  /** What the capture's name was made from, when each session gets its own. */
  readonly pattern?: string;
  /** Finished captures of the pattern to keep, the new one among them; default all. */
  readonly keepSessions?: number;
  /** Bytes that may wait for the disk; beyond it messages are recorded without their content. */
  readonly maxQueueBytes?: number;
}

/** What the recording thread starts with. */
export interface RecordingStart {
  readonly options: RecordingOptions;
  /** A recorder that has to end first, because it still writes this capture. */
  readonly after: ProcessMark | null;
  /** One 64-bit word: what it has worked off of the queue, in bytes. */
  readonly done: SharedArrayBuffer;
}

/** Milliseconds that a recording waits for the one before it to end, at the most. */
export const longestWaitMs = 30_000;

/** To the recording thread: messages in order, and the bytes that they speak of. */
export interface RecordingBatch {
  readonly messages: readonly RecordingMessage[];
  readonly slab: Uint8Array<ArrayBuffer>;
}

/** Each counts as its `cost` in the queue; `bytes` are those of the slab from `start` up to `end`. */
export type RecordingMessage = { readonly t: number; readonly cost: number } & (
  | { readonly kind: 'bytes'; readonly channel: Channel; readonly start: number; readonly end: number }
  | {
      readonly kind: 'skip';
      readonly channel: Channel;
      readonly bytes: number;
      readonly lines: number;
      readonly tail: number;
    }
  | {
      readonly kind: 'message';
      readonly channel: Channel;
      readonly start: number;
      readonly end: number;
      readonly marks: FrameMarks;
    }
  | { readonly kind: 'line'; readonly json: string }
  | { readonly kind: 'event'; readonly event: string; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly kind: 'ended'; readonly channel: Channel }
  | { readonly kind: 'close' }
);

/** From it, and from a recorder: why the recording ended early, or that all is written. */
export type RecordingAnswer =
  | { readonly kind: 'failed'; readonly sentence: string }
  | { readonly kind: 'closed' }
  /** Only from a recorder: it has begun to read, or is still busy with the end. */
  | { readonly kind: 'alive' };
