/** The file of a capture: for its owner's eyes only, appended to, with a whole line at its end whatever was there before. */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  writevSync,
} from 'node:fs';
import { Failure } from '../../../core/base/failure.ts';
import { nativeSchema } from '../../../core/trace/capture/nativeLine.ts';
import type { CaptureLine } from './captureLine.ts';
import type { CaptureSink } from './captureAppender.ts';

const ownerOnly = 0o600;

/** How the first line of a capture begins. */
const beginning = `{"schema":"${nativeSchema.name}/`;

/** A deleted file takes lines as before, and they are lost with it. */
const lookEveryMs = 50;

/** Non-blocking for pipes: a thread that the system keeps waiting could not be ended with the process. */
const forAppending = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);

export class CaptureFile implements CaptureSink {
  readonly #path: string;
  readonly #keepFiles: number;
  #descriptor: number | null = null;
  #regular = false;
  #looked = 0;

  constructor(path: string, keepFiles = 0) {
    this.#path = path;
    this.#keepFiles = keepFiles;
  }

  open(): number {
    const descriptor = this.#attempt('open', () => openSync(this.#path, forAppending, ownerOnly));
    this.#descriptor = descriptor;
    const stats = fstatSync(descriptor);
    this.#regular = stats.isFile();
    if (!this.#regular) return 0;
    if (stats.size > 0) this.#expectCapture(descriptor);
    this.#restrict(descriptor, stats);
    // A capture that was cut off must not swallow the header.
    if (stats.size > 0 && lastByte(descriptor, stats.size) !== lineFeed) this.write([Buffer.of(lineFeed)]);
    return stats.size;
  }

  write(line: CaptureLine): void {
    const descriptor = this.#descriptor;
    if (descriptor === null) throw new Failure('tap/closed', `The capture "${this.#path}" is not open`);
    this.#attempt('write', () => writeAll(descriptor, line));
    const now = performance.now();
    if (now - this.#looked < lookEveryMs) return;
    this.#looked = now;
    this.#look(descriptor);
  }

  rotate(): void {
    this.close();
    this.#attempt('rename', () => {
      rmSync(numbered(this.#path, this.#keepFiles), { force: true });
      for (let number = this.#keepFiles - 1; number >= 0; number--) rename(this.#path, number);
    });
    this.open();
  }

  close(): void {
    if (this.#descriptor === null) return;
    const descriptor = this.#descriptor;
    this.#descriptor = null;
    try {
      this.#look(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  #look(descriptor: number): void {
    if (!this.#regular || fstatSync(descriptor).nlink > 0) return;
    throw new Failure('tap/gone', `The capture "${this.#path}" was deleted`, 'The next session is recorded anew');
  }

  /** A file of something else is not the tap's to change, and what is added to a newer capture nobody could read. */
  #expectCapture(descriptor: number): void {
    const start = Buffer.alloc(beginning.length + 20);
    const text = start.toString('latin1', 0, readSync(descriptor, start, 0, start.length, 0));
    // A header may have been cut off anywhere.
    if (!text.startsWith(beginning) && !beginning.startsWith(text)) {
      const hint = 'Give --out the name of a new file';
      throw new Failure('tap/not-a-capture', `"${this.#path}" is no capture, so nothing is added to it`, hint);
    }
    const version = Number(/^\d+/.exec(text.slice(beginning.length))?.[0] ?? 0);
    if (version <= nativeSchema.version) return;
    const message = `The capture "${this.#path}" is of a newer version of Guardscope, so nothing is added to it`;
    throw new Failure('tap/newer-capture', message, 'Update Guardscope, or give --out the name of a new file');
  }

  /** An older capture of the same name may have been readable for others. */
  #restrict(descriptor: number, { mode }: Stats): void {
    if ((mode & 0o077) === 0) return;
    try {
      fchmodSync(descriptor, ownerOnly);
    } catch {
      // Another owner's file, or a file system without modes: recording matters more.
    }
  }

  #attempt<T>(what: string, run: () => T): T {
    try {
      return run();
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      const hint =
        what === 'open' ? 'Make its folder, or give --out another file' : 'Make room, or give --out another place';
      throw new Failure('tap/unwritable', `Cannot ${what} the capture "${this.#path}": ${reason}`, hint);
    }
  }
}

/** The name of an older file of a capture: `session.guardtrace.jsonl` → `session.1.guardtrace.jsonl`; 0 is the file itself. */
export function numbered(path: string, number: number): string {
  if (number === 0) return path;
  const [, stem = path, suffix = ''] = /^(.*?)((?:\.guardtrace)?\.[^./\\]*)$/s.exec(path) ?? [];
  return `${stem}.${number}${suffix}`;
}

function rename(path: string, number: number): void {
  try {
    renameSync(numbered(path, number), numbered(path, number + 1));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
  }
}

function writeAll(descriptor: number, line: CaptureLine): void {
  const length = line.reduce((sum, piece) => sum + piece.length, 0);
  const written = writeSome(descriptor, line);
  if (written === length) return;
  // Rare: a disk that is nearly full takes a part and refuses the rest with the reason.
  let rest = Buffer.concat(line).subarray(written);
  while (rest.length > 0) rest = rest.subarray(writeSome(descriptor, [rest]));
}

/** Waits for a pipe whose reader is slow. */
function writeSome(descriptor: number, pieces: readonly Uint8Array[]): number {
  for (;;) {
    try {
      return writevSync(descriptor, [...pieces]);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EAGAIN') throw thrown;
      Atomics.wait(never, 0, 0, retryMs);
    }
  }
}

const never = new Int32Array(new SharedArrayBuffer(4));
const retryMs = 5;

const lineFeed = 0x0a;

function lastByte(descriptor: number, size: number): number | undefined {
  const buffer = Buffer.alloc(1);
  return readSync(descriptor, buffer, 0, 1, size - 1) === 1 ? buffer[0] : undefined;
}
