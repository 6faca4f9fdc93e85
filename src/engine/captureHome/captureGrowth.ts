/** Counts the calls of a capture while it is written: reads what was appended since the last look, and nothing twice. */
import { type FileHandle, open } from 'node:fs/promises';

/** How far a capture has grown. */
export interface Growth {
  readonly bytes: number;
  /** Tool calls of the client that were seen so far. */
  readonly calls: number;
}

/** One look reads no more than this; a long capture is caught up with over several. */
const bytesPerLook = 16 * 1024 * 1024;

const chunkBytes = 256 * 1024;

/** A line says who sent it before the message itself. */
const headBytes = 256;

const method = '"tools/call"';

export class CaptureGrowth {
  readonly #path: string;
  readonly #lines = new CallCounter();
  #offset = 0;
  #bytes = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** What is there now; a capture that is gone or cannot be read stays as it was last seen. */
  async look(): Promise<Growth> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(this.#path, 'r');
      this.#bytes = (await handle.stat()).size;
      // A full capture was put aside, and the next one began under its name.
      if (this.#bytes < this.#offset) this.#offset = 0;
      await this.#read(handle);
    } catch {
      // The next look may find it again.
    } finally {
      await handle?.close();
    }
    return { bytes: this.#bytes, calls: this.#lines.calls };
  }

  async #read(handle: FileHandle): Promise<void> {
    const until = Math.min(this.#bytes, this.#offset + bytesPerLook);
    const buffer = Buffer.allocUnsafe(chunkBytes);
    while (this.#offset < until) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(chunkBytes, until - this.#offset), this.#offset);
      if (bytesRead === 0) return;
      this.#lines.push(buffer.subarray(0, bytesRead));
      this.#offset += bytesRead;
    }
  }
}

/** Counts the lines of a capture that hold a call of the client; a line may come in any number of pieces. */
export class CallCounter {
  #calls = 0;
  #head = '';
  #found = false;
  /** The end of the last piece, where the method's name may have been cut. */
  #tail = '';

  get calls(): number {
    return this.#calls;
  }

  push(bytes: Buffer): void {
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
      this.#piece(bytes.subarray(start, end));
      if (this.#found && /"dir":"client"/.test(this.#head) && !/"by":"guard"/.test(this.#head)) this.#calls++;
      this.#head = '';
      this.#tail = '';
      this.#found = false;
      start = end + 1;
    }
    this.#piece(bytes.subarray(start));
  }

  #piece(bytes: Buffer): void {
    if (this.#head.length < headBytes) this.#head += bytes.toString('latin1', 0, headBytes - this.#head.length);
    if (this.#found) return;
    this.#found = bytes.includes(method) || (this.#tail + bytes.toString('latin1', 0, method.length)).includes(method);
    this.#tail = (this.#tail + bytes.toString('latin1', Math.max(0, bytes.length - method.length))).slice(
      -method.length,
    );
  }
}

const lineFeed = 0x0a;
