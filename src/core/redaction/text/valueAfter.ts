/** Reads the value after a key: in quotes that may be escaped, a block of YAML, or characters up to a separator. */
import type { KeyBefore } from './keyBefore.ts';
import type { Place } from '../values/secretDecision.ts';
import {
  ampersand,
  backslash,
  backtick,
  closeBrace,
  closeBracket,
  closeParenthesis,
  colon,
  comma,
  doubleQuote,
  greater,
  hash,
  less,
  minus,
  newline,
  openBrace,
  openParenthesis,
  questionMark,
  semicolon,
  singleQuote,
  space,
} from './charCodes.ts';

/** A value in a text. */
export interface ValueAt {
  readonly start: number;
  /** Index after the last character. */
  readonly end: number;
}

/** Longest value that is examined. */
const longestValue = 100_000;

/** Longest value without quotes. */
const longestPlain = 8192;

/**
 * Returns the value in the quotes at an index; null when there is no quote. In JSON inside of strings the quotes have backslashes before
 * them, and a quote in the value has more. Without a closing quote, the value ends with the line.
 */
export function quotedValue(text: string, at: number): ValueAt | null {
  let quoteAt = at;
  while (text.charCodeAt(quoteAt) === backslash && quoteAt - at < 32) quoteAt++;
  const slashes = quoteAt - at;
  const quote = text.charCodeAt(quoteAt);
  if (quote !== doubleQuote && quote !== singleQuote && quote !== backtick) return null;
  const start = quoteAt + 1;
  const limit = Math.min(text.length, start + longestValue);
  let before = 0;
  for (let end = start; end < limit; end++) {
    const code = text.charCodeAt(end);
    if (code === backslash) before++;
    else if (code === newline) return { start, end };
    else if (code === quote) {
      // A backslash and a quote of the value are escaped once more than the quotes around it.
      if (before < slashes || before % (2 * (slashes + 1)) === slashes)
        return { start, end: end - Math.min(before, slashes) };
      before = 0;
    } else before = 0;
  }
  return { start, end: limit };
}

/** Returns the rest of the line, up to a quote. */
export function lineValue(text: string, at: number): ValueAt {
  restOfLine.lastIndex = at;
  return { start: at, end: at + (restOfLine.exec(text)?.[0].length ?? 0) };
}

