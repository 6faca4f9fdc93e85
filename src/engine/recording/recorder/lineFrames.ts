/** Splits a byte stream into the messages of the stdio transport, one a line, some of which may have passed without their content. */
import { type ForgottenLine, type Line, LineSplitter, maxLineBytes } from '../../../core/base/lines.ts';

/** One line of a stream. */
export interface LineFrame {
  /** Without `\n` or `\r\n`; null when the content was left out. Valid as long as the chunks that it came in. */
  readonly bytes: Uint8Array | null;
  /** In bytes; of `lines` lines together. */
  readonly length: number;
  /** More than one only where the queue of the recorder was full and many lines were left out at once. */
  readonly lines: number;
  /** Why there is no content: longer than the limit, or the queue of the recorder was full. */
  readonly dropped: 'too long' | 'too slow' | null;
  /** The first and the last bytes of a frame that was too long; empty for all others. */
  readonly ends: readonly [beginning: Uint8Array, ending: Uint8Array];
  /** False for a rest that the stream ended in the middle of. */
  readonly terminated: boolean;
}

/** The frame of a message that came as a whole. */
export function wholeFrame(bytes: Uint8Array): LineFrame {
  return { bytes, length: bytes.length, lines: 1, dropped: null, ends: noEnds, terminated: true };
}

/** Cuts pushed chunks into frames. A frame is a view of its chunk when it is within one chunk. */
export class FrameSplitter {
  readonly #lines: LineSplitter;
  readonly #onFrame: (frame: LineFrame) => void;
  /** What is missing of the line that has not ended. */
  #gap: ForgottenLine | null = null;

  /** `limit`: bytes of the longest frame with content. */
  constructor(onFrame: (frame: LineFrame) => void, limit: number = maxLineBytes) {
    this.#onFrame = onFrame;
    this.#lines = new LineSplitter((line) => this.#take(line), limit);
  }

  push(chunk: Uint8Array): void {
    this.#lines.push(chunk);
  }

  /**
   * Bytes that are missing: `bytes` up to the last line feed with `lines` of them, then `tail` without one. The lines that they belong to
   * become frames without content; those that ended with them become one frame.
   */
  skip(bytes: number, lines: number, tail: number): void {
    if (lines > 0) {
      const { length, beginning } = this.#widenGap(bytes - lines);
      this.#gap = null;
      const ends = lines === 1 && beginning.length > 0 ? ([beginning, noBytes] as const) : noEnds;
      const dropped = beginning.length > 0 ? 'too long' : 'too slow';
      this.#onFrame({ bytes: null, length, lines, dropped, ends, terminated: true });
    }
    if (tail > 0) this.#widenGap(tail);
  }

  /** Emits the rest, if there is one. */
  end(): void {
    if (this.#lines.isInLine) this.#lines.end();
    else if (this.#gap !== null) this.#takeGap(this.#gap, false);
  }

  #widenGap(bytes: number): ForgottenLine {
    const { length, beginning } = this.#lines.forget();
    const before = this.#gap ?? { length: 0, beginning: noBytes };
    this.#gap = {
      length: before.length + length + bytes,
      beginning: before.length > 0 ? before.beginning : beginning,
    };
    return this.#gap;
  }

  #take({ bytes, length, beginning, ending, terminated, raw }: Line): void {
    const gap = this.#gap;
    if (gap !== null) {
      const rest = raw === null ? length : raw.length - (terminated ? 1 : 0);
      this.#takeGap({ length: gap.length + rest, beginning: gap.beginning }, terminated);
    } else if (bytes === null) {
      this.#onFrame({ bytes, length, lines: 1, dropped: 'too long', ends: [beginning, ending], terminated });
    } else this.#onFrame({ bytes, length, lines: 1, dropped: null, ends: noEnds, terminated });
  }

  #takeGap({ length, beginning }: ForgottenLine, terminated: boolean): void {
    this.#gap = null;
    const dropped = beginning.length > 0 ? 'too long' : 'too slow';
    this.#onFrame({ bytes: null, length, lines: 1, dropped, ends: [beginning, noBytes], terminated });
  }
}

const noBytes = new Uint8Array(0);
const noEnds: LineFrame['ends'] = [noBytes, noBytes];
