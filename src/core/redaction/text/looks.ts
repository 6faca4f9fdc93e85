/** Tells from a few characters around a mark whether a finder may find a secret there, so that most marks need no further look. */
import { runCharacters } from '../formats/formatFinder.ts';
import { keyEnds } from '../values/secretKeys.ts';
import {
  charAt,
  charCodes,
  codeOf,
  digitCode,
  endAt,
  endMask,
  endTable,
  parenthesisCode,
  quoteCode,
  wideCode,
} from '../values/wordEnds.ts';
import { isKeyPart, nameEnds } from './keyBefore.ts';
import { mayEndStatement, mayLink } from './phrases.ts';
import { colon, comma, equals, less, minus, newline, slash, space } from './charCodes.ts';

/** Bit of the kind of a character, above its code (`charCodes`): whether it breaks runs. Lower kinds are parts of runs and nothing else. */
export const breaksRun = 1 << 5;

/** Higher bits are the kinds of marks, after which a kind is shifted to compare it with `markEnds`. */
export const markShift = 8;
const ofSpace = 1;
const ofComma = 2;
const ofEquals = 4;
const ofMinus = 8;
const ofAll = 128;

/** The kinds of all characters. */
export const charKinds = new Uint16Array(1 << 16).fill(breaksRun | wideCode);
for (const [char, code] of charCodes.entries()) charKinds[char] = code | breaksRun;
for (const char of runCharacters) charKinds[char.charCodeAt(0)] = codeOf(char.charCodeAt(0));
const marks = {
  ' ': ofSpace,
  ',': ofComma,
  '=': ofEquals,
  '-': ofMinus,
  ':': ofAll,
  '<': ofAll,
  '>': ofAll,
  '\n': ofAll,
};
for (const [char, mark] of Object.entries(marks)) {
  charKinds[char.charCodeAt(0)] = (mark << markShift) | (runCharacters.includes(char) ? 0 : breaksRun);
}

/** The first and the last of the wide forms of ASCII characters. */
const firstWide = 0xff01;
const lastWide = 0xff5e;
charKinds.fill(breaksRun | wideCode | (ofAll << markShift), firstWide, lastWide + 1);

/**
 * Whether the mark at an index may belong to a secret. `recent` has the codes of the characters before it (`endAt`), and `colons` is the
 * number of colons in its line, with itself.
 */
export function needsLook(text: string, at: number, code: number, recent: number, colons: number): boolean {
  switch (code) {
    case space:
      return spaceNeedsLook(text, at, recent);
    case minus:
      return minusNeedsLook(text, at, recent);
    case comma:
      return (
        (recent & 31) === quoteCode && ((keyEnds[endAt(text, at - 1)] as number) === 1 || isBackslash(text, at - 2))
      );
    case colon:
      return colonNeedsLook(text, at, recent);
    case equals:
      // A type stands between the name and the value.
      if (colons > 0 && charAt(text, at - 1) === space) return true;
      return separatorNeedsLook(text, isOperator(charAt(text, at - 1)) ? at - 1 : at);
    case less:
      return charAt(text, at + 1) === slash;
    case newline:
      return true;
    default:
      return code >= firstWide && code <= lastWide;
  }
}

function spaceNeedsLook(text: string, at: number, recent: number): boolean {
  const last = recent & 31;
  if (last === digitCode) {
    const next = charAt(text, at + 1);
    return next <= 0x39 && next >= 0x30 && isGrouped(text, at, space);
  }
  if (last === quoteCode || last === parenthesisCode) {
    const before = codeOf(charAt(text, at - 2));
    const end = before === quoteCode || before === parenthesisCode ? at - 2 : at - 1;
    return keyEnds[endAt(text, end)] === 1 && (mayLink(text, at + 1) || mayEndStatement(text, end));
  }
  const end = phraseEnds[recent & endMask] as number;
  return end === ofScheme || (end === ofKey && (mayLink(text, at + 1) || mayEndStatement(text, at)));
}

function minusNeedsLook(text: string, at: number, recent: number): boolean {
  if ((recent & 31) === digitCode) return isGrouped(text, at, minus);
  const next = charAt(text, at + 1);
  if (next === minus && charAt(text, at + 2) === minus) return startOfBlock(text, at) >= 0;
  return isLetter(next === minus ? charAt(text, at + 2) : next) && mayPrecedeFlag(charAt(text, at - 1));
}

