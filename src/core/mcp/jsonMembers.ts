/** Finds the members of a JSON object in its text, because a parsed object no longer shows duplicates, the spelling of keys, or of numbers. */
import { skipString } from '../go/goJsonScan.ts';

/** One member of an object, with the place of its value in the text. */
export interface JsonMember {
  /** The key, without escapes. */
  readonly key: string;
  /** Index of the first character of the value. */
  readonly start: number;
  /** Index behind the last character of the value. */
  readonly end: number;
}

/** The members of the first object in a text, in order, duplicates included. The text must be valid JSON, of any nesting depth. */
export function jsonMembers(text: string): readonly JsonMember[] {
  const members: JsonMember[] = [];
  let [depth, key, valueAt] = [0, '', -1];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      const end = skipString(text, at);
      if (depth === 1 && valueAt < 0) key = JSON.parse(text.slice(at, end + 1)) as string;
      at = end;
    } else if (depth === 1 && char === ':') valueAt = at + 1;
    else if (depth === 1 && (char === ',' || char === '}')) {
      if (valueAt >= 0) members.push({ key, ...trimmed(text, valueAt, at) });
      valueAt = -1;
    }
    if (char === '{' || char === '[') depth++;
    else if ((char === '}' || char === ']') && --depth === 0) break;
  }
  return members;
}

/** Describes a key that two readers may take differently: one that stands twice, or that differs from a known key only in case. null: none. */
export function ambiguousKey(members: readonly JsonMember[], known: readonly string[]): string | null {
  const seen = new Map<string, string>(known.map((key) => [folded(key), key]));
  const written = new Set<string>();
  for (const { key } of members) {
    if (written.has(key)) return `the member ${JSON.stringify(key)} stands twice`;
    const twin = seen.get(folded(key));
    if (twin !== undefined && twin !== key) {
      return `the member ${JSON.stringify(key)} differs from ${JSON.stringify(twin)} only in case`;
    }
    written.add(key);
    seen.set(folded(key), key);
  }
  return null;
}

/** Keys that Go's `encoding/json` takes for the same have the same form: `K` (Kelvin) and `ſ` (long s) count as k and s. */
function folded(key: string): string {
  return key.toUpperCase().toLowerCase();
}

function trimmed(text: string, from: number, to: number): { readonly start: number; readonly end: number } {
  let [start, end] = [from, to];
  while (isSpace(text.charCodeAt(start))) start++;
  while (isSpace(text.charCodeAt(end - 1))) end--;
  return { start, end };
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}
