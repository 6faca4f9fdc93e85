/** Follows one file by its name: reports the bytes that are appended, and notices when the file is replaced or truncated. */
import { type FileHandle, stat } from 'node:fs/promises';
import { openRegular } from '../files/regularFile.ts';

/** The result of a poll of a file. `size`: bytes that can be read. */
export type Look =
  /** There is no regular file of this name, or not yet. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'open'; readonly size: number; readonly grew: boolean }
  /** The file that was read was renamed or deleted; the rest of it can be read. `next`: whether another file has its name. */
  | { readonly kind: 'replaced'; readonly size: number; readonly next: boolean }
  /** The same file no longer has the bytes that were read: it was truncated or rewritten. */
  | { readonly kind: 'truncated' };

/** Bytes of one read. */
const chunkBytes = 1024 * 1024;

/** Bytes at both ends of what was read that are compared to see whether the file was rewritten. */
const headBytes = 4096;
const tailBytes = 256;

const noBytes = Buffer.alloc(0);

export class FollowedFile {
  readonly #path: string;
  #handle: FileHandle | null = null;
  #id = '';
  #mtime = 0n;
  #seen = -1;
  #offset = 0;
  #head: Buffer = noBytes;
  #tail: Buffer = noBytes;

  constructor(path: string) {
    this.#path = path;
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset;
  }

  /** When the file was last changed, in milliseconds since 1970; 0 before the first look. */
  get changed(): number {
    return Number(this.#mtime / 1_000_000n);
  }

  /** Looks whether there is more to read. Rejects when the file exists and cannot be opened. */
  async look(): Promise<Look> {
    const found = await stat(this.#path, { bigint: true }).catch(absent);
    if (this.#handle === null) {
      if (found === null || !found.isFile()) return { kind: 'absent' };
      await this.#open();
      return this.#lookInside();
    }
    if (found !== null && idOf(found) === this.#id) return this.#lookInside();
    const { size } = await this.#handle.stat();
    return { kind: 'replaced', size, next: found !== null };
  }

  /** Reads up to a size, in chunks that are valid until the listener returns. Rejects with the signal's reason. */
  async read(size: number, onBytes: (chunk: Uint8Array) => void, signal?: AbortSignal): Promise<void> {
    if (this.#handle === null || size <= this.#offset) return;
    const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, size - this.#offset));
    while (this.#offset < size) {
      signal?.throwIfAborted();
      const length = Math.min(buffer.length, size - this.#offset);
      const { bytesRead } = await this.#handle.read(buffer, 0, length, this.#offset);
      if (bytesRead === 0) return;
      const chunk = buffer.subarray(0, bytesRead);
      this.#remember(chunk);
      onBytes(chunk);
    }
  }

  /** Closes the file. The next look opens the file that has its name then, from its beginning. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    this.#offset = 0;
    this.#seen = -1;
    this.#head = noBytes;
    this.#tail = noBytes;
    await handle?.close();
  }

  async #open(): Promise<void> {
    const handle = await openRegular(this.#path);
    this.#handle = handle;
    this.#id = idOf(await handle.stat({ bigint: true }));
  }

  async #lookInside(): Promise<Look> {
    const stats = await this.#handle?.stat({ bigint: true });
    if (stats === undefined) return { kind: 'absent' };
    const size = Number(stats.size);
    if (stats.mtimeNs === this.#mtime && size === this.#seen) return { kind: 'open', size, grew: false };
    this.#mtime = stats.mtimeNs;
    this.#seen = size;
    if (size < this.#offset || !(await this.#isSame())) return { kind: 'truncated' };
    return { kind: 'open', size, grew: size > this.#offset };
  }

  /** Whether both ends of what was read are unchanged: a file that was truncated may have grown beyond its old size. */
  async #isSame(): Promise<boolean> {
    const tailAt = this.#offset - this.#tail.length;
    return (await this.#hasBytes(this.#head, 0)) && (tailAt < this.#head.length || this.#hasBytes(this.#tail, tailAt));
  }

  async #hasBytes(bytes: Buffer, at: number): Promise<boolean> {
    if (bytes.length === 0 || this.#handle === null) return true;
    const { buffer, bytesRead } = await this.#handle.read(Buffer.alloc(bytes.length), 0, bytes.length, at);
    return bytesRead === bytes.length && buffer.equals(bytes);
  }

  #remember(chunk: Buffer): void {
    if (this.#head.length < headBytes) {
      this.#head = Buffer.concat([this.#head, chunk.subarray(0, headBytes - this.#head.length)]);
    }
    this.#tail =
      chunk.length >= tailBytes
        ? Buffer.from(chunk.subarray(-tailBytes))
        : Buffer.concat([this.#tail, chunk]).subarray(-tailBytes);
    this.#offset += chunk.length;
  }
}

function idOf({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${dev} ${ino}`;
}

function absent(thrown: unknown): null {
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return null;
  throw thrown;
}
