/** Appends the lines of a capture to its file, one write a line; the first failure ends the recording and never the session. */
import { Failure, toFailure } from '../../../core/base/failure.ts';
import type { CaptureLine } from './captureLine.ts';

/** Where lines go. Every method may throw; then the recording is over. */
export interface CaptureSink {
  /** Opens or creates it, ready for whole lines. Gives its size in bytes. */
  open(): number;
  /** Writes all pieces with one call to the system, unless that takes only a part of them. */
  write(line: CaptureLine): void;
  /** Puts what was written aside and starts anew. */
  rotate(): void;
  close(): void;
}

/** How much is kept. */
export interface Retention {
  /** Bytes after which a file is full; undefined for no limit. */
  readonly maxFileBytes?: number;
  /** Full files that are kept beside the one that is written; 0 ends the recording when the first is full. */
  readonly keepFiles?: number;
}

export class Recorder {
  readonly #sink: CaptureSink;
  readonly #retention: Retention;
  readonly #onFailure: (sentence: string) => void;
  #preamble: readonly CaptureLine[] = [];
  #size = 0;
  #over = false;

  /** `onFailure` is called at most once, when the recording ends before the session. */
  constructor(sink: CaptureSink, retention: Retention, onFailure: (sentence: string) => void) {
    this.#sink = sink;
    this.#retention = retention;
    this.#onFailure = onFailure;
  }

  /** Opens the sink and writes the header. */
  start(header: CaptureLine): void {
    this.#preamble = [header];
    this.#attempt(() => {
      this.#size = this.#sink.open();
      this.#write(header);
    });
  }

  /** Writes a line, in the next file when this one is full. */
  line(line: CaptureLine): void {
    if (this.#over) return;
    this.#attempt(() => {
      if (this.#isFull(line)) this.#next();
      if (!this.#over) this.#write(line);
    });
  }

  /** A line that every later file needs, too, to be understood. */
  keepForLater(line: CaptureLine): void {
    this.#preamble = [...this.#preamble, line];
  }

  close(): void {
    if (this.#over) return;
    this.#over = true;
    try {
      this.#sink.close();
    } catch (thrown) {
      this.#onFailure(told(thrown));
    }
  }

  #isFull(line: CaptureLine): boolean {
    const { maxFileBytes } = this.#retention;
    return maxFileBytes !== undefined && this.#size > 0 && this.#size + byteLength(line) > maxFileBytes;
  }

  #next(): void {
    if ((this.#retention.keepFiles ?? 0) === 0) {
      this.close();
      this.#onFailure(`the capture reached its limit of ${this.#retention.maxFileBytes} bytes`);
      return;
    }
    this.#sink.rotate();
    this.#size = 0;
    for (const line of this.#preamble) this.#write(line);
  }

  #write(line: CaptureLine): void {
    this.#sink.write(line);
    this.#size += byteLength(line);
  }

  #attempt(run: () => void): void {
    try {
      run();
    } catch (thrown) {
      this.#over = true;
      try {
        this.#sink.close();
      } catch {
        // The failure that is told came first.
      }
      this.#onFailure(told(thrown));
    }
  }
}

/** What there is to tell of a failure, with its next step. */
function told(thrown: unknown): string {
  const { message, hint } = toFailure(thrown);
  return thrown instanceof Failure && hint !== '' ? `${message}. ${hint}` : message;
}

function byteLength(line: CaptureLine): number {
  return line.reduce((sum, piece) => sum + piece.length, 0);
}
