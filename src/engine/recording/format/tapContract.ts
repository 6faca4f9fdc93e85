/** What a tap and its recorder say to each other. */
import type { NativeHeader } from '../../../core/trace/capture/nativeLine.ts';
import type { LiveFacts } from './liveFile.ts';

/** How much of a session is kept, and in how many files. */
export interface Retention {
  /** Bytes after which a file is full; undefined for no limit. */
  readonly maxFileBytes?: number;
  /** Full files that are kept beside the one that is written; 0 ends the recording when the first is full. */
  readonly keepFiles?: number;
}

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
  /** The content of the live file beside the capture, the tap's process first. */
  readonly facts: LiveFacts;
  /** The pattern of the capture's name, when each session gets a file of its own. */
  readonly pattern?: string;
  /** Finished captures of the pattern to keep, the new one among them; default all. */
  readonly keepSessions?: number;
  /** Bytes that may wait for the disk; beyond it messages are recorded without their content. */
  readonly maxQueueBytes?: number;
}

/** What a recorder holds that is not in the capture yet. */
export interface Unwritten {
  readonly messages: number;
  readonly bytes: number;
}

/** What is in the capture without its content, because the queue of the recorder was full. */
export interface LostContent {
  readonly messages: number;
  /** Lines of the server's standard error. */
  readonly stderrLines: number;
  /** Of both. */
  readonly bytes: number;
}

/** From the recorder: why the recording ended early, or that all is written. */
export type RecordingAnswer =
  | { readonly kind: 'failed'; readonly sentence: string }
  | { readonly kind: 'closed'; readonly lost?: LostContent }
  /** It has begun to read, or is still busy with the end, and this much is not written yet. */
  | { readonly kind: 'alive'; readonly waiting?: Unwritten };
