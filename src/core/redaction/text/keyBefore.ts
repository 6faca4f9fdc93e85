/** Reads the key before a separator: a name, a name in quotes or brackets, a few words, or a name with its type. */
import { type KeyRules, mayEndKey } from '../values/secretKeys.ts';
import type { KeyRule } from '../values/secretNames.ts';
import { charAt, endAt, endTable } from '../values/wordEnds.ts';
import { backslash, closeBracket, colon, equals, questionMark, space } from './charCodes.ts';

/** The key before `:`, `=` or `,`. */
export interface KeyBefore {
  /** Index of its first character, without a quote. */
  readonly start: number;
  /** Index after its last character, without a quote. */
  readonly end: number;
  /** Its text in small letters if it may name a name or a value, else empty. */
  readonly name: string;
  readonly quoted: boolean;
  /** Whether it has no small letters, like the name of a variable of an environment. */
  readonly capitals: boolean;
  readonly rule: KeyRule | null;
}

const longestKey = 80;

/** Keys whose values name the `value` beside them, as in `name: API_KEY` and `value: …`. */
export const nameKeys: ReadonlySet<string> = new Set(['name', 'key', 'header', 'variable', 'field', 'id', 'label']);
export const valueKeys: ReadonlySet<string> = new Set(['value', 'val', 'content', 'default']);

/** Returns the key before a separator; null when there is none, or one that neither holds nor names a secret. */
export function keyBefore(text: string, separator: number, keys: KeyRules): KeyBefore | null {
  let end = separator;
  // The first characters of `:=`, `==`, `+=` and similar.
  if (charAt(text, separator) === equals && isOperator(charAt(text, end - 1))) end--;
  end = skipBack(text, end);
  if (charAt(text, end - 1) === closeBracket) end = skipBack(text, end - 1);
  if (charAt(text, end - 1) === questionMark) end--;
  const quote = charAt(text, end - 1);
  if (quote === 0x22 || quote === 0x27 || quote === 0x60) return quotedKey(text, end, quote, keys);
  const isKnown = mayEndKey(text, end) || mayEndName(text, end);
  // A type stands between the name and the value only where spaces are around the sign, as in code.
  const isTyped = charAt(text, separator) === equals && charAt(text, separator - 1) === space;
  if (!isKnown && !isTyped) return null;
  const start = startOfKey(text, end);
  if (start === end) return null;
  return (isTyped ? typedKey(text, start, keys) : null) ?? (isKnown ? plainKey(text, start, end, keys) : null);
}

/** The first argument of a call or an item of a list, in quotes before a comma; null for other strings. */
export function argumentBefore(text: string, comma: number, keys: KeyRules): KeyBefore | null {
  const quote = charAt(text, comma - 1);
  let end = comma - 1;
  while (charAt(text, end - 1) === backslash) end--;
  if (!mayEndKey(text, end)) return null;
  const start = startOfKey(text, end);
  if (charAt(text, start - 1) !== quote || start === end || /[^\w.-]/.test(text.slice(start, end))) return null;
  const first = charAt(text, start);
  let before = start - 2;
  while (charAt(text, before) === backslash) before--;
  const isFirst = charAt(text, before) === 0x28 || charAt(text, before) === 0x5b;
  return first === 0x2d || isFirst ? quotedKey(text, comma, quote, keys) : null;
}

