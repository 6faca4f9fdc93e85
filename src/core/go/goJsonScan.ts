/** Syntax errors of JSON texts: the same error at the same byte as Go's scanner (`encoding/json`, gateway spec 2.2). */
import { quoteByte, utf8ByteOf, utf8Length } from './goText.ts';
import type { JsonValue } from '../base/json.ts';

/** Go's error text, and the offset of the offending byte, from 0; the length of the input when it ends too early. */
export interface GoJsonError {
  readonly error: string;
  readonly offset: number;
}

/** The result of decoding: the value, or Go's error. */
export type GoJsonResult<T> = { readonly ok: true; readonly value: T } | ({ readonly ok: false } & GoJsonError);

/** Go's limit for nested arrays and objects. */
const maxGoJsonDepth = 10_000;

/** `JSON.parse` of a text that Go's syntax check accepts, else Go's error. The value may still differ from the one that Go decodes. */
export function parseValid(text: string): GoJsonResult<JsonValue> {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return { ok: false, ...explainGoJsonError(text) };
  }
  return isTooDeep(text) ? { ok: false, ...explainGoJsonError(text) } : { ok: true, value };
}

/** Whether valid JSON is nested deeper than Go allows. */
function isTooDeep(text: string): boolean {
  if (text.length <= 2 * maxGoJsonDepth || !hasManyOpenings(text)) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = skipString(text, at);
    else if (code === openBrace || code === openBracket) {
      if (++depth > maxGoJsonDepth) return true;
    } else if (code === closeBrace || code === closeBracket) depth--;
  }
  return false;
}

/** Go's error for a text that Go refuses. Throws for a text that Go accepts, because the caller has a bug then. */
function explainGoJsonError(text: string): GoJsonError {
  const scan = new Scan(text);
  const context = scan.document();
  if (context === null) throw new Error('explainGoJsonError needs an invalid text');
  return scan.errorHere(context);
}

/** Index of the closing quote of the string whose opening quote is at `open`; the length of the text when there is none. */
export function skipString(text: string, open: number): number {
  let at = open + 1;
  for (;;) {
    const end = text.indexOf('"', at);
    if (end < 0) return text.length;
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes++;
    if (slashes % 2 === 0) return end;
    at = end + 1;
  }
}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

function hasManyOpenings(text: string): boolean {
  let left = maxGoJsonDepth;
  for (const opening of ['[', '{']) {
    for (let at = text.indexOf(opening); at >= 0; at = text.indexOf(opening, at + 1)) {
      if (left-- === 0) return true;
    }
  }
  return false;
}

/** Marks an error at the end of the input for which Go does not try a space (see `errorHere`). */
const plainEnd = 'at end';

/** Scans a text up to the byte that Go refuses. Every step returns the context of the error, or null on success. */
class Scan {
  readonly #text: string;
  readonly #nesting: ('{' | '[')[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): string | null {
    let expected: 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'end of value' = 'value';
    for (;;) {
      this.#skipSpace();
      const char = this.#text[this.#at];
      if (char === undefined) return expected === 'end of value' && this.#nesting.length === 0 ? null : plainEnd;
      if (
        expected === 'end of value' ||
        (expected === 'value or ]' && char === ']') ||
        (expected === 'key or }' && char === '}')
      ) {
        const next = this.#afterValue(char);
        if (next !== 'key' && next !== 'value' && next !== 'end of value') return next;
        expected = next;
      } else if (expected === 'key' || expected === 'key or }') {
        if (char !== '"') return 'looking for beginning of object key string';
        const problem = this.#string();
        if (problem !== null) return problem;
        expected = 'colon';
      } else if (expected === 'colon') {
        if (char !== ':') return 'after object key';
        this.#at++;
        expected = 'value';
      } else if (char === '{' || char === '[') {
        this.#nesting.push(char);
        if (this.#nesting.length > maxGoJsonDepth) return 'exceeded max depth';
        this.#at++;
        expected = char === '{' ? 'key or }' : 'value or ]';
      } else {
        const problem = this.#scalar(char);
        if (problem !== null) return problem;
        expected = 'end of value';
      }
    }
  }

  /** The error at the current offset. At the end of the input Go tries a space, and reports that space when it is not allowed. */
  errorHere(context: string): GoJsonError {
    const offset = utf8Length(this.#text.slice(0, this.#at));
    if (context === plainEnd) return { error: 'unexpected end of JSON input', offset };
    const code = this.#text.codePointAt(this.#at);
    const shown = code === undefined ? quoteByte(0x20) : quoteByte(utf8ByteOf(code));
    return { error: `invalid character ${shown} ${context}`, offset };
  }

  /** What is expected next, or the context of an error. */
  #afterValue(char: string): string {
    const inside = this.#nesting.at(-1);
    if (inside === undefined) return 'after top-level value';
    if (char === (inside === '{' ? '}' : ']')) {
      this.#nesting.pop();
    } else if (char !== ',') {
      return inside === '{' ? 'after object key:value pair' : 'after array element';
    }
    this.#at++;
    if (char !== ',') return 'end of value';
    return inside === '{' ? 'key' : 'value';
  }

  #scalar(char: string): string | null {
    if (char === '"') return this.#string();
    if (char === '-' || isDigit(char)) return this.#number();
    for (const word of ['true', 'false', 'null']) {
      if (word[0] === char) return this.#word(word);
    }
    return 'looking for beginning of value';
  }

  #word(word: string): string | null {
    for (const expected of word) {
      if (this.#text[this.#at] !== expected) return `in literal ${word} (expecting '${expected}')`;
      this.#at++;
    }
    return null;
  }

  #number(): string | null {
    if (this.#text[this.#at] === '-') this.#at++;
    const first = this.#text[this.#at];
    if (!isDigit(first)) return 'in numeric literal';
    if (first === '0') this.#at++;
    else this.#digits();
    if (this.#text[this.#at] === '.') {
      this.#at++;
      if (!this.#digits()) return 'after decimal point in numeric literal';
    }
    if (this.#text[this.#at] === 'e' || this.#text[this.#at] === 'E') {
      this.#at++;
      if (this.#text[this.#at] === '+' || this.#text[this.#at] === '-') this.#at++;
      if (!this.#digits()) return 'in exponent of numeric literal';
    }
    return null;
  }

  #digits(): boolean {
    const start = this.#at;
    while (isDigit(this.#text[this.#at])) this.#at++;
    return this.#at > start;
  }

  #string(): string | null {
    for (this.#at++; ; this.#at++) {
      const char = this.#text[this.#at];
      if (char === undefined) return plainEnd;
      if (char === '"') break;
      if (char < ' ') return 'in string literal';
      if (char === '\\') {
        const problem = this.#escape();
        if (problem !== null) return problem;
      }
    }
    this.#at++;
    return null;
  }

  /** Leaves `#at` on the last character of the escape. */
  #escape(): string | null {
    this.#at++;
    const kind = this.#text[this.#at];
    if (kind === undefined || !'bfnrt\\/"u'.includes(kind)) return 'in string escape code';
    if (kind !== 'u') return null;
    for (let digit = 0; digit < 4; digit++) {
      this.#at++;
      if (!/^[0-9a-fA-F]$/.test(this.#text[this.#at] ?? '')) return 'in \\u hexadecimal character escape';
    }
    return null;
  }

  #skipSpace(): void {
    while (this.#at < this.#text.length && ' \t\r\n'.includes(this.#text.charAt(this.#at))) this.#at++;
  }
}

function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9';
}
