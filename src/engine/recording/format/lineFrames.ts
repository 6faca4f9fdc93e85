/** Splits a byte stream into the messages of the stdio transport: one a line, whatever the chunks, without copying what need not be joined. */

/** One line of a stream. */
export interface Frame {
  /** Without `\n` or `\r\n`; null when the content was let go. Valid as long as the chunks that it came in. */
  readonly bytes: Uint8Array | null;
  /** In bytes; of `lines` lines together. */
  readonly length: number;
  /** More than one only when a reader that was too slow let many go at once. */
  readonly lines: number;
  /** Why there is no content. */
  readonly dropped: 'too long' | 'too slow' | null;
  /** The first and the last bytes of a frame that was too long; empty for all others. */
  readonly ends: readonly [beginning: Uint8Array, ending: Uint8Array];
  /** False for a rest that the stream ended in the middle of. */
  readonly terminated: boolean;
}

/** Longest message that is kept, unless told otherwise: what the readers of captures take. */
export const maxFrameBytes = 64 * 1024 * 1024;

/** Cuts pushed chunks into frames. The chunks must not change afterwards: frames are views of them where they can be. */
export class FrameSplitter {
  readonly #onFrame: (frame: Frame) => void;
  readonly #limit: number;
  #parts: Uint8Array[] = [];
  #length = 0;
  #dropped: Frame['dropped'] = null;
  #beginning = noBytes;
  #ending = noBytes;

  constructor(onFrame: (frame: Frame) => void, limit: number = maxFrameBytes) {
    this.#onFrame = onFrame;
    this.#limit = limit;
  }

  push(chunk: Uint8Array): void {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      this.#take(chunk.subarray(start, end));
      this.#emit(1, true);
      start = end + 1;
    }
    this.#take(chunk.subarray(start));
  }

  /**
   * Bytes that passed unseen: `bytes` up to the last line feed with `lines` of them, then `tail` without one. The frames that they belong
   * to are emitted without content, as one.
   */
  skip(bytes: number, lines: number, tail: number): void {
    this.#ending = noBytes;
    if (lines > 0) {
      this.#drop('too slow');
      this.#length += bytes - lines;
      this.#emit(lines, true);
    }
    if (tail === 0) return;
    this.#drop('too slow');
    this.#length += tail;
  }

  /** Emits the rest, if there is one. */
  end(): void {
    if (this.#length > 0) this.#emit(1, false);
  }

  #take(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#length += part.length;
    if (this.#length > this.#limit && this.#dropped === null) {
      this.#beginning = joinedUpTo(endBytes, [...this.#parts, part]);
      this.#drop('too long');
    }
    if (this.#dropped === null) this.#parts.push(part);
    else if (this.#dropped === 'too long') this.#ending = lastOf(this.#ending, part);
  }

  #drop(why: 'too long' | 'too slow'): void {
    this.#dropped ??= why;
    this.#parts = [];
  }

  #emit(lines: number, terminated: boolean): void {
    const bytes = this.#dropped === null ? withoutReturn(joined(this.#parts, this.#length)) : null;
    const ends: Frame['ends'] = lines > 1 ? noEnds : [this.#beginning, withoutReturn(this.#ending)];
    const frame = { bytes, length: bytes?.length ?? this.#length, lines, dropped: this.#dropped, ends, terminated };
    this.#parts = [];
    this.#beginning = noBytes;
    this.#ending = noBytes;
    this.#length = 0;
    this.#dropped = null;
    this.#onFrame(frame);
  }
}

const noBytes = new Uint8Array(0);
export const noEnds: Frame['ends'] = [noBytes, noBytes];

/** How much of the ends of a frame is kept: enough for the id of a message, which stands first or last. */
const endBytes = 200;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function joinedUpTo(limit: number, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(limit);
  let length = 0;
  for (const part of parts) {
    if (length === limit) break;
    const piece = part.subarray(0, limit - length);
    whole.set(piece, length);
    length += piece.length;
  }
  return whole.subarray(0, length);
}

/** The last bytes of what was there and what follows, copied. */
function lastOf(before: Uint8Array, part: Uint8Array): Uint8Array<ArrayBuffer> {
  if (part.length >= endBytes) return part.slice(-endBytes);
  const kept = before.subarray(Math.max(0, before.length + part.length - endBytes));
  return joinedUpTo(endBytes, [kept, part]);
}

function withoutReturn(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes;
}
