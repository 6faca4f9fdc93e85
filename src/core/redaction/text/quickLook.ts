/** Proves of most short strings of JSON that they hold no secret, without a copy of them. */
import { findFormats, longRun } from '../formats/formatFinder.ts';
import type { Hit } from '../values/hits.ts';
import { findAddressSecrets } from './addresses.ts';
import { breaksRun, charKinds, markEnds, markShift, needsLook } from './looks.ts';
import { endMask } from '../values/wordEnds.ts';
import { shortestText } from './textSecrets.ts';
import { backslash, colon, openBrace, openBracket, slash, space } from './charCodes.ts';

/**
 * Whether the characters between two indexes of a JSON text, which are those of a string, may contain a secret or may be JSON. It is not
 * certain for strings with an escape.
 */
export function mayHoldSecret(text: string, start: number, end: number): boolean {
  if (end - start < shortestText) return false;
  const first = text.charCodeAt(start);
  if (first === openBrace || first === openBracket || first === space) return true;
  const kinds = charKinds;
  const ends = markEnds;
  let runStart = start;
  let recent = 0;
  let colons = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    const kind = kinds[code] as number;
    if (kind >= breaksRun) {
      if (code === backslash) return true;
      if ((kind & breaksRun) !== 0) {
        if (at - runStart >= longRun && hasFormat(text, runStart, at)) return true;
        runStart = at + 1;
      }
      if (code === colon && ++colons > 3) return true;
      if (
        ((ends[recent & endMask] as number) & (kind >> markShift)) !== 0 &&
        needsLook(text, at, code, recent, colons)
      ) {
        if (code !== colon || text.charCodeAt(at + 1) !== slash || hasAddressSecret(text, at + 3)) return true;
      }
    }
    recent = (recent << 5) | (kind & 31);
  }
  return end - runStart >= longRun && hasFormat(text, runStart, end);
}

const found: Hit[] = [];

function hasFormat(text: string, start: number, end: number): boolean {
  findFormats(text, start, end, found);
  return wasFound();
}

function hasAddressSecret(text: string, start: number): boolean {
  findAddressSecrets(text, start, found);
  return wasFound();
}

function wasFound(): boolean {
  if (found.length === 0) return false;
  found.length = 0;
  return true;
}
