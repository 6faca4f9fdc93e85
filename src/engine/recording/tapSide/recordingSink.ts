/** What a tap needs from its recording: take what passes, and say when it can no longer be lost. */
import type { Channel, FrameMarks } from '../format/channel.ts';
import type { ProcessIdentity } from '../format/processIdentity.ts';

/**
 * Runs `then` once everything recorded so far has reached the recorder process (usually synchronously), in call order. Also when there is
 * no recording any more.
 */
export type WhenDurable = (then: () => void) => void;

/** How a recording ended. */
export interface RecordingEnd {
  /** Whether the capture has everything that passed, with its content. */
  readonly isComplete: boolean;
  /** What was not written when the wait was aborted; empty otherwise. */
  readonly missing: string;
  /** What was recorded without its content, because the queue of the recorder was full, for example `3 messages (1.2 MB)`; empty for nothing. */
  readonly leftOut: string;
}

/** Records the data of a tap. No method throws or waits. Passed bytes must not change until they are durable (`whenDurable`). */
export interface RecordingSink {
  /** Bytes of a stream with one message a line. */
  bytes(channel: Channel, chunk: Uint8Array): void;
  /** A whole message, from a transport that knows where they end. */
  message(channel: Channel, bytes: Uint8Array, marks?: FrameMarks): void;
  /** A line that another part of the tap made, such as the guard: the text of a JSON object without `t`. */
  line(json: string): void;
  event(event: string, fields?: Readonly<Record<string, unknown>>): void;
  ended(channel: Channel): void;
  /** The server that the tap started: the recorder ends it when the tap is killed, as a client ends a server of its own. */
  server(process: ProcessIdentity): void;
  readonly whenDurable: WhenDurable;
  /** Whether something is not durable yet. Then the tap should read no further. */
  readonly hasBacklog: boolean;
  /** Resolves when all is written, when nothing is written any more, when the recording has failed, or when the signal aborts. */
  close(giveUp: AbortSignal): Promise<RecordingEnd>;
  /** Says what is not written yet, for example `3 messages (1.2 MB)`. */
  unwritten(): string;
}