const restOfLine = /[^\n\r"'`\\]{0,2000}/y;

/** Returns the first line of a block of YAML, `key: |` or `key: >-`, whose lines have a deeper indentation; null for other values. */
export function blockValue(text: string, at: number, keyAt: number): ValueAt | null {
  const sign = text.charCodeAt(at);
  if (sign !== 0x7c && sign !== greater) return null;
  blockHead.lastIndex = at;
  const head = blockHead.exec(text);
  if (head === null) return null;
  const indentation = keyAt - (text.lastIndexOf('\n', keyAt - 1) + 1);
  const start = at + head[0].length;
  const first = start - (text.lastIndexOf('\n', start - 1) + 1);
  if (first <= indentation && indentation > 0) return null;
  const end = text.indexOf('\n', start);
  return { start, end: end < 0 ? text.length : end };
}

const blockHead = /[|>][+-]?\d?[ \t]{0,20}(?:#[^\n]{0,200})?\r?\n[ \t]{1,100}/y;

/** Returns a value without quotes, and the place that its neighbours make of it. */
export function plainValue(
  text: string,
  at: number,
  key: KeyBefore,
  separator: number,
): ValueAt & { readonly place: Place } {
  const opening = text.charCodeAt(at);
  const before = text.charCodeAt(key.start - 1);
  // ODBC puts values with marks in braces.
  if (opening === openBrace && before === semicolon) {
    const close = text.indexOf('}', at);
    if (close > 0 && close - at < 200) return { start: at + 1, end: close, place: 'form' };
  }
  const isForm = before === ampersand || before === questionMark || before === hash || before === semicolon;
  let end = endOfPlain(text, at);
  if (text.charCodeAt(separator) === colon && !isForm) {
    const stop = text.charCodeAt(end - 1);
    const isCode = stop === comma || stop === semicolon;
    end = withoutClosing(text, at, isCode ? end - 1 : end);
    const isLine =
      !isCode && text.charCodeAt(separator + 1) !== openBrace && isLineEnd(text, end) && isLineStart(text, key);
    return { start: at, end, place: isLine ? 'line' : 'inline' };
  }
  while (end > at && (text.charCodeAt(end - 1) === comma || text.charCodeAt(end - 1) === semicolon)) end--;
  const next = text.charCodeAt(end);
  end = withoutClosing(text, at, end);
  if (isForm || next === ampersand) return { start: at, end, place: 'form' };
  const isSpaced = text.charCodeAt(separator + 1) !== opening || at > separator + 1;
  if (key.capitals && !isSpaced) return { start: at, end, place: 'env' };
  if (text.charCodeAt(key.start) === minus) return { start: at, end, place: 'form' };
  const after = text.charCodeAt(end);
  const isCall =
    after === closeParenthesis ||
    after === comma ||
    before === openParenthesis ||
    (before === space && text.charCodeAt(key.start - 2) === comma);
  if (isCall) return { start: at, end, place: 'inline' };
  if (!isSpaced) return { start: at, end, place: isSeparated(text, end) ? 'form' : 'inline' };
  return { start: at, end, place: isIni(text, key.start) && isLineEnd(text, end) ? 'line' : 'bare' };
}

/** Index after a value without quotes: at white space, a quote, an escape, a separator of a form, or a mark of XML. */
function endOfPlain(text: string, at: number): number {
  const limit = Math.min(text.length, at + longestPlain);
  let end = at;
  for (; end < limit; end++) {
    const code = text.charCodeAt(end);
    if (code <= space || code === doubleQuote || code === backtick || code === less || code === greater) break;
    if (code === singleQuote && end > at) break;
    if (code === backslash && /[nrtu"'\\]/.test(text.charAt(end + 1))) break;
    if (code === semicolon && end > at) return end + 1;
    if (code === ampersand && isNextParameter(text, end + 1)) break;
    if (code === comma && end > at && /[\s\w"'[{]/.test(text.charAt(end + 1)) && isNextMember(text, end + 1))
      return end + 1;
  }
  return end;
}

function isNextParameter(text: string, at: number): boolean {
  parameter.lastIndex = at;
  return parameter.test(text);
}

const parameter = /(?:amp;)?[\w.%[\]-]{1,60}=/y;

function isNextMember(text: string, at: number): boolean {
  member.lastIndex = at;
  return member.test(text);
}

const member = /\s|["']?[\w.-]{1,40}["']?\s{0,2}[:=]/y;

/** Without a bracket at the end that is opened before the value. */
function withoutClosing(text: string, start: number, end: number): number {
  let at = end;
  while (at > start) {
    const code = text.charCodeAt(at - 1);
    const open = code === closeParenthesis ? '(' : code === closeBrace ? '{' : code === closeBracket ? '[' : null;
    if (open === null || text.slice(start, at).includes(open)) break;
    at--;
  }
  return at;
}

function isLineStart(text: string, { start, quoted }: KeyBefore): boolean {
  let at = quoted ? start - 2 : start - 1;
  for (let steps = 0; steps < 100; steps++, at--) {
    const code = text.charCodeAt(at);
    if (code !== space && code !== 0x09 && code !== minus && code !== 0x2b) return at < 0 || code === newline;
  }
  return false;
}

function isLineEnd(text: string, end: number): boolean {
  lineEnd.lastIndex = end;
  return lineEnd.test(text);
}

const lineEnd = /[ \t\r]{0,100}(?:#[^\n]{0,400})?(?:\n|$)/y;

function isSeparated(text: string, end: number): boolean {
  return end >= text.length || text.charCodeAt(end) <= space || text.charCodeAt(end) === semicolon;
}

/** Whether a heading in brackets is in one of the lines before, as in INI and TOML. */
function isIni(text: string, at: number): boolean {
  return /^\s*\[[\w .:"/-]{1,100}\]\s*$/m.test(text.slice(Math.max(0, at - 600), at));
}
