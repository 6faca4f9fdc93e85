/** Checks in steps whether a long text is valid JSON, because `JSON.parse` holds its thread until it has read the whole. */
import type { Steps } from './steps.ts';

/** Characters between two steps. */
const stepLength = 256 * 1024;

/** Whether `JSON.parse` accepts the text. Nesting may be as deep as it likes. */
export function* isJsonInSteps(text: string): Steps<boolean> {
  const isObject: boolean[] = [];
  let at = skipSpace(text, 0);
  let pauseAt = stepLength;
  for (;;) {
    if (at >= pauseAt) {
      yield;
      pauseAt = at + stepLength;
    }
    const code = text.charCodeAt(at);
    if (code === openBrace || code === openBracket) {
      at = skipSpace(text, at + 1);
      if (text.charCodeAt(at) !== code + toClosing) {
        isObject.push(code === openBrace);
        if (code === openBrace) at = skipKey(text, at);
        if (at < 0) return false;
        continue;
      }
      at++;
    } else {
      at = code === quote ? skipString(text, at) : skipScalar(text, at);
      if (at < 0) return false;
    }
    // A value has ended, and with it the objects and arrays whose last one it was.
    for (;;) {
      at = skipSpace(text, at);
      const inObject = isObject.at(-1);
      if (inObject === undefined) return at === text.length;
      const next = text.charCodeAt(at);
      if (next === comma) {
        at = skipSpace(text, at + 1);
        if (inObject) at = skipKey(text, at);
        if (at < 0) return false;
        break;
      }
      if (next !== (inObject ? closeBrace : closeBracket)) return false;
      isObject.pop();
      at++;
    }
  }
}

/** The place of the member's value, or -1. */
function skipKey(text: string, start: number): number {
  if (text.charCodeAt(start) !== quote) return -1;
  const end = skipString(text, start);
  if (end < 0) return -1;
  const at = skipSpace(text, end);
  return text.charCodeAt(at) === colon ? skipSpace(text, at + 1) : -1;
}

/** The place behind the closing quote, or -1. */
function skipString(text: string, start: number): number {
  // Most strings are short and have no escape.
  const limit = Math.min(text.length, start + 1 + shortString);
  let from = start + 1;
  for (; from < limit; from++) {
    const code = text.charCodeAt(from);
    if (code === quote) return from + 1;
    if (code === backslash || code < 0x20) break;
  }
  special.lastIndex = from;
  for (let found = special.exec(text); found !== null; found = special.exec(text)) {
    const at = found.index;
    if (text.charCodeAt(at) === quote) return at + 1;
    if (text.charCodeAt(at) !== backslash) return -1;
    escape.lastIndex = at;
    if (!escape.test(text)) return -1;
    special.lastIndex = escape.lastIndex;
  }
  return -1;
}

function skipScalar(text: string, start: number): number {
  scalar.lastIndex = start;
  return scalar.test(text) ? scalar.lastIndex : -1;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
    at++;
  }
}

/** Characters of a string that are looked at one by one, before an expression searches its end. */
const shortString = 32;

/** What ends a string, begins an escape, or may not stand in a string. */
// eslint-disable-next-line no-control-regex
const special = /["\\\u0000-\u001f]/g;
const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** From the code of an opening bracket to that of the closing one. */
const toClosing = 2;
