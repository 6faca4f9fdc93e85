/** Follows one file by its name: hands on the bytes that are appended, and notices when another file has taken its place or it was cut. */
import { type FileHandle, open, stat } from 'node:fs/promises';

/**
 * What a look at a file found. `size`: how far there is something to read, in bytes. A file is the same one while device and inode are the
 * same, it is at least as long as what was read, and its first 4096 and last 256 read bytes still stand where they stood:
 *
 *     name         handle        size, bytes                        look
 *     -----------  ------------  ---------------------------------  ------------------------------
 *     no file      not open      -                                  absent
 *     file         not open      -                                  open it, then as below
 *     same inode   open          unchanged, or longer and the same  open; `grew` when longer
 *     same inode   open          shorter, or other bytes            truncated
 *     other inode  open          -                                  replaced, `next`
 *     no file      open          -                                  replaced, not `next`
 */
export type Look =
  /** There is no such file (yet). */
  | { readonly kind: 'absent' }
  | { readonly kind: 'open'; readonly size: number; readonly grew: boolean }
  /** The file that was read has another name now, or none; what it still holds can be read. `next`: whether another one has its name. */
  | { readonly kind: 'replaced'; readonly size: number; readonly next: boolean }
  /** The same file no longer holds what was read: it was truncated, or written anew. */
  | { readonly kind: 'truncated' };

/** Reads are at least this long, so that a long file takes few of them. */
const chunkBytes = 1024 * 1024;

/** What is compared to see whether a file is still the one that was read. */
const headBytes = 4096;
const tailBytes = 256;

const nothing = Buffer.alloc(0);

export class FollowedFile {
  readonly #path: string;
  #handle: FileHandle | null = null;
  #id = '';
  #mtime = 0n;
  #seen = -1;
  #offset = 0;
  #head: Buffer = nothing;
  #tail: Buffer = nothing;

  constructor(path: string) {
    this.#path = path;
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset;
  }

  /** Milliseconds since 1970 when the file was last changed; 0 before it was seen. */
  get changed(): number {
    return Number(this.#mtime / 1_000_000n);
  }

  /** Looks whether there is more. Rejects when the file is there and cannot be opened. */
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

  /** Hands on what there is up to a size, in chunks that are valid until the listener returns. Rejects with the signal's reason. */
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

  /** Lets go of the file; the next look takes whichever has its name then, from its beginning. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    this.#offset = 0;
    this.#seen = -1;
    this.#head = nothing;
    this.#tail = nothing;
    await handle?.close();
  }

  async #open(): Promise<void> {
    const handle = await open(this.#path, 'r');
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

  /** Whether both ends of what was read are still there: a file that was cut and has grown beyond its old size is another one. */
  async #isSame(): Promise<boolean> {
    const tailAt = this.#offset - this.#tail.length;
    return (await this.#holds(this.#head, 0)) && (tailAt < this.#head.length || this.#holds(this.#tail, tailAt));
  }

  async #holds(bytes: Buffer, at: number): Promise<boolean> {
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