/** Index of `-----BEGIN ` whose first or second dash is at an index; -1 elsewhere. The first dash after a letter has no look. */
export function startOfBlock(text: string, at: number): number {
  if (charAt(text, at + 5) === 0x42) return text.startsWith('-----BEGIN ', at) ? at : -1;
  return charAt(text, at + 4) === 0x42 && at > 0 && text.startsWith('-----BEGIN ', at - 1) ? at - 1 : -1;
}

/** Whether a flag may follow a character: white space, a quote, an opening bracket or a bar. */
export function mayPrecedeFlag(before: number): boolean {
  return !(before > space) || codeOf(before) === quoteCode || before === 0x28 || before === 0x7c || before === 0x5b;
}

/** Whether a group of digits that ends at an index may be followed by others with the same mark, as in the number of a card. */
function isGrouped(text: string, at: number, mark: number): boolean {
  return charAt(text, at + 5) === mark || charAt(text, at + 7) === mark;
}

function colonNeedsLook(text: string, at: number, recent: number): boolean {
  const next = charAt(text, at + 1);
  if (next === slash) return charAt(text, at + 2) === slash;
  return headEnds[recent & endMask] === 1 || (next !== equals && separatorNeedsLook(text, at));
}

/** Whether the key before a separator may have a rule, or be the name of a name. */
function separatorNeedsLook(text: string, separator: number): boolean {
  let end = separator;
  if (isBlank(charAt(text, end - 1))) end--;
  const last = charAt(text, end - 1);
  if (last === 0x5d || isBlank(last)) return true;
  if (last === 0x3f) end--;
  if (codeOf(charAt(text, end - 1)) === quoteCode) {
    end--;
    if (isBackslash(text, end - 1)) return true;
  }
  if (codeOf(charAt(text, end - 1)) === digitCode && isNumber(text, end)) return false;
  const ending = endAt(text, end);
  return keyEnds[ending] === 1 || nameEnds[ending] === 1;
}

/** Whether the digits that end at an index are no part of a key. */
function isNumber(text: string, end: number): boolean {
  let start = end;
  while (end - start < 20 && codeOf(charAt(text, start - 1)) === digitCode) start--;
  return !isKeyPart(charAt(text, start - 1));
}

/** Ends of words before a space after which a secret may stand: names of secrets, and schemes or `BY` of a statement. */
const ofKey = 1;
const ofScheme = 2;
const phraseEnds = endTable(['bearer', 'basic', ' by'], false).map(
  (isScheme, end) => isScheme * ofScheme || (keyEnds[end] as number),
);

/** For the codes of three characters (`endAt`), bits of the marks after them that need a look; the other marks need none. */
export const markEnds = phraseEnds.map((phrase, end) => {
  const last = end & 31;
  const middle = (end >> 5) & 31;
  const isQuoted = last === quoteCode && (middle === 0 || isKnownBefore(end));
  const isClosed =
    (last === quoteCode || last === parenthesisCode) &&
    (middle === quoteCode || middle === parenthesisCode || isKnownBefore(end));
  const isGroup = last === digitCode && middle === digitCode && end >> 10 === digitCode;
  const isKey = keyEnds[end] === 1 || nameEnds[end] === 1;
  return (
    ofAll |
    ((last === digitCode ? isGroup : isClosed || phrase > 0) ? ofSpace : 0) |
    (isQuoted ? ofComma : 0) |
    (isKey || last === 0 || isQuoted ? ofEquals : 0) |
    (isGroup || last === 0 || last === quoteCode ? ofMinus : 0)
  );
});

/** Whether the first two of three characters are the end of a key or a name. */
function isKnownBefore(end: number): boolean {
  for (let first = 0; first < 32; first++) {
    const before = (first << 10) | (end >> 5);
    if (keyEnds[before] === 1 || nameEnds[before] === 1) return true;
  }
  return false;
}

/** Words before a colon that begin a special line: `kind: Secret`, `Private-Lines:`, `jdbc:oracle:thin:`. */
const headEnds = endTable(['kind', 'Private-Lines', ':thin'], false);

function isOperator(code: number): boolean {
  return code === colon || code === equals || code === 0x2b || code === 0x21 || code === 0x3f || code === 0x7c;
}

function isBackslash(text: string, at: number): boolean {
  return charAt(text, at) === 0x5c;
}

function isBlank(code: number): boolean {
  return code === space || code === 0x09;
}

function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 97 && lower <= 122;
}