function quotedKey(text: string, closing: number, quote: number, keys: KeyRules): KeyBefore | null {
  let end = closing - 1;
  while (charAt(text, end - 1) === backslash) end--;
  if (!mayEndKey(text, end) && !mayEndName(text, end)) return null;
  const open = text.lastIndexOf(String.fromCharCode(quote), end - 1);
  const start = open + 1;
  if (open < 0 || end - start > longestKey || end <= start) return null;
  const key = text.slice(start, end);
  return /[\n"'`{}]/.test(key) ? null : keyOf(text, start, end, true, keys.ruleOf(key));
}

/** `password: string = "…"`, `let token: &str = "…"`: the name before the type. */
function typedKey(text: string, start: number, keys: KeyRules): KeyBefore | null {
  let at = start;
  while (charAt(text, at - 1) === 0x26 || charAt(text, at - 1) === space) at--;
  if (at === start || charAt(text, at - 1) !== colon) return null;
  const end = at - 1;
  const from = startOfKey(text, end);
  if (from === end) return null;
  const rule = keys.ruleOf(text.slice(from, end));
  return rule === null ? null : keyOf(text, from, end, false, rule);
}

function plainKey(text: string, start: number, end: number, keys: KeyRules): KeyBefore | null {
  const word = text.slice(start, end);
  let rule = keys.ruleOf(word);
  // A space may belong to the key: `API key: …`, `mot de passe: …`.
  if (charAt(text, start - 1) === space && word !== 'pass' && (rule !== null || phraseEnds.has(word.toLowerCase()))) {
    const phrase = phraseBefore(text, start);
    const whole = keys.ruleOf(text.slice(phrase, end));
    if (phrase < start) rule = whole ?? (rule === null ? null : keys.ruleOf(text.slice(phrase, end)));
  }
  return keyOf(text, start, end, false, rule);
}

/** Index of the first character of a name that ends at an index. */
export function startOfKey(text: string, end: number): number {
  let start = end;
  while (start > 0 && end - start < longestKey && isKeyPart(charAt(text, start - 1))) start--;
  return start;
}

/** The rule of a word that ends at an index, with the up to three words before it. */
export function ruleOfWords(text: string, end: number, keys: KeyRules): KeyRule | null {
  const start = startOfKey(text, end);
  return start === end || !mayEndKey(text, end) ? null : (plainKey(text, start, end, keys)?.rule ?? null);
}

/** Index where up to three words of letters begin that end at the index of a word. */
function phraseBefore(text: string, start: number): number {
  let at = start;
  for (let words = 0; words < 3 && charAt(text, at - 1) === space; words++) {
    let from = at - 1;
    while (from > 0 && at - from < 20 && isLetter(charAt(text, from - 1))) from--;
    if (from === at - 1 || notInKeys.has(text.slice(from, at - 1))) break;
    at = from;
  }
  return at;
}

/** The key in a range; null for an ordinary one. */
function keyOf(text: string, start: number, end: number, quoted: boolean, rule: KeyRule | null): KeyBefore | null {
  const name = end - start <= 8 && mayEndName(text, end) ? text.slice(start, end).toLowerCase() : '';
  if (rule === null && !nameKeys.has(name) && !valueKeys.has(name)) return null;
  return { start, end, name, quoted, capitals: hasNoSmallLetters(text, start, end), rule };
}

/** Whether a key may be the name or the value of a pair, as in `name: API_KEY` and `value: …`. */
function mayEndName(text: string, end: number): boolean {
  return nameEnds[endAt(text, end)] === 1;
}

/** The last letters of the names of names and values. `id` is a whole name, so that no letter is before it. */
export const nameEnds = endTable(
  [...nameKeys, ...valueKeys].flatMap((name) => (name === 'id' ? [' id', '1id', '"id', ')id'] : name)),
  false,
);

function hasNoSmallLetters(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code >= 97 && code <= 122) return false;
  }
  return true;
}

function skipBack(text: string, end: number): number {
  let at = end;
  while (end - at < 16 && (charAt(text, at - 1) === space || charAt(text, at - 1) === 0x09)) at--;
  return at;
}

/** Last words of keys of several words that are ordinary alone. */
const phraseEnds: ReadonlySet<string> = new Set(
  'key keys code codes phrase words passe number no token string acesso acceso accesso secreta privada api'.split(' '),
);

/** Words before a key that are not part of it. */
const notInKeys: ReadonlySet<string> = new Set(
  'const let var return if and or the you to not will can must should this def final static a an my your with of in'.split(
    ' ',
  ),
);

function isOperator(code: number): boolean {
  return code === colon || code === equals || code === 0x2b || code === 0x21 || code === questionMark || code === 0x7c;
}

function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return (lower >= 97 && lower <= 122) || code >= 0xc0;
}

export function isKeyPart(code: number): boolean {
  return code < 128 ? keyParts[code] === 1 : code >= 0xc0 && code !== 0x201c && code !== 0x201d && code !== 0x3000;
}

const keyParts = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-$') {
  keyParts[char.charCodeAt(0)] = 1;
}
