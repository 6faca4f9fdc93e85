/** Scans JSON and replaces single values in it, so that key order, numbers and white space are preserved. */
import type { Steps } from '../base/steps.ts';
import { skipString } from '../go/goJsonScan.ts';
import { longRun } from './formats/formatFinder.ts';
import type { Members } from './jsonMembers.ts';
import {
  innerNest,
  isNoted,
  type Nest,
  noteString,
  outerNest,
  type RuleAt,
  ruleAt,
  secretsOfObject,
  type Span,
} from './jsonNest.ts';
import { mayHoldSecret } from './text/quickLook.ts';
import { isSecretNumber, type Place } from './values/secretDecision.ts';
import type { KeyRule } from './values/secretNames.ts';
import { longText } from './text/textSecrets.ts';

/** Callbacks for the values that the scan finds. */
export interface StringRules {
  /** The facts of keys. */
  readonly members: Members;
  /** Redacts a string at an ordinary place; returns the same string when it has no secret. */
  plain(value: string): string;
  /** Redacts a string at a secret place. */
  secret(value: string, rule: KeyRule, place: Place): string;
  /** Returns the replacement of a secret number. */
  number(digits: string): string;
  /** Redacts a long string in steps: as `secret` with a rule, as `plain` without one. */
  long(value: string, rule: KeyRule | null): Steps<string>;
}

interface Edit extends Span {
  readonly text: string;
}

/** One scan of valid JSON. Uses an explicit stack, so that any nesting depth is fine. */
export class JsonRedaction {
  readonly #text: string;
  readonly #rules: StringRules;
  readonly #edits: Edit[] = [];
  readonly #stack: Nest[] = [];
  #nest: Nest;

  /** `below` is the rule of a secret whose value is this JSON. */
  constructor(text: string, rules: StringRules, below: KeyRule | null) {
    this.#text = text;
    this.#rules = rules;
    this.#nest = outerNest(below);
  }

  /** Returns the text with its edits; the same text when there are none. */
  *run(): Steps<string> {
    const text = this.#text;
    let pauseAt = longText;
    for (let at = 0; at < text.length; at++) {
      if (at >= pauseAt) {
        yield;
        pauseAt = at + longText;
      }
      const code = text.charCodeAt(at);
      if (code === quote) {
        const end = endOfString(text, at);
        if (this.#nest.wantsKey) {
          this.#key(this.#nest, at, end);
          // Most keys have a colon after them, which needs no look.
          at = text.charCodeAt(end + 1) === colon ? end + 1 : end;
          continue;
        }
        if (end - at < longText) this.#string(at, end);
        else yield* this.#longString(at, end);
        at = end;
      } else if (code === minus || (code >= zero && code <= nine)) at = this.#number(at);
      else if (code === comma) this.#next();
      else if (code === openBrace || code === openBracket) this.#open(code === openBrace);
      else if (code === closeBrace || code === closeBracket) this.#close();
    }
    return this.#edited();
  }

  #open(object: boolean): void {
    this.#stack.push(this.#nest);
    this.#nest = innerNest(this.#nest, object);
  }

  #next(): void {
    const nest = this.#nest;
    nest.wantsKey = nest.object;
    nest.index++;
  }

  #close(): void {
    const outer = this.#stack.pop() ?? this.#nest;
    for (const { span, rule, place } of secretsOfObject(this.#nest, outer)) {
      this.#replace(span, (text) => this.#rules.secret(text, rule, place));
    }
    this.#nest = outer;
  }

  #string(start: number, end: number): void {
    const nest = this.#nest;
    if (nest.object) this.#member(nest, start, end);
    else this.#value(nest, ruleAt(nest, this.#decoded(start, end), this.#rules.members), start, end);
  }

  #key(nest: Nest, start: number, end: number): void {
    nest.wantsKey = false;
    const member = this.#rules.members.at(this.#text, start + 1, end);
    nest.member = member;
    // A key may itself be a secret, which is rare.
    if (end - start <= longRun || member.isOrdinary) return;
    const edits = this.#edits.length;
    this.#replace({ start, end: end + 1 }, (text) => this.#rules.plain(text));
    member.isOrdinary = this.#edits.length === edits;
  }

  #member(nest: Nest, start: number, end: number): void {
    const at = ruleAt(nest, '', this.#rules.members);
    if (at === null && !isNoted(nest) && !mayHoldSecret(this.#text, start + 1, end)) return;
    this.#value(nest, at, start, end);
  }

  #value(nest: Nest, at: RuleAt | null, start: number, end: number): void {
    const value = this.#decoded(start, end);
    const span = { start, end: end + 1 };
    const redacted = at === null ? this.#rules.plain(value) : this.#rules.secret(value, at.rule, at.place);
    if (redacted !== value) this.#edits.push({ ...span, text: JSON.stringify(redacted) });
    noteString(nest, value, redacted === value ? span : null, this.#rules.members);
  }

  *#longString(start: number, end: number): Steps<void> {
    const span = { start, end: end + 1 };
    const value = this.#decoded(start, end);
    const text = yield* this.#rules.long(value, ruleAt(this.#nest, '', this.#rules.members)?.rule ?? null);
    if (text !== value) this.#edits.push({ ...span, text: JSON.stringify(text) });
    else noteString(this.#nest, '', span, this.#rules.members);
  }

  #number(start: number): number {
    const text = this.#text;
    const parts = numberParts;
    let end = start + 1;
    while (end < text.length && parts[text.charCodeAt(end)] === 1) end++;
    const at = ruleAt(this.#nest, '', this.#rules.members);
    if (at !== null) {
      const digits = text.slice(start, end);
      if (isSecretNumber(at.rule, digits)) this.#edits.push({ start, end, text: this.#rules.number(digits) });
    }
    return end - 1;
  }

  #replace({ start, end }: Span, change: (text: string) => string): void {
    const text = this.#decoded(start, end - 1);
    const changed = change(text);
    if (changed !== text) this.#edits.push({ start, end, text: JSON.stringify(changed) });
  }

  /** The string between two quotes. */
  #decoded(open: number, close: number): string {
    // A copy of a long string is faster to search than a slice.
    if (close - open > longSlice) return JSON.parse(this.#text.slice(open, close + 1)) as string;
    const raw = this.#text.slice(open + 1, close);
    return raw.includes('\\') ? (JSON.parse(this.#text.slice(open, close + 1)) as string) : raw;
  }

  #edited(): string {
    if (this.#edits.length === 0) return this.#text;
    const parts: string[] = [];
    let from = 0;
    // Sorted, because a value that is secret by its name is replaced only at the end of its object.
    for (const { start, end, text } of this.#edits.sort((a, b) => a.start - b.start)) {
      if (start < from) continue;
      parts.push(this.#text.slice(from, start), text);
      from = end;
    }
    parts.push(this.#text.slice(from));
    return parts.join('');
  }
}

const longSlice = 200;

/** Index of the closing quote of a string. A part without a quote or an escape is short in most strings; a long one is searched. */
function endOfString(text: string, open: number): number {
  let limit = open + shortPart;
  for (let at = open + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at;
    if (code === backslash) limit = ++at + shortPart;
    else if (at > limit) return skipString(text, at - 1);
  }
  return text.length;
}

const shortPart = 24;

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const comma = 0x2c;
const minus = 0x2d;
const zero = 0x30;
const nine = 0x39;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Digits, `.`, signs and the exponent. */
const numberParts = new Uint8Array(128);
for (const char of '0123456789.+-eE') numberParts[char.charCodeAt(0)] = 1;
