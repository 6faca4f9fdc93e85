/** Scans JSON and replaces single values in it, so that key order, numbers and white space are preserved. */
import type { Steps } from '../base/steps.ts';
import { skipString } from '../go/goJsonScan.ts';
import { longRun } from './formats/formatFinder.ts';
import type { Members } from './jsonMembers.ts';
import { innerNest, type Nest, noteString, outerNest, ruleAt, secretsOfObject, type Span } from './jsonNest.ts';
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
        const end = skipString(text, at);
        if (end - at < longText || this.#nest.wantsKey) this.#string(at, end);
        else yield* this.#longString(at, end);
        at = end;
      } else if (code === openBrace || code === openBracket) this.#open(code === openBrace);
      else if (code === closeBrace || code === closeBracket) this.#close();
      else if (code === comma) this.#next();
      else if (code === minus || (code >= zero && code <= nine)) at = this.#number(at);
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
    const span = { start, end: end + 1 };
    const nest = this.#nest;
    if (nest.wantsKey) {
      nest.wantsKey = false;
      const key = this.#decoded(span);
      nest.member = this.#rules.members.of(key);
      // A key may itself be a secret, which is rare.
      if (end - start > longRun) this.#replace(span, (text) => this.#rules.plain(text));
      return;
    }
    const value = this.#decoded(span);
    const at = ruleAt(nest, value, this.#rules.members);
    const redacted = at === null ? this.#rules.plain(value) : this.#rules.secret(value, at.rule, at.place);
    if (redacted !== value) this.#edits.push({ ...span, text: JSON.stringify(redacted) });
    noteString(nest, value, redacted === value ? span : null, this.#rules.members);
  }

  *#longString(start: number, end: number): Steps<void> {
    const span = { start, end: end + 1 };
    const value = this.#decoded(span);
    const text = yield* this.#rules.long(value, ruleAt(this.#nest, '', this.#rules.members)?.rule ?? null);
    if (text !== value) this.#edits.push({ ...span, text: JSON.stringify(text) });
    else noteString(this.#nest, '', span, this.#rules.members);
  }

  #number(start: number): number {
    let end = start + 1;
    while (end < this.#text.length && isNumberPart(this.#text.charCodeAt(end))) end++;
    const at = ruleAt(this.#nest, '', this.#rules.members);
    if (at !== null) {
      const digits = this.#text.slice(start, end);
      if (isSecretNumber(at.rule, digits)) this.#edits.push({ start, end, text: this.#rules.number(digits) });
    }
    return end - 1;
  }

  #replace(span: Span, change: (text: string) => string): void {
    const text = this.#decoded(span);
    const changed = change(text);
    if (changed !== text) this.#edits.push({ ...span, text: JSON.stringify(changed) });
  }

  #decoded({ start, end }: Span): string {
    // A copy of a long string is faster to search than a slice.
    if (end - start > longSlice) return JSON.parse(this.#text.slice(start, end)) as string;
    const raw = this.#text.slice(start + 1, end - 1);
    return raw.includes('\\') ? (JSON.parse(this.#text.slice(start, end)) as string) : raw;
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

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const zero = 0x30;
const nine = 0x39;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Digits, `.`, signs and the exponent. */
function isNumberPart(code: number): boolean {
  return (code >= zero && code <= nine) || code === 0x2e || code === 0x2b || code === minus || (code | 0x20) === 0x65;
}
