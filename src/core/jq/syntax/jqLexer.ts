/** Splits a jq program into tokens, with the errors and byte offsets of gojq's lexer. */
import { utf8Length, wellFormed } from '../../go/goText.ts';

/** Kinds of tokens. `mark` is an operator or a bracket, `begin` the quote before a text with interpolations. */
export type TokenKind =
  | 'name'
  | 'field'
  | 'variable'
  | 'number'
  | 'format'
  | 'string'
  | 'begin'
  | 'query'
  | 'finish'
  | 'mark'
  | 'end'
  | 'invalid';

/** A token, and the index in the text after it. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly end: number;
  /** gojq's error about an invalid token. */
  readonly error?: string;
}

/** A syntax error: gojq's sentence, the offending token (empty at the end of the text), and the number of bytes read. */
export class JqSyntaxError extends Error {
  readonly token: string;
  readonly offset: number;

  constructor(message: string, token: string, offset: number) {
    super(message);
    this.token = token;
    this.offset = offset;
  }
}

const space = /(?:[ \t\r\n]|#(?:[^\\\n\r]|\\(?:\r\n|[\\\n\r]|(?=[^\\\n\r])|$))*)*/y;
const number = /(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y;
/** What may not follow a number, and the exponent without digits. */
const afterNumber = /[.]|[eE][-+]?(?:[a-zA-Z_]|(?!\d))|[a-zA-Z_]/y;
const name = /[a-zA-Z_]\w*(?:::[a-zA-Z_]\w*)?/y;
const marks = ['?//', '//=', '..', '|=', '+=', '-=', '*=', '/=', '%=', '//', '==', '!=', '>=', '<='] as const;

/** Reads tokens one by one; the parser says when it is back inside a string. */
export class Lexer {
  readonly #text: string;
  #at = 0;
  #isInString = false;

  constructor(text: string) {
    this.#text = text;
  }

  /** Continues with the string after the `)` of an interpolation. */
  resumeString(): void {
    this.#isInString = true;
  }

  /** The syntax error at a token. */
  errorAt({ kind, text, end, error }: Token): JqSyntaxError {
    const offset = utf8Length(this.#text.slice(0, end));
    const message = error ?? (kind === 'end' ? 'unexpected EOF' : `unexpected token ${JSON.stringify(text)}`);
    return new JqSyntaxError(message, text, offset);
  }

  next(): Token {
    if (this.#at === this.#text.length) return this.#token('end', 0);
    if (this.#isInString) return this.#string(this.#at);
    this.#at += this.#match(space)?.length ?? 0;
    const char = this.#text[this.#at];
    if (char === undefined) return this.#token('end', 0);
    if (/[a-zA-Z_]/.test(char)) return this.#take('name', this.#match(name) ?? '');
    const digits = this.#match(number);
    if (digits !== null) return this.#number(digits);
    if (char === '"') {
      this.#at++;
      return this.#string(this.#at - 1);
    }
    const prefixed = this.#prefixed(char);
    if (prefixed !== null) return prefixed;
    const mark = marks.find((each) => this.#text.startsWith(each, this.#at));
    return this.#take('mark', mark ?? String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0));
  }

  #prefixed(char: string): Token | null {
    const rest = this.#text.slice(this.#at + 1, this.#at + 2);
    if (char === '.' && /[a-zA-Z_]/.test(rest)) return this.#word('field', /[a-zA-Z_]\w*/y);
    if (char === '$' && /[a-zA-Z_]/.test(rest)) return this.#word('variable', name);
    return char === '@' && /\w/.test(rest) ? this.#word('format', /\w+/y) : null;
  }

  #word(kind: TokenKind, pattern: RegExp): Token {
    this.#at++;
    const word = this.#match(pattern) ?? '';
    const prefix = this.#text[this.#at - 1] ?? '';
    return { ...this.#token(kind, word.length), text: prefix + word };
  }

  /** The next part of a string. A string without interpolations is one token. */
  #string(start: number): Token {
    for (let at = this.#at; at < this.#text.length; at++) {
      const char = this.#text[at];
      if (char === '"') return this.#endOfPart(start, at);
      if (char !== '\\') continue;
      at++;
      const escaped = this.#text[at];
      if (escaped === 'u') {
        const bad = this.#badHex(at);
        if (bad !== null) return this.#badEscape(at - 1, bad);
        at += 4;
      } else if (escaped === '(') {
        if (!this.#isInString) {
          this.#isInString = true;
          return { kind: 'begin', text: '"', end: this.#at };
        }
        if (at !== this.#at + 1) return this.#part(this.#at, at - 1, at - 1);
        this.#at += 2;
        this.#isInString = false;
        return { kind: 'query', text: '\\(', end: this.#at };
      } else if (escaped !== undefined && !'"/\\bfnrt'.includes(escaped)) {
        return this.#badEscape(at - 1, at + 1);
      }
    }
    this.#at = this.#text.length;
    return { kind: 'invalid', text: '', end: this.#at, error: 'unterminated string literal' };
  }

  #endOfPart(start: number, at: number): Token {
    if (!this.#isInString) return this.#part(start + 1, at, at + 1);
    if (at > this.#at) return this.#part(this.#at, at, at);
    this.#isInString = false;
    this.#at = at + 1;
    return { kind: 'finish', text: '"', end: this.#at };
  }

  #part(from: number, to: number, end: number): Token {
    this.#at = end;
    const raw = this.#text.slice(from, to);
    // Control characters may stand in a literal, unlike in JSON.
    const escaped = Array.from(raw, escapeControl).join('');
    const text = raw.includes('\\') ? wellFormed(JSON.parse(`"${escaped}"`) as string) : raw;
    return { kind: 'string', text, end };
  }

  /** The index after the first character that is not a hexadecimal digit; null when there are four. */
  #badHex(at: number): number | null {
    for (let digit = 1; digit <= 4; digit++) {
      if (!/[0-9a-fA-F]/.test(this.#text[at + digit] ?? '')) return Math.min(at + digit, this.#text.length);
    }
    return null;
  }

  #badEscape(from: number, end: number): Token {
    this.#at = end;
    const text = this.#text.slice(from, end);
    return { kind: 'invalid', text, end, error: `invalid escape sequence "${text}" in string literal` };
  }

  #number(digits: string): Token {
    const number = this.#take('number', digits);
    const wrong = this.#match(afterNumber);
    if (wrong === null) return number;
    const text = digits + wrong;
    this.#at += wrong.length;
    return { kind: 'invalid', text, end: this.#at, error: `invalid token ${JSON.stringify(text)}` };
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0] ?? null;
  }

  #take(kind: TokenKind, text: string): Token {
    return this.#token(kind, text.length);
  }

  #token(kind: TokenKind, length: number): Token {
    const text = this.#text.slice(this.#at, this.#at + length);
    this.#at += length;
    return { kind, text, end: this.#at };
  }
}

function escapeControl(char: string): string {
  return char < ' ' ? `\\u00${char.charCodeAt(0).toString(16).padStart(2, '0')}` : char;
}
