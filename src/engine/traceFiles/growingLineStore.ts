/** Keeps the lines of a growing trace in memory up to a limit, and leaves later lines in the file. */
import type { Line } from '../../core/base/lines.ts';
import { type KeptLine, type LineStore, MemoryLineStore } from '../../core/trace/model/payloads.ts';
import { FileLineStore } from './fileLineStore.ts';

export class GrowingLineStore implements LineStore {
  readonly #memory = new MemoryLineStore();
  readonly #file: FileLineStore;
  #left: number;

  /** `inMemory`: bytes of lines that are kept in memory. */
  constructor(path: string, inMemory: number) {
    this.#file = new FileLineStore(path);
    this.#left = inMemory;
  }

  keep(line: Line, bytes: Uint8Array): KeptLine {
    this.#left -= bytes.length;
    return this.#left >= 0 ? this.#memory.keep(line, bytes) : this.#file.keep(line, bytes);
  }
}
