/** Appends the lines of a capture to its file, many at a time; the first failure ends the recording and never the session. */
import { Failure, toFailure } from '../../../core/base/failure.ts';
import type { Retention } from '../format/tapContract.ts';
import type { CaptureLine } from './captureLine.ts';

/** Where lines go. Every method may reject; then the recording is over. */
export interface CaptureSink {
  /** Opens or creates it, ready for whole lines. Resolves to its size in bytes. */
  open(): Promise<number>;
  /** Writes whole lines in pieces, with one call to the system unless that takes only a part of them. */
  write(pieces: readonly Uint8Array[]): Promise<void>;
  /** Renames what was written, and opens a new file. */
  rotate(): Promise<void>;
  close(): Promise<void>;
}

/** Bytes of lines that are written together: a call to the system for each would take longer than the lines. */
const batchBytes = 256 * 1024;

export class CaptureAppender {
  readonly #sink: CaptureSink;
  readonly #retention: Retention;
  readonly #onFailure: (sentence: string) => void;
  #preamble: readonly CaptureLine[] = [];
  #pieces: Uint8Array[] = [];
  #gathered = 0;
  #size = 0;
  #written = 0;
  #waitedMs = 0;
  #waitingSince: number | null = null;
  #isOver = false;

  /** `onFailure` is called at most once, when the recording ends before the session. */
  constructor(sink: CaptureSink, retention: Retention, onFailure: (sentence: string) => void) {
    this.#sink = sink;
    this.#retention = retention;
    this.#onFailure = onFailure;
  }

  /** Bytes that the sink has taken. */
  get written(): number {
    return this.#written;
  }

  /** Milliseconds that writing has waited for the sink so far. */
  get sinkMs(): number {
    return this.#waitedMs + (this.#waitingSince === null ? 0 : performance.now() - this.#waitingSince);
  }

  /** Opens the sink and writes the header. */
  async start(header: CaptureLine): Promise<void> {
    this.#preamble = [header];
    await this.#attempt(async () => {
      this.#size = await this.#sink.open();
      this.#gather(header);
      await this.#write();
    });
  }

  /** Appends a line, to the next file when this one is full. It reaches the sink with the next `flush` at the latest. */
  async line(line: CaptureLine): Promise<void> {
    if (this.#isOver) return;
    if (this.#isFull(line)) await this.#attempt(() => this.#nextFile());
    if (this.#isOver) return;
    this.#gather(line);
    if (this.#gathered >= batchBytes) await this.flush();
  }

  /** Writes what was gathered. */
  async flush(): Promise<void> {
    if (!this.#isOver) await this.#attempt(() => this.#write());
  }

  /** Repeats a line at the beginning of every later file, because readers need it there. */
  repeatInLaterFiles(line: CaptureLine): void {
    this.#preamble = [...this.#preamble, line];
  }

  async close(): Promise<void> {
    await this.flush();
    if (this.#isOver) return;
    this.#isOver = true;
    try {
      await this.#sink.close();
    } catch (thrown) {
      this.#onFailure(failureText(thrown));
    }
  }

  #isFull(line: CaptureLine): boolean {
    const { maxFileBytes } = this.#retention;
    return maxFileBytes !== undefined && this.#size > 0 && this.#size + byteLength(line) > maxFileBytes;
  }

  async #nextFile(): Promise<void> {
    await this.#write();
    if ((this.#retention.keepFiles ?? 0) === 0) {
      await this.close();
      this.#onFailure(`the capture reached its limit of ${this.#retention.maxFileBytes} bytes`);
      return;
    }
    await this.#sink.rotate();
    this.#size = 0;
    for (const line of this.#preamble) this.#gather(line);
  }

  #gather(line: CaptureLine): void {
    const bytes = byteLength(line);
    this.#pieces.push(...line);
    this.#gathered += bytes;
    this.#size += bytes;
  }

  async #write(): Promise<void> {
    if (this.#gathered === 0) return;
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#gathered = 0;
    this.#waitingSince = performance.now();
    try {
      await this.#sink.write(pieces);
      this.#written += byteLength(pieces);
    } finally {
      this.#waitedMs = this.sinkMs;
      this.#waitingSince = null;
    }
  }

  async #attempt(run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (thrown) {
      this.#isOver = true;
      // Only the failure that came first is reported.
      await this.#sink.close().catch(() => undefined);
      this.#onFailure(failureText(thrown));
    }
  }
}

/** The message of a failure, with its next step. */
function failureText(thrown: unknown): string {
  const { message, hint } = toFailure(thrown);
  return thrown instanceof Failure && hint !== '' ? `${message}. ${hint}` : message;
}

function byteLength(line: CaptureLine): number {
  return line.reduce((sum, piece) => sum + piece.length, 0);
}
