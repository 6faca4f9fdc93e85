/** Leaves the lines of a long trace in the file, and reads a line again when its result is needed. */
import { closeSync, readSync } from 'node:fs';
import { Failure } from '../../core/base/failure.ts';
import type { Line } from '../../core/base/lines.ts';
import type { LineReader, LineStore } from '../../core/trace/model/payloads.ts';
import { openRegularSync } from '../files/regularFile.ts';

export class FileLineStore implements LineStore {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** The reader throws `trace/changed` when the file no longer has the same line at the same place. The file may grow. */
  keep({ number, offset }: Line, bytes: Uint8Array): LineReader {
    const { length } = bytes;
    const check = checksum(bytes);
    return () => {
      const read = this.#read(offset, length);
      if (read?.length === length && checksum(read) === check) return read;
      const message = `Line ${number} of "${this.#path}" has changed since the trace was opened`;
      throw new Failure('trace/changed', message, 'Open the trace again');
    };
  }

  #read(offset: number, length: number): Uint8Array | null {
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
    for (const byte of end) hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash;
}

const endBytes = 128;
