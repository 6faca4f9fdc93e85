/** Splits a stream of bytes into lines, for any chunks and lines of any length. */

/** Longest line whose bytes are held, in bytes. A longer line is reported without them, so that no input can fill the memory. */
export const maxLineBytes = 64 * 1024 * 1024;

/** One line of a byte stream. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Where the line starts in the stream, in bytes. */
  readonly offset: number;
  /** In bytes: that of `bytes`, or of a line beyond the limit with its carriage return. */
  readonly length: number;
  /**
   * Without `\n` or `\r\n`; null for a line beyond the limit. A view of the pushed chunk when the line lies within one, so it is valid
   * as long as that chunk.
   */
  readonly bytes: Uint8Array | null;
  /** `bytes` with the line end as it came; null for a line beyond the limit. */
  readonly raw: Uint8Array | null;
  /** The first bytes of a line beyond the limit; empty for all others. */
  readonly beginning: Uint8Array;
  /** The last bytes of a line beyond the limit, without the line end; empty for all others. */
  readonly ending: Uint8Array;
  /** False for a last line that the stream ends in the middle of. */
  readonly terminated: boolean;
}

/** What a splitter forgot of a line that has not ended. */
export interface ForgottenLine {
  /** In bytes. */
  readonly length: number;
  /** The first bytes of a line that was beyond the limit already; empty for all others. */
  readonly beginning: Uint8Array;
}

/** Receives the bytes of a line beyond the limit in pieces, from its first byte (`begins`) to its line end (`ends`). */
export type OnLongPiece = (bytes: Uint8Array, piece: { readonly begins: boolean; readonly ends: boolean }) => void;

const beginningBytes = 4096;

/** Enough for the id of a message, which stands first or last. */
const endingBytes = 200;

const noBytes = new Uint8Array(0);

/** Cuts pushed chunks into lines. Work and memory are linear in the bytes pushed; an empty stream has no lines. */
export class LineSplitter {
  readonly #onLine: (line: Line) => void;
  readonly #limit: number;
  readonly #onLongPiece: OnLongPiece;
  #parts: Uint8Array[] = [];
  #length = 0;
  #isLong = false;
  #beginning: Uint8Array = noBytes;
  #ending: Uint8Array = noBytes;
  #offset = 0;
  #number = 1;

  /** `limit`: bytes of the longest line that is held, its carriage return among them. */
  constructor(onLine: (line: Line) => void, limit: number = maxLineBytes, onLongPiece: OnLongPiece = () => undefined) {
    this.#onLine = onLine;
    this.#limit = limit;
    this.#onLongPiece = onLongPiece;
  }

  /** Takes the next bytes. What has to wait for the rest of its line is copied, so the caller may reuse the chunk. */
  push(chunk: Uint8Array): void {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      this.#end(chunk.subarray(start, end + 1), true);
      start = end + 1;
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start));
  }

  /** Whether bytes wait for the rest of their line. */
  get isInLine(): boolean {
    return this.#length > 0;
  }

  /** Reports the rest as an unterminated line, if there is any. */
  end(): void {
    if (this.#length > 0) this.#end(noBytes, false);
  }

  /** Forgets the line that has not ended, as if the next byte began a line. */
  forget(): ForgottenLine {
    const forgotten = { length: this.#length, beginning: this.#beginning };
    this.#offset += this.#length;
    this.#reset();
    return forgotten;
  }

  #hold(part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length > this.#limit) this.#pass(part, false);
    // Not `slice`, which returns a view for Node's buffers.
    else this.#parts.push(new Uint8Array(part));
  }

  /** `tail` is the rest of the line with its line feed. */
  #end(tail: Uint8Array, terminated: boolean): void {
    const total = this.#length + tail.length;
    const length = terminated ? total - 1 : total;
    if (length > this.#limit) this.#pass(tail, true);
    const raw = this.#isLong ? null : joined(this.#parts, tail, total);
    const bytes = raw === null ? null : withoutLineEnd(raw);
    const line = {
      number: this.#number,
      offset: this.#offset,
      length: bytes === null ? length : bytes.length,
      bytes,
      raw,
      beginning: this.#beginning,
      ending: withoutLineEnd(this.#ending),
      terminated,
    };
    this.#offset += total;
    this.#number++;
    this.#reset();
    this.#onLine(line);
  }

  /** A piece of a line beyond the limit; what was held of it goes first. */
  #pass(part: Uint8Array, ends: boolean): void {
    let begins = !this.#isLong;
    if (begins) {
      this.#isLong = true;
      const held = joined(this.#parts, noBytes);
      const missing = Math.max(0, beginningBytes - held.length);
      const content = ends ? part.subarray(0, -1) : part;
      this.#beginning = joined([held.subarray(0, beginningBytes)], content.subarray(0, missing));
      this.#ending = held.slice(-endingBytes);
      this.#parts = [];
      if (held.length > 0) {
        this.#onLongPiece(held, { begins, ends: false });
        begins = false;
      }
    }
    this.#ending = new Uint8Array(joined([this.#ending], part.subarray(-endingBytes)).subarray(-endingBytes));
    this.#onLongPiece(part, { begins, ends });
  }

  #reset(): void {
    this.#parts = [];
    this.#length = 0;
    this.#isLong = false;
    this.#beginning = noBytes;
    this.#ending = noBytes;
  }
}

/** Without the byte order mark that some editors write. */
export function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

const newline = 0x0a;
const carriageReturn = 0x0d;

/** A line may have a carriage return without a line feed only where the stream ends; it is not part of the line there either. */
function withoutLineEnd(bytes: Uint8Array): Uint8Array {
  const end = bytes.at(-1) === newline ? bytes.length - 1 : bytes.length;
  return bytes.subarray(0, bytes[end - 1] === carriageReturn ? end - 1 : end);
}

function joined(parts: readonly Uint8Array[], tail: Uint8Array, length?: number): Uint8Array {
  if (parts.length === 0) return tail;
  const all = new Uint8Array(length ?? parts.reduce((sum, part) => sum + part.length, tail.length));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  all.set(tail, at);
  return all;
}
