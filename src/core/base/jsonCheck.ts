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
  let at = start + 1;
  for (;;) {
    // Most parts without an escape are short.
    const limit = Math.min(text.length, at + shortPart);
    let code = 0;
    for (; at < limit; at++) {
      code = text.charCodeAt(at);
      if (code === quote || code === backslash || code < 0x20) break;
    }
    if (at === limit) {
      special.lastIndex = at;
      if (!special.test(text)) return -1;
      at = special.lastIndex - 1;
      code = text.charCodeAt(at);
    }
    if (code === quote) return at + 1;
    if (code !== backslash || at + 1 >= text.length) return -1;
    if (shortEscapes.includes(text.charAt(at + 1))) at += 2;
    else {
      longEscape.lastIndex = at;
      if (!longEscape.test(text)) return -1;
      at = longEscape.lastIndex;
    }
  }
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

/** Characters that are looked at one by one, before an expression searches the end or the next escape of a string. */
const shortPart = 32;

/** What ends a string, begins an escape, or may not stand in a string. */
// eslint-disable-next-line no-control-regex
const special = /["\\\u0000-\u001f]/g;
const shortEscapes = '"\\/bfnrt';
const longEscape = /\\u[0-9a-fA-F]{4}/y;
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
