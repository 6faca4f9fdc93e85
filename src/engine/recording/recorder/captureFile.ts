/** The file of a capture: readable by its owner only, opened for appending, after completing an unfinished last line. */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../../core/base/failure.ts';
import { nativeSchema } from '../../../core/trace/capture/nativeLine.ts';
import { numbered } from '../format/captureName.ts';
import type { CaptureSink } from './captureAppender.ts';

const ownerOnly = 0o600;

/** The beginning of the first line of a capture. */
const beginning = `{"schema":"${nativeSchema.name}/`;

/** Milliseconds between two checks whether the file was deleted: lines that are written to a deleted file are lost. */
const deletionCheckMs = 50;

/** Milliseconds until a pipe whose reader is slow is tried again. */
const retryMs = 5;

/** Non-blocking for pipes: a thread that waits for the reader of a pipe would keep this process from ending. */
const forAppending = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);

export class CaptureFile implements CaptureSink {
  readonly #path: string;
  readonly #keepFiles: number;
  #handle: FileHandle | null = null;
  #isRegular = false;
  #looked = 0;

  constructor(path: string, keepFiles = 0) {
    this.#path = path;
    this.#keepFiles = keepFiles;
  }

  async open(): Promise<number> {
    const handle = await this.#attempt('open', () => open(this.#path, forAppending, ownerOnly));
    this.#handle = handle;
    const stats = await handle.stat();
    this.#isRegular = stats.isFile();
    if (!this.#isRegular) return 0;
    if (stats.size > 0) await this.#expectCapture(handle);
    await this.#restrict(handle, stats);
    // The header must not become a part of a line that was cut off.
    if (stats.size > 0 && (await lastByte(handle, stats.size)) !== lineFeed) await this.write([Buffer.of(lineFeed)]);
    return stats.size;
  }

  async write(pieces: readonly Uint8Array[]): Promise<void> {
    const handle = this.#handle;
    if (handle === null) throw new Failure('tap/closed', `The capture "${this.#path}" is not open`);
    await this.#attempt('write', () => writeAll(handle, pieces));
    const now = performance.now();
    if (now - this.#looked < deletionCheckMs) return;
    this.#looked = now;
    await this.#expectName(handle);
  }

  async rotate(): Promise<void> {
    await this.close();
    await this.#attempt('rename', async () => {
      await rm(numbered(this.#path, this.#keepFiles), { force: true });
      for (let number = this.#keepFiles - 1; number >= 0; number--) await renameNumbered(this.#path, number);
    });
    await this.open();
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    if (handle === null) return;
    this.#handle = null;
    try {
      await this.#expectName(handle);
    } finally {
      await handle.close();
    }
  }

  async #expectName(handle: FileHandle): Promise<void> {
    if (!this.#isRegular || (await handle.stat()).nlink > 0) return;
    throw new Failure('tap/gone', `The capture "${this.#path}" was deleted`, 'The next session is recorded anew');
  }

  /** The tap does not change other files, and a reader could not read what is added to a newer capture. */
  async #expectCapture(handle: FileHandle): Promise<void> {
    const start = Buffer.alloc(beginning.length + 20);
    const { bytesRead } = await handle.read(start, 0, start.length, 0);
    const text = start.toString('latin1', 0, bytesRead);
    // A header may have been cut off anywhere.
    if (!text.startsWith(beginning) && !beginning.startsWith(text)) {
      const hint = 'Give --out the name of a new file';
      throw new Failure('tap/not-a-capture', `"${this.#path}" is not a capture, so nothing is added to it`, hint);
    }
    const version = Number(/^\d+/.exec(text.slice(beginning.length))?.[0] ?? 0);
    if (version <= nativeSchema.version) return;
    const message = `The capture "${this.#path}" was written by a newer version of Guardscope, so nothing is added to it`;
    throw new Failure('tap/newer-capture', message, 'Update Guardscope, or give --out the name of a new file');
  }

  /** An older capture of the same name may have been readable for others. */
  async #restrict(handle: FileHandle, { mode }: Stats): Promise<void> {
    if ((mode & 0o077) === 0) return;
    // Fails for another owner's file and on file systems without modes; recording matters more.
    await handle.chmod(ownerOnly).catch(() => undefined);
  }

  async #attempt<T>(what: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      const hint =
        what === 'open'
          ? 'Create its folder, or give --out another file'
          : 'Free some space, or give --out another place';
      throw new Failure('tap/unwritable', `Cannot ${what} the capture "${this.#path}": ${reason}`, hint);
    }
  }
}

async function renameNumbered(path: string, number: number): Promise<void> {
  try {
    await rename(numbered(path, number), numbered(path, number + 1));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
  }
}

async function writeAll(handle: FileHandle, pieces: readonly Uint8Array[]): Promise<void> {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const written = await writeSome(handle, pieces);
  if (written === length) return;
  // Rare: a disk that is nearly full takes a part, and refuses the rest with the reason.
  let rest = Buffer.concat(pieces).subarray(written);
  while (rest.length > 0) rest = rest.subarray(await writeSome(handle, [rest]));
}

/** Waits for a pipe whose reader is slow. */
async function writeSome(handle: FileHandle, pieces: readonly Uint8Array[]): Promise<number> {
  for (;;) {
    try {
      const { bytesWritten } = await handle.writev(pieces);
      return bytesWritten;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EAGAIN') throw thrown;
      await sleep(retryMs);
    }
  }
}

const lineFeed = 0x0a;

async function lastByte(handle: FileHandle, size: number): Promise<number | undefined> {
  const buffer = Buffer.alloc(1);
  const { bytesRead } = await handle.read(buffer, 0, 1, size - 1);
  return bytesRead === 1 ? buffer[0] : undefined;
}
