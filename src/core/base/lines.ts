/** Splits a stream of bytes into lines with their numbers, whatever the chunks and however long a line. */

/** Longest line that is handed on. Beyond it only the length is kept, so that no file can fill the memory. */
export const maxLineBytes = 64 * 1024 * 1024;

/** One line of a byte stream. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Where the line starts in the stream, in bytes. */
  readonly offset: number;
  /** Length in bytes, without the terminator. */
  readonly length: number;
  /** The bytes without `\n` or `\r\n`; valid only until the listener returns. null when the line is longer than the limit. */
  readonly bytes: Uint8Array | null;
  /** The first bytes of a line that is longer than the limit; empty for all others. */
  readonly beginning: Uint8Array;
  /** False for a last line that the stream ends in the middle of. */
  readonly terminated: boolean;
}

const beginningBytes = 4096;
const noBytes = new Uint8Array(0);

/** Cuts pushed chunks into lines. Work and memory are linear in the bytes pushed; an empty stream has no lines. */
export class LineSplitter {
  readonly #onLine: (line: Line) => void;
  readonly #limit: number;
  #parts: Uint8Array[] = [];
  #kept = 0;
  #beginning: Uint8Array = noBytes;
  #length = 0;
  #offset = 0;
  #number = 1;

  constructor(onLine: (line: Line) => void, limit: number = maxLineBytes) {
    this.#onLine = onLine;
    this.#limit = limit;
  }

  /** Takes the next bytes. The chunk may be reused by the caller afterwards. */
  push(chunk: Uint8Array): void {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      this.#emit(chunk.subarray(start, end), true);
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
  }

  /** Whether bytes wait for the rest of their line. */
  get isInLine(): boolean {
    return this.#length > 0;
  }

  /** Hands on the rest as an unterminated line, if there is any. */
  end(): void {
    if (this.#length > 0) this.#emit(noBytes, false);
  }

  #keep(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#length += part.length;
    if (this.#length <= this.#limit) {
      // Not `slice`, which of Node's buffers gives a view.
      this.#parts.push(new Uint8Array(part));
      this.#kept += part.length;
    } else if (this.#beginning.length === 0) {
      this.#beginning = new Uint8Array(this.#joined(part.subarray(0, beginningBytes)).subarray(0, beginningBytes));
      this.#parts = [];
      this.#kept = 0;
    }
  }

  #emit(tail: Uint8Array, terminated: boolean): void {
    const whole = this.#length + tail.length;
    if (whole > this.#limit) this.#keep(tail);
    const bytes = whole > this.#limit ? null : withoutReturn(this.#joined(tail));
    const length = bytes === null ? whole : bytes.length;
    const line = { number: this.#number, offset: this.#offset, length, bytes, beginning: this.#beginning, terminated };
    this.#offset += whole + (terminated ? 1 : 0);
    this.#number++;
    this.#parts = [];
    this.#kept = 0;
    this.#length = 0;
    this.#beginning = noBytes;
    this.#onLine(line);
  }

  #joined(tail: Uint8Array): Uint8Array {
    if (this.#parts.length === 0) return tail;
    const joined = new Uint8Array(this.#kept + tail.length);
    let at = 0;
    for (const part of [...this.#parts, tail]) {
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  }
}

/** Without the byte order mark that some editors write. */
export function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

const newline = 0x0a;
const carriageReturn = 0x0d;

function withoutReturn(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes;
}
