/** Maps offsets of a rewritten binary to the original. Plain data with typed arrays, which can be posted to another thread. */

/** Runs of bytes of the result, in order. The offsets of a copied run map one to one, those of an inserted run to one offset. */
export interface OffsetMap {
  /** Where each run starts in the result. */
  readonly starts: Uint32Array;
  /** Where each run's first byte comes from in the original. */
  readonly origins: Uint32Array;
  /** 1 for an inserted run. */
  readonly inserted: Uint8Array;
}

/** Collects the runs of a binary while it is written. */
export class OffsetMapBuilder {
  readonly #starts: number[] = [0];
  readonly #origins: number[] = [0];
  readonly #inserted: number[] = [0];

  add(start: number, origin: number, inserted: boolean): void {
    this.#starts.push(start);
    this.#origins.push(origin);
    this.#inserted.push(inserted ? 1 : 0);
  }

  build(): OffsetMap {
    return {
      starts: Uint32Array.from(this.#starts),
      origins: Uint32Array.from(this.#origins),
      inserted: Uint8Array.from(this.#inserted),
    };
  }
}

/** The offset in the original; inserted bytes map to the start of the bytes that they replace. */
export function originalOffset({ starts, origins, inserted }: OffsetMap, offset: number): number {
  const index = runOf(starts, offset);
  const origin = origins[index] ?? 0;
  return inserted[index] === 1 ? origin : origin + offset - (starts[index] ?? 0);
}

/** Index of the last run that starts at or before the offset. */
function runOf(starts: Uint32Array, offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
