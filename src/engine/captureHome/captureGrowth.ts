/** Tracks size and tool calls of a growing capture; each look reads only the bytes that were appended since the last one. */
import type { FileHandle } from 'node:fs/promises';
import { openRegular } from '../files/regularFile.ts';

/** The current size of a capture. */
export interface Growth {
  readonly bytes: number;
  /** Tool calls of the client that were counted so far. */
  readonly calls: number;
}

/** Bytes that one look reads at most; a long capture takes several looks. */
const bytesPerLook = 16 * 1024 * 1024;

const chunkBytes = 256 * 1024;

/** Bytes at the start of a line that contain its direction, which precedes the message. */
const headBytes = 256;

const method = '"tools/call"';

/** The growth of one capture. */
export class CaptureGrowth {
  readonly #path: string;
  readonly #lines = new CallCounter();
  #offset = 0;
  #bytes = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Reads the appended bytes. A capture that is missing or unreadable keeps its last values. */
  async look(): Promise<Growth> {
    let handle: FileHandle | undefined;
    try {
      handle = await openRegular(this.#path);
      this.#bytes = (await handle.stat()).size;
      // A full capture was renamed, and a new one was started with its name.
      if (this.#bytes < this.#offset) this.#offset = 0;
      await this.#read(handle);
    } catch {
      // The next look tries again.
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

/** Counts the lines of a capture that are tool calls of the client. Lines may be split between pushes. */
export class CallCounter {
  #calls = 0;
  #head = '';
  #found = false;
  /** The end of the last piece, because the method's name may be split between pieces. */
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
