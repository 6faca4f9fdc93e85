/** What a tap asks of its recording: to take what passes, and to say when that can no longer be lost. */
import type { Channel, FrameMarks } from './captureLine.ts';

/** Calls back, in the order of the calls, when what was recorded so far can no longer be lost: mostly at once. */
export type Kept = (then: () => void) => void;

/** Takes what a tap sees. Nothing here throws or waits, and what is handed over must not change until it is `kept`. */
export interface Recording {
  /** Bytes of a stream with one message a line. */
  bytes(channel: Channel, chunk: Uint8Array): void;
  /** A whole message, from a transport that knows where they end. */
  message(channel: Channel, bytes: Uint8Array, marks?: FrameMarks): void;
  /** A line that somebody else made: the text of a JSON object without `t`, such as what a guard did. */
  line(json: string): void;
  event(event: string, fields?: Readonly<Record<string, unknown>>): void;
  ended(channel: Channel): void;
  /**
   * Calls `then` when all of the above so far outlives this process, however that ends: at once, unless the session is faster than its
   * recording. In the order of the calls. Also called at once when there is no recording any more.
   */
  kept(then: () => void): void;
  /** Whether something is not kept yet, so that whoever reads should read no further. */
  readonly isBehind: boolean;
  /** Resolves when all is written, when nothing is written any more, when the recording has failed, or when the signal aborts. */
  close(giveUp: AbortSignal): Promise<void>;
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
