/**
 * Opens and reads regular files only. A name in a workspace may be a link to a device, a named pipe or a file of the system, which would
 * block the reader or never end; every reader of this program opens its files here.
 */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';

/** The file has more bytes than its kind may have. */
export class FileTooLarge extends Error {
  /** For example `512 bytes`, or `more than 512 bytes` when the system does not know the size. */
  readonly amount: string;

  constructor(amount: string, limit: number) {
    super(`it has ${amount}, and at most ${limit} bytes are read`);
    this.name = 'FileTooLarge';
    this.amount = amount;
  }
}

/** Lets the command line read what its user passes as `/dev/stdin` or `/dev/fd/N`, such as `<(command)` of a shell. */
export function acceptInheritedFiles(): void {
  inherited = true;
}

let inherited = false;

/** The name is that of a descriptor itself. A link with another name to it is refused like any other. */
function isInherited(path: string): boolean {
  return inherited && /^\/dev\/(?:stdin|fd\/\d+)$|^\/proc\/(?:self|\d+)\/fd\/\d+$/.test(path);
}

/** A pipe that was put in the file's place after the first look does not block: opening it ends at once. Windows has no such flag. */
const forReading = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);

/** Opens a file for reading. Rejects with the system's error, or with a sentence like "it is a named pipe, not a regular file". */
export async function openRegular(path: string): Promise<FileHandle> {
  if (isInherited(path)) return open(path, 'r');
  // Opening a device may change its state, so its kind is looked at first.
  requireRegular(await stat(path));
  const handle = await open(path, forReading);
  try {
    requireRegular(await handle.stat());
    return handle;
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

/** The same as `openRegular`, at once. Returns a descriptor. */
export function openRegularSync(path: string): number {
  requireRegular(statSync(path));
  const descriptor = openSync(path, forReading);
  try {
    requireRegular(fstatSync(descriptor));
    return descriptor;
  } catch (thrown) {
    closeSync(descriptor);
    throw thrown;
  }
}

/** All bytes of a file. Rejects with `FileTooLarge`, or like `openRegular`. */
export async function readRegular(path: string, limit: number): Promise<Buffer> {
  const handle = await openRegular(path);
  try {
    const content = new Content((await handle.stat()).size, limit);
    for (let read = 1; read > 0; content.take(read)) {
      const space = content.space();
      read = (await handle.read(space, 0, space.length, null)).bytesRead;
    }
    return content.bytes;
  } finally {
    await handle.close();
  }
}

/** The same as `readRegular`, at once, for small files. */
export function readRegularSync(path: string, limit: number): Buffer {
  const descriptor = openRegularSync(path);
  try {
    const content = new Content(fstatSync(descriptor).size, limit);
    for (let read = 1; read > 0; content.take(read)) {
      const space = content.space();
      read = readSync(descriptor, space, 0, space.length, null);
    }
    return content.bytes;
  } finally {
    closeSync(descriptor);
  }
}

export interface StreamOptions {
  readonly chunkBytes: number;
  readonly signal?: AbortSignal;
}

/** The bytes that a file of any size had when it was opened, in chunks. Rejects like `openRegular`, and with the reason of the signal. */
export async function* streamRegular(path: string, { chunkBytes, signal }: StreamOptions): AsyncGenerator<Uint8Array> {
  signal?.throwIfAborted();
  const handle = await openRegular(path);
  const stats = await handle.stat();
  // Files of the kernel have the size 0, and some of them never end.
  if (stats.isFile() && stats.size === 0) return handle.close();
  const end = stats.isFile() ? { end: stats.size - 1 } : {};
  const abort = signal === undefined ? {} : { signal };
  yield* handle.createReadStream({ highWaterMark: chunkBytes, ...end, ...abort }) as AsyncIterable<Uint8Array>;
}

/** Throws for anything but a regular file: "it is a named pipe, not a regular file". */
export function requireRegular(stats: Stats): void {
  if (!stats.isFile()) throw new Error(`it is ${kindOf(stats)}, not a regular file`);
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isSocket()) return 'a socket';
  if (stats.isCharacterDevice()) return 'a character device';
  return stats.isBlockDevice() ? 'a block device' : 'a special file';
}

/** Collects the bytes of a file whose size is only a guess: it may grow, and files of the kernel have the size 0. */
class Content {
  readonly #limit: number;
  #buffer: Buffer;
  #length = 0;

  constructor(size: number, limit: number) {
    if (size > limit) throw new FileTooLarge(`${size} bytes`, limit);
    this.#limit = limit;
    // One byte more than expected shows the end in the same read.
    this.#buffer = Buffer.allocUnsafe(Math.max(size + 1, 4096));
  }

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  space(): Buffer {
    if (this.#length === this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.min(this.#buffer.length * 2, this.#limit + 1));
      this.#buffer.copy(larger);
      this.#buffer = larger;
    }
    return this.#buffer.subarray(this.#length);
  }

  take(read: number): void {
    this.#length += read;
    if (this.#length > this.#limit) throw new FileTooLarge(`more than ${this.#limit} bytes`, this.#limit);
  }
}
