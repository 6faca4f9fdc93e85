/** Looks at each character of a text once, and asks the finder of its kind: separators, flags, words, lines, runs of token characters. */
import { findAddressSecrets, findOraclePassword } from './addresses.ts';
import { AssignmentFinder } from './assignments.ts';
import { findCard } from '../values/cards.ts';
import { findAttachedPasswords, findFlagSecret } from './commands.ts';
import { findFormats, longRun, runCharacters } from '../formats/formatFinder.ts';
import type { Hit } from '../values/hits.ts';
import { findKubernetesSecrets, findPrivateKey, findPuttyKey } from './keyBlocks.ts';
import { findElement, findPgpass, findPhrase } from './phrases.ts';
import type { KeyRules } from '../values/secretKeys.ts';
import { TableFinder } from './tables.ts';

/** One search of a text, in as many parts as the caller likes. */
export class TextScan {
  /** The secrets that were found, in any order. */
  readonly hits: Hit[] = [];
  readonly #keys: KeyRules;
  #text: string;
  #assignments: AssignmentFinder | null = null;
  #tables: TableFinder | null = null;
  #at = 0;
  #runStart = 0;
  #lineStart = 0;
  #colons = 0;
  /** Separators before this index are inside of a value. */
  #assignmentsFrom = 0;
  #open = -1;
  #close = -1;
  #hasFlags = false;
  #isKubernetes = false;

  constructor(text: string, keys: KeyRules) {
    this.#text = text;
    this.#keys = keys;
  }

  /** Examines the characters up to an index. */
  scan(to: number): void {
    const text = this.#text;
    let at = this.#at;
    for (; at < to; at++) {
      const code = text.charCodeAt(at);
      const kind = code < 128 ? (kinds[code] as number) : other;
      if (kind === plain) continue;
      if (kind >= breaksRun) {
        if (at - this.#runStart >= longRun) findFormats(text, this.#runStart, at, this.hits);
        this.#runStart = at + 1;
      }
      if (kind !== quiet) at = this.#mark(at, code);
      if (text !== this.#text) break;
    }
    this.#at = at;
    // A wide character made another text of it, in which all indexes are the same.
    if (at < to) this.scan(to);
  }

  /** Examines what the end of the text completes. */
  finish(): void {
    const text = this.#text;
    const { length } = text;
    if (length - this.#runStart >= longRun) findFormats(text, this.#runStart, length, this.hits);
    this.#line(length);
    if (this.#hasFlags) findAttachedPasswords(text, this.hits);
    if (this.#isKubernetes) findKubernetesSecrets(text, this.hits);
  }

  /** Examines a mark; returns the index of the last character that needs no further look. */
  #mark(at: number, code: number): number {
    const text = this.#text;
    switch (code) {
      case space:
        this.#space(at);
        return at;
      case minus:
        return this.#minus(at);
      case newline:
        this.#line(at);
        return at;
      case less:
        this.#less(at);
        return at;
      case greater:
        this.#close = at;
        return at;
      case comma:
        if (isQuote(text.charCodeAt(at - 1))) this.#separator(at, code);
        return at;
      case colon:
        this.#colon(at);
        return at;
      case equals:
        this.#separator(at, code);
        return at;
      default:
        if (code >= 0xff01 && code <= 0xff5e) this.#fold();
        return at;
    }
  }

  #separator(at: number, code: number): void {
    if (at < this.#assignmentsFrom) return;
    this.#assignments ??= new AssignmentFinder(this.#text, this.hits, this.#keys);
    this.#assignmentsFrom = this.#assignments.separator(at, code) + 1;
  }

  #space(at: number): void {
    const text = this.#text;
    const before = text.charCodeAt(at - 1);
    if (!isDigit(before)) findPhrase(text, at, this.hits, this.#keys);
    else if (isDigit(text.charCodeAt(at + 1)) && isDigit(text.charCodeAt(at - 4))) findCard(text, at, this.hits);
  }

  #minus(at: number): number {
    const text = this.#text;
    const next = text.charCodeAt(at + 1);
    const before = text.charCodeAt(at - 1);
    if (isDigit(before)) {
      if (isDigit(next) && isDigit(text.charCodeAt(at - 4))) findCard(text, at, this.hits);
      return at;
    }
    if (next === minus && text.startsWith('-----BEGIN ', at)) {
      const end = findPrivateKey(text, at, this.hits);
      if (end > at) {
        this.#runStart = end;
        return end - 1;
      }
    }
    if (before > space && !isQuote(before) && before !== openParenthesis && before !== bar && before !== openBracket)
      return at;
    this.#hasFlags ||= next === 0x70 || next === 0x55 || next === 0x62;
    findFlagSecret(text, at, this.hits, this.#keys);
    return at;
  }

  #colon(at: number): void {
    const text = this.#text;
    this.#colons++;
    const next = text.charCodeAt(at + 1);
    if (next === slash) {
      if (text.charCodeAt(at + 2) === slash) findAddressSecrets(text, at + 3, this.hits);
      return;
    }
    const before = text.charCodeAt(at - 1);
    if (before === 0x6e && text.startsWith(':thin', at - 5)) findOraclePassword(text, at + 1, this.hits);
    else if (before === 0x73 && text.startsWith('Private-Lines', at - 13)) findPuttyKey(text, at - 13, this.hits);
    else if (before === 0x64 && text.startsWith('kind', at - 4))
      this.#isKubernetes ||= /^:\s*["']?Secret/.test(text.slice(at, at + 20));
    this.#separator(at, colon);
  }

  #less(at: number): void {
    if (this.#text.charCodeAt(at + 1) === slash && this.#close > this.#open && this.#open >= 0) {
      findElement(this.#text, this.#open, this.#close, at, this.hits, this.#keys);
    }
    this.#open = at;
  }

  #line(end: number): void {
    const start = this.#lineStart;
    if (this.#colons === 4 && end - start < longestPgpass) findPgpass(this.#text, start, end, this.hits);
    if (end < this.#text.length || start > 0) {
      this.#tables ??= new TableFinder();
      this.#tables.line(this.#text, start, end, this.hits, this.#keys);
    }
    this.#lineStart = end + 1;
    this.#colons = 0;
  }

  /** Replaces the wide forms of ASCII characters by these; all indexes stay the same. */
  #fold(): void {
    this.#text = this.#text.replace(/[\uff01-\uff5e]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0));
    this.#assignments = null;
  }
}

const longestPgpass = 300;

/** Kinds of characters: parts of runs that need no look, parts that are marks, breaks of runs that need no look, and other breaks. */
const plain = 0;
const markInRun = 1;
const breaksRun = 2;
const quiet = 2;
const other = 3;

const kinds = new Uint8Array(128).fill(quiet);
for (const char of runCharacters) kinds[char.charCodeAt(0)] = plain;
for (const char of '=-') kinds[char.charCodeAt(0)] = markInRun;
for (const char of ' \n<>,:') kinds[char.charCodeAt(0)] = other;

function isQuote(code: number): boolean {
  return code === 0x22 || code === 0x27 || code === 0x60;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

const newline = 0x0a;
const space = 0x20;
const openParenthesis = 0x28;
const comma = 0x2c;
const minus = 0x2d;
const slash = 0x2f;
const colon = 0x3a;
const less = 0x3c;
const equals = 0x3d;
const greater = 0x3e;
const openBracket = 0x5b;
const bar = 0x7c;
