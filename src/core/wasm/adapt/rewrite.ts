/** Applies edits to a binary, adjusts the section sizes, and maps offsets of the result to offsets of the original. */
import { encodeU32 } from '../decode/leb128.ts';
import type { Section } from '../decode/module.ts';
import { type OffsetMap, OffsetMapBuilder } from './offsetMap.ts';

/** Replaces the original's bytes from `start` to `end`; inserts bytes when both are equal. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly bytes: readonly number[];
  /** The section whose size the edit changes; null when it removes or inserts a whole section. */
  readonly inside: Section | null;
  /** Positions in `bytes` whose offsets in the result are needed. */
  readonly marks?: readonly Mark[];
}

/** A position in inserted bytes, and its meaning. */
export interface Mark {
  readonly at: number;
  readonly text: string;
}

/** The edited binary. */
export interface Rewritten {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Offset in the result → text of the mark. */
  readonly marks: ReadonlyMap<number, string>;
  /** Maps offsets of the result to the original. */
  readonly offsets: OffsetMap;
}

/** Applies edits, which may be in any order and must not overlap. */
export function rewrite(original: Uint8Array, edits: readonly Edit[]): Rewritten {
  const ordered = [...edits, ...sizeEdits(edits)].sort(
    (a, b) => a.start - b.start || a.end - b.end || Number(a.inside === null) - Number(b.inside === null),
  );
  const bytes = new Uint8Array(ordered.reduce((sum, edit) => sum + growth(edit), original.length));
  const marks = new Map<number, string>();
  const runs = new OffsetMapBuilder();
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
  return { bytes, marks, offsets: runs.build() };
}

/** Copies bytes. There may be hundreds of thousands of pieces of a few bytes each, for which `set` is slow. */
function copy(from: ArrayLike<number>, start: number, end: number, to: Uint8Array, at: number): void {
  if (from instanceof Uint8Array && end - start > 64) {
    to.set(from.subarray(start, end), at);
    return;
  }
  for (let offset = start; offset < end; offset++) to[at + offset - start] = from[offset] ?? 0;
}

/** By how many bytes an edit makes its section longer; negative when shorter. */
export function growth(edit: Pick<Edit, 'start' | 'end' | 'bytes'>): number {
  return edit.bytes.length - (edit.end - edit.start);
}

/** Edits of the size fields of all sections that contain edits. */
function sizeEdits(edits: readonly Edit[]): Edit[] {
  const grown = new Map<Section, number>();
  for (const edit of edits) {
    if (edit.inside !== null) grown.set(edit.inside, (grown.get(edit.inside) ?? 0) + growth(edit));
  }
  return [...grown].map(([{ header, start, end }, growth]) => {
    return { start: header + 1, end: start, bytes: encodeU32(end - start + growth), inside: null };
  });
}
