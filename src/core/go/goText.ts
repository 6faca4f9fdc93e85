/** Strings as Go treats them: trimming, case mapping, quoting, numbers, UTF-8 order (gateway spec 9, items 15 to 19). */
import { isNewCharacter } from './newCharacters.ts';

/** Go's `strings.TrimSpace`: unlike JavaScript's `trim`, it removes U+0085 and not U+FEFF (Unicode White_Space). */
export function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Go's `strings.ToLower`: the simple case mapping of each rune (no final sigma; `İ` becomes `i`). */
export function toLower(text: string): string {
  return isAscii(text) ? text.toLowerCase() : mapRunes(text, lowerRune);
}

/** Go's `strings.ToUpper`: the simple case mapping of each rune (`ß` stays `ß`). */
export function toUpper(text: string): string {
  return isAscii(text) ? text.toUpperCase() : mapRunes(text, upperRune);
}

/** Go's `%q`: a double-quoted Go string literal. */
export function quoteGo(text: string): string {
  let out = '"';
  for (const rune of wellFormed(text)) out += quoteRune(rune);
  return `${out}"`;
}

/** Go's `%v` of a list of strings: `[a b]`. */
export function formatList(items: readonly string[]): string {
  return `[${items.join(' ')}]`;
}

/** Go's `strconv.Atoi` for 64 bits: an optional sign and ASCII digits; null for other strings and out of range. */
export function atoi(text: string): number | null {
  if (!/^[+-]?[0-9]+$/.test(text)) return null;
  if (text.length > 16) {
    const exact = BigInt(text.startsWith('+') ? text.slice(1) : text);
    if (exact > 0x7fff_ffff_ffff_ffffn || exact < -0x8000_0000_0000_0000n) return null;
  }
  return Number(text);
}

/** Compares by UTF-8 bytes, which is the order of code points, as Go does. Returns a negative number, 0, or a positive number. */
export function compareUtf8(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** A copy sorted by UTF-8 bytes. */
export function sortUtf8(items: Iterable<string>): string[] {
  const copy = [...items];
  for (let at = 1; at < copy.length; at++) {
    if (compareUtf8(copy[at - 1] ?? '', copy[at] ?? '') > 0) return copy.sort(compareUtf8);
  }
  return copy;
}

/** The string with each lone surrogate replaced by U+FFFD, as a round trip through UTF-8 does. */
export function wellFormed(text: string): string {
  return anySurrogate.test(text) ? text.replace(loneSurrogates, '\ufffd') : text;
}

/** Length of the string in UTF-8 bytes. */
export function utf8Length(text: string): number {
  if (isAscii(text)) return text.length;
  let bytes = 0;
  for (const rune of text) {
    const code = rune.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  }
  return bytes;
}

/**
 * The first UTF-8 byte of a code point. A lone surrogate from U+DC80 to U+DCFF stands for a byte of invalid UTF-8 (0xdc00 + byte), any
 * other lone surrogate for U+FFFD.
 */
export function utf8ByteOf(code: number): number {
  if (code < 0x80) return code;
  if (code >= 0xdc80 && code <= 0xdcff) return code - 0xdc00;
  if (code < 0x800) return 0xc0 | (code >> 6);
  if (code >= 0xd800 && code <= 0xdfff) return 0xef;
  return code < 0x1_0000 ? 0xe0 | (code >> 12) : 0xf0 | (code >> 18);
}

/** A byte as Go's JSON errors print it: a character literal of the Latin-1 character with that number. */
export function quoteByte(byte: number): string {
  const char = String.fromCharCode(byte);
  if (char === "'") return `'\\''`;
  return char === '"' ? `'"'` : `'${quoteRune(char)}'`;
}

const anySurrogate = /[\ud800-\udfff]/;
const loneSurrogates = /\p{Surrogate}/gu;
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

function quoteRune(rune: string): string {
  const short = shortEscapes[rune];
  if (short !== undefined) return short;
  if (printable.test(rune) && !isNewCharacter(rune)) return rune;
  const code = rune.codePointAt(0) ?? 0;
  const hex = (width: number): string => code.toString(16).padStart(width, '0');
  if (code < 0x20 || code === 0x7f) return `\\x${hex(2)}`;
  return code < 0x1_0000 ? `\\u${hex(4)}` : `\\U${hex(8)}`;
}

function isSpace(code: number): boolean {
  if (code < 0x80) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  return (
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

function isAscii(text: string): boolean {
  return !/[\u0080-\uffff]/.test(text);
}

/** The rank of a UTF-16 code unit in UTF-8 order: surrogates, which encode astral characters, come after U+E000 to U+FFFF. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

function mapRunes(text: string, map: (rune: string) => string): string {
  let out = '';
  for (const rune of wellFormed(text)) out += map(rune);
  return out;
}

/** Characters that Go does not know yet are not mapped. */
function lowerRune(rune: string): string {
  if (isNewCharacter(rune)) return rune;
  return rune === 'İ' ? 'i' : rune.toLowerCase();
}

/** Where JavaScript's full mapping gives several characters, the simple mapping is the rune itself or its form with iota subscript. */
function upperRune(rune: string): string {
  const full = rune.toUpperCase();
  const code = rune.codePointAt(0) ?? 0;
  if (full.length <= rune.length) return isNewCharacter(full) ? rune : full;
  if (code >= 0x1f80 && code <= 0x1faf) return String.fromCodePoint(code | 8);
  return code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3 ? String.fromCodePoint(code + 9) : rune;
}
