/** Looks at each character of a text once, and asks the finder of its kind: separators, flags, words, lines, runs of token characters. */
import { findAddressSecrets, findOraclePassword } from './addresses.ts';
import { AssignmentFinder } from './assignments.ts';
import { findCard } from '../values/cards.ts';
import { findAttachedPasswords, findFlagSecret } from './commands.ts';
import { findFormats, longRun } from '../formats/formatFinder.ts';
import type { Hit } from '../values/hits.ts';
import { findKubernetesSecrets, findPrivateKey, findPuttyKey } from './keyBlocks.ts';
import { breaksRun, charKinds, markEnds, markShift, mayPrecedeFlag, needsLook, startOfBlock } from './looks.ts';
import { findElement, findPgpass, findPhrase } from './phrases.ts';
import type { KeyRules } from '../values/secretKeys.ts';
import { charAt, endAt, endMask } from '../values/wordEnds.ts';
import { TableFinder } from './tables.ts';
import { colon, comma, equals, greater, less, minus, newline, slash, space } from './charCodes.ts';

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
  /** Characters before this index are plain. */
  #plainUntil = 0;
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
    // Local variables spare a look at the module for each character.
    const kinds = charKinds;
    const ends = markEnds;
    let at = this.#at;
    let runStart = this.#runStart;
    let recent = endAt(text, at);
    while (at < to) {
      const stop = to - at > longPlain ? at + longPlain : to;
      let code = 0;
      let kind = 0;
      for (; at < stop; at++) {
        code = text.charCodeAt(at);
        kind = kinds[code] as number;
        if (kind >= breaksRun) {
          // Most spaces, commas, quotes and brackets only end a run.
          if (((ends[recent & endMask] as number) & (kind >> markShift)) !== 0) break;
          if ((kind & breaksRun) !== 0) {
            if (at - runStart >= longRun) break;
            runStart = at + 1;
          }
        }
        recent = (recent << 5) | (kind & 31);
      }
      if (at === stop) {
        if (at - runStart >= longPlain && at < to) {
          at = Math.min(this.#endOfPlain(at), to);
          recent = endAt(text, at);
        }
        continue;
      }
      if ((kind & breaksRun) !== 0) {
        if (at - runStart >= longRun) findFormats(text, runStart, at, this.hits);
        runStart = at + 1;
      }
      if (code === colon) this.#colons++;
      else if (code === greater) this.#close = at;
      if (
        ((ends[recent & endMask] as number) & (kind >> markShift)) !== 0 &&
        needsLook(text, at, code, recent, this.#colons)
      ) {
        const next = this.#mark(at, code);
        // A wide character is looked at again in its other form.
        if (text !== this.#text) break;
        // A private key is no run.
        if (next > at) runStart = next + 1;
        at = next + 1;
        recent = endAt(text, at);
      } else {
        if (code === less) this.#open = at;
        recent = (recent << 5) | (kind & 31);
        at++;
      }
    }
    this.#runStart = runStart;
    this.#at = at;
    // A wide character made another text of it, in which all indexes are the same.
    if (at < to) this.scan(to);
  }

  /** Index of the first character that is not plain. It is searched once, although many parts of the text may be in one run. */
  #endOfPlain(at: number): number {
    if (at >= this.#plainUntil) {
      afterPlain.lastIndex = at;
      this.#plainUntil = afterPlain.exec(this.#text)?.index ?? this.#text.length;
    }
    return this.#plainUntil;
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
      case comma:
        this.#separator(at, code);
        return at;
      case colon:
        this.#colon(at);
        return at;
      case equals:
        this.#separator(at, code);
        return at;
      default:
        this.#fold();
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
    const before = charAt(text, at - 1);
    if (!isDigit(before)) findPhrase(text, at, this.hits, this.#keys);
    else if (isDigit(charAt(text, at + 1)) && isDigit(charAt(text, at - 4))) findCard(text, at, this.hits);
  }

  #minus(at: number): number {
    const text = this.#text;
    const next = charAt(text, at + 1);
    const before = charAt(text, at - 1);
    if (isDigit(before)) {
      if (isDigit(next) && isDigit(charAt(text, at - 4))) findCard(text, at, this.hits);
      return at;
    }
    const block = next === minus ? startOfBlock(text, at) : -1;
    if (block >= 0) {
      const end = findPrivateKey(text, block, this.hits);
      if (end > at) return end - 1;
    }
    if (!mayPrecedeFlag(before)) return at;
    this.#hasFlags ||= next === 0x70 || next === 0x55 || next === 0x62;
    findFlagSecret(text, at, this.hits, this.#keys);
    return at;
  }

  #colon(at: number): void {
    const text = this.#text;
    const next = charAt(text, at + 1);
    if (next === slash) {
      if (charAt(text, at + 2) === slash) findAddressSecrets(text, at + 3, this.hits);
      return;
    }
    const before = charAt(text, at - 1);
    if (before === 0x6e && text.startsWith(':thin', at - 5)) findOraclePassword(text, at + 1, this.hits);
    else if (before === 0x73 && text.startsWith('Private-Lines', at - 13)) findPuttyKey(text, at - 13, this.hits);
    else if (before === 0x64 && text.startsWith('kind', at - 4))
      this.#isKubernetes ||= /^:\s*["']?Secret/.test(text.slice(at, at + 20));
    this.#separator(at, colon);
  }

  #less(at: number): void {
    if (charAt(this.#text, at + 1) === slash && this.#close > this.#open && this.#open >= 0) {
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

/** Length from which the end of plain characters is searched by an expression, which is faster for long ones. */
const longPlain = 128;
const afterPlain = /[^A-Za-z0-9_.~+/$]/g;

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
