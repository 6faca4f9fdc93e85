/** Rewrites a binary by edits at positions of the original, keeps the sizes of its sections right and its offsets mappable. */
import { encodeU32 } from '../decode/leb128.ts';
import type { Section } from '../decode/module.ts';

/** Replaces the original's bytes from `start` to `end` (the same: puts bytes in). */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly bytes: readonly number[];
  /** The section whose size the edit changes; null when it takes or puts in a whole section. */
  readonly inside: Section | null;
  /** Positions inside `bytes` that must be found again in the result, each with what it stands for. */
  readonly marks?: readonly Mark[];
}

export interface Mark {
  readonly at: number;
  readonly text: string;
}

export interface Rewritten {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Each mark by its offset in the result. */
  readonly marks: ReadonlyMap<number, string>;
  /** The original offset of an offset in the result; for new bytes it is the start of what they replaced. */
  readonly originalOffset: (offset: number) => number;
}

/** Applies edits that do not overlap, in any order. */
export function rewrite(original: Uint8Array, edits: readonly Edit[]): Rewritten {
  const ordered = [...edits, ...sizeEdits(edits)].sort(
    (a, b) => a.start - b.start || a.end - b.end || Number(a.inside === null) - Number(b.inside === null),
  );
  const bytes = new Uint8Array(ordered.reduce((sum, edit) => sum + growth(edit), original.length));
  const marks = new Map<number, string>();
  const runs = new Runs();
  let from = 0;
  let to = 0;
  for (const edit of ordered) {
    copy(original, from, edit.start, bytes, to);
    to += edit.start - from;
    runs.add(to, edit.start, true);
    copy(edit.bytes, 0, edit.bytes.length, bytes, to);
    if (edit.marks !== undefined) for (const mark of edit.marks) marks.set(to + mark.at, mark.text);
    to += edit.bytes.length;
    from = edit.end;
    runs.add(to, from, false);
  }
  copy(original, from, original.length, bytes, to);
  return { bytes, marks, originalOffset: (offset) => runs.originalOffset(offset) };
}

/** Copies bytes. There may be hundreds of thousands of pieces, most of them a few bytes, where `set` is slow. */
function copy(from: ArrayLike<number>, start: number, end: number, to: Uint8Array, at: number): void {
  if (from instanceof Uint8Array && end - start > 64) {
    to.set(from.subarray(start, end), at);
    return;
  }
  for (let offset = start; offset < end; offset++) to[at + offset - start] = from[offset] ?? 0;
}

/** By how many bytes an edit makes what it is in longer. */
export function growth(edit: Pick<Edit, 'start' | 'end' | 'bytes'>): number {
  return edit.bytes.length - (edit.end - edit.start);
}

/** New size fields for the sections that the edits are inside of. */
function sizeEdits(edits: readonly Edit[]): Edit[] {
  const grown = new Map<Section, number>();
  for (const edit of edits) {
    if (edit.inside !== null) grown.set(edit.inside, (grown.get(edit.inside) ?? 0) + growth(edit));
  }
  return [...grown].map(([{ header, start, end }, growth]) => {
    return { start: header + 1, end: start, bytes: encodeU32(end - start + growth), inside: null };
  });
}

/** Runs of bytes of the result, in order: copied ones move along with their offset, new ones stand for one position. */
class Runs {
  readonly #starts: number[] = [0];
  readonly #origins: number[] = [0];
  readonly #isNew: boolean[] = [false];

  add(start: number, origin: number, isNew: boolean): void {
    this.#starts.push(start);
    this.#origins.push(origin);
    this.#isNew.push(isNew);
  }

  originalOffset(offset: number): number {
    const index = this.#runOf(offset);
    const origin = this.#origins[index] ?? 0;
    return this.#isNew[index] === true ? origin : origin + offset - (this.#starts[index] ?? 0);
  }

  /** The last run that starts at or before the offset. */
  #runOf(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
