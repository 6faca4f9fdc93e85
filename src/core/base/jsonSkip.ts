/** Finds the end of a JSON value in bytes without decoding it; gives up on values that Go or the capture reader might treat differently. */

/**
 * The offset after the value that starts at `start`, or -1: for invalid JSON, for numbers that may overflow a float64, for nesting that
 * Go may refuse, and for strings that may contain the redaction mark (`[REDACTED]`).
 */
export function skipJson(bytes: Uint8Array, start: number): number {
  // For each open array or object: whether it is an object.
  const isObject: boolean[] = [];
  let at = start;
  for (;;) {
    const code = bytes[at] ?? 0;
    if (code === openBrace || code === openBracket) {
      at = skipSpace(bytes, at + 1);
      if (bytes[at] !== code + toClosing) {
        if (isObject.length === deepest) return -1;
        isObject.push(code === openBrace);
        if (code === openBracket) continue;
        at = skipKey(bytes, at);
        if (at < 0) return -1;
        continue;
      }
      at++;
    } else {
      at = code === quote ? skipJsonString(bytes, at) : skipScalar(bytes, at);
      if (at < 0) return -1;
    }
    // A value has ended; close the arrays and objects that end here.
    for (;;) {
      const inObject = isObject.at(-1);
      if (inObject === undefined) return at;
      at = skipSpace(bytes, at);
      const next = bytes[at++];
      if (next === comma) {
        at = skipSpace(bytes, at);
        if (inObject) at = skipKey(bytes, at);
        if (at < 0) return -1;
        break;
      }
      if (next !== (inObject ? closeBrace : closeBracket)) return -1;
      isObject.pop();
    }
  }
}

/** The offset after the string whose opening quote is at `open`, or -1. */
export function skipJsonString(bytes: Uint8Array, open: number): number {
  let at = open + 1;
  for (;;) {
    let code = bytes[at] ?? 0;
    while (plain[code] === 1) code = bytes[++at] ?? 0;
    if (code === quote) return at + 1;
    if (code === backslash) {
      at = skipEscape(bytes, at + 1);
      if (at < 0) return -1;
    } else if (code === openBracket && (bytes[at + 1] !== capitalR || bytes[at + 2] !== capitalE)) at++;
    else return -1;
  }
}

/** The first offset from `start` on that does not hold white space. */
export function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  while (isSpace(bytes[at])) at++;
  return at;
}

function skipKey(bytes: Uint8Array, start: number): number {
  if (bytes[start] !== quote) return -1;
  const end = skipJsonString(bytes, start);
  if (end < 0) return -1;
  const at = skipSpace(bytes, end);
  return bytes[at] === colon ? skipSpace(bytes, at + 1) : -1;
}

/** The offset after the escape; `at` is the byte after the backslash. */
function skipEscape(bytes: Uint8Array, at: number): number {
  const code = bytes[at] ?? 0;
  if (code !== letterU) return escapable.has(code) ? at + 1 : -1;
  for (let digit = 1; digit <= 4; digit++) if (!isHexDigit(bytes[at + digit])) return -1;
  return at + 5;
}

function skipScalar(bytes: Uint8Array, at: number): number {
  for (const word of words) {
    if (bytes[at] === word[0]) return word.every((code, index) => bytes[at + index] === code) ? at + word.length : -1;
  }
  return skipNumber(bytes, at);
}

function skipNumber(bytes: Uint8Array, start: number): number {
  const first = bytes[start] === minus ? start + 1 : start;
  let at = skipDigits(bytes, first);
  if (at === first || at - first > mostDigits || (bytes[first] === zero && at > first + 1)) return -1;
  if (bytes[at] === dot) {
    const fraction = at + 1;
    at = skipDigits(bytes, fraction);
    if (at === fraction) return -1;
  }
  const code = bytes[at];
  return code === letterE || code === capitalE ? -1 : at;
}

function skipDigits(bytes: Uint8Array, start: number): number {
  let at = start;
  for (let code = bytes[at] ?? 0; code >= zero && code <= nine; code = bytes[at] ?? 0) at++;
  return at;
}

function isSpace(code: number | undefined): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function isHexDigit(code: number | undefined): boolean {
  if (code === undefined) return false;
  const letter = code | 0x20;
  return (code >= zero && code <= nine) || (letter >= 0x61 && letter <= 0x66);
}

/** Deepest nesting that is skipped: far below Go's limit of 10000, and deeper than real data. */
const deepest = 200;
/** Most digits of a number that is skipped: far fewer than overflow a float64. */
const mostDigits = 100;

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const dot = 0x2e;
const zero = 0x30;
const nine = 0x39;
const colon = 0x3a;
const capitalE = 0x45;
const capitalR = 0x52;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const letterE = 0x65;
const letterU = 0x75;
const openBrace = 0x7b;
const closeBrace = 0x7d;
/** Distance from `{` to `}`, and from `[` to `]`. */
const toClosing = 2;

const escapable: ReadonlySet<number> = new Set([quote, backslash, 0x2f, 0x62, 0x66, 0x6e, 0x72, 0x74]);
const words = ['true', 'false', 'null'].map((word) => Array.from(word, (char) => char.charCodeAt(0)));

/** 1 for bytes of a string that need no check. A read behind the end gives 0, which does need one. */
const plain = new Uint8Array(256);
for (let code = 0x20; code < 256; code++)
  plain[code] = code === quote || code === backslash || code === openBracket ? 0 : 1;
