/** Leaves the lines of a long trace in the file, and reads a line again when its result is needed. */
import { closeSync, readSync } from 'node:fs';
import { Failure } from '../../core/base/failure.ts';
import type { Line } from '../../core/base/lines.ts';
import type { KeptLine, LineStore } from '../../core/trace/model/payloads.ts';
import { openRegularSync } from '../files/regularFile.ts';

/** How a store reads its file. */
export interface FileLineStoreOptions {
  /**
   * Whether the file stays open, and is read in blocks: for a thread that reads the lines in their order and ends afterwards, which closes
   * the file. Default false: each reading opens the file, so that it can be deleted and replaced meanwhile.
   */
  readonly keepsOpen?: boolean;
}

/** Bytes that are read at once from a file that stays open. */
const blockBytes = 256 * 1024;

/** Where a line is in the file, and the checksum of its bytes. */
interface FilePlace {
  readonly number: number;
  readonly offset: number;
  readonly length: number;
  readonly check: number;
}

/** A line that stays in the file. */
class FileLine implements KeptLine, FilePlace {
  readonly #store: FileLineStore;
  readonly number: number;
  readonly offset: number;
  readonly length: number;
  readonly check: number;

  constructor(store: FileLineStore, { number, offset, length, check }: FilePlace) {
    this.#store = store;
    this.number = number;
    this.offset = offset;
    this.length = length;
    this.check = check;
  }

  bytes(): Uint8Array {
    return this.#store.bytesOf(this);
  }
}

export class FileLineStore implements LineStore {
  readonly #path: string;
  readonly #keepsOpen: boolean;
  #descriptor: number | null = null;
  /** The last block of a file that stays open, and its offset. */
  #block = Buffer.alloc(0);
  #blockAt = 0;

  constructor(path: string, { keepsOpen = false }: FileLineStoreOptions = {}) {
    this.#path = path;
    this.#keepsOpen = keepsOpen;
  }

  /** Reading the line throws `trace/changed` when the file no longer has the same line at the same place. The file may grow. */
  keep({ number, offset }: Line, bytes: Uint8Array): KeptLine {
    return new FileLine(this, { number, offset, length: bytes.length, check: checksum(bytes) });
  }

  /** The bytes of a line. Throws as `keep` says. */
  bytesOf({ number, offset, length, check }: FilePlace): Uint8Array {
    const read = this.#read(offset, length);
    if (read?.length === length && checksum(read) === check) return read;
    const message = `Line ${number} of "${this.#path}" has changed since the trace was opened`;
    throw new Failure('trace/changed', message, 'Open the trace again');
  }

  #read(offset: number, length: number): Uint8Array | null {
    return this.#keepsOpen ? this.#readBlock(offset, length) : this.#readOnce(offset, length);
  }

  #readBlock(offset: number, length: number): Uint8Array | null {
    const start = offset - this.#blockAt;
    if (start >= 0 && start + length <= this.#block.length) return this.#block.subarray(start, start + length);
    try {
      this.#descriptor ??= openRegularSync(this.#path);
      const block = Buffer.allocUnsafeSlow(Math.max(blockBytes, length));
      this.#block = block.subarray(0, readSync(this.#descriptor, block, 0, block.length, offset));
      this.#blockAt = offset;
      return this.#block.subarray(0, length);
    } catch {
      return null;
    }
  }

  #readOnce(offset: number, length: number): Uint8Array | null {
    try {
      const descriptor = openRegularSync(this.#path);
      try {
        const buffer = Buffer.alloc(length);
        const read = readSync(descriptor, buffer, 0, length, offset);
        return buffer.subarray(0, read);
      } finally {
        closeSync(descriptor);
      }
    } catch {
      return null;
    }
  }
}

/** FNV-1a over both ends of a line, one of which holds its time: enough to notice another file. */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  const ends = bytes.length <= 2 * endBytes ? [bytes] : [bytes.subarray(0, endBytes), bytes.subarray(-endBytes)];
  for (const end of ends) {
    for (let at = 0; at < end.length; at++) hash = Math.imul(hash ^ (end[at] ?? 0), 0x01000193);
  }
  return hash;
}

const endBytes = 128;
