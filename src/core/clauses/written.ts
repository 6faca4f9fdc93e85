/** A value as a text has it, in JSON or in TOML: where each part is written, and the edit that leaves it out. */
import type { JsonValue } from '../base/json.ts';
import type { TextSpan } from '../base/textPlaces.ts';

/** Puts `text` in place of a span. */
export interface PolicyEdit extends TextSpan {
  readonly text: string;
}

/** A value with the places of its parts. Of a key that is written twice, it has the last one. */
export interface Written {
  /** A value that is neither an object nor a list; undefined for these. */
  readonly scalar: JsonValue | undefined;
  /** The members of an object by key, in the order of the text. */
  readonly members: ReadonlyMap<string, Written>;
  /** The entries of a list; null for any other value. */
  readonly items: readonly Written[] | null;
  /** The key of a member, or an entry itself. */
  readonly place: TextSpan;
  /** The value; null for a table of TOML that has no brackets around it. */
  readonly span: TextSpan | null;
  /** Leaves out the member or the entry; null for a part that cannot be left out by one edit. */
  readonly leaveOut: PolicyEdit | null;
}

/** The value at a path of keys; undefined when the text does not have it. */
export function writtenAt(root: Written, path: readonly string[]): Written | undefined {
  return path.reduce<Written | undefined>((value, key) => value?.members.get(key), root);
}

/** The text after an edit. */
export function edited(text: string, { start, end, text: other }: PolicyEdit): string {
  return text.slice(0, start) + other + text.slice(end);
}

/**
 * The span of a part between its siblings, with the comma that goes with it: the one behind it, or the one before the last part. `siblings`
 * are the spans of all parts in order.
 */
export function spanWithComma(siblings: readonly TextSpan[], at: number): TextSpan {
  const [before, own, next] = [siblings[at - 1], siblings[at], siblings[at + 1]];
  const { start = 0, end = 0 } = own ?? {};
  if (next !== undefined) return { start, end: next.start };
  return { start: before?.end ?? start, end };
}
