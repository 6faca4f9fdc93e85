/** Scans JSON and replaces single strings in it, so that key order, numbers and white space are preserved. */
import type { Steps } from '../base/steps.ts';
import { skipString } from '../go/goJsonScan.ts';
import { type KeyRule, longRun, nameKeys, schemaKeys, valueKeys } from './redactionRules.ts';

/** Callbacks for the strings that the scan finds. */
export interface StringRules {
  /** Returns the rule of a key; null for an ordinary key. */
  keyRule(key: string): KeyRule | null;
  /** Redacts a string at an ordinary place; returns the same string when it has no secret. */
  plain(value: string): string;
  /** Redacts a string at a secret place. */
  secret(value: string, rule: KeyRule): string;
  /** Redacts a long string in steps: as `secret` with a rule, as `plain` without one. */
  long(value: string, rule: KeyRule | null): Steps<string>;
}

/** Strings of at least this length are redacted in steps. Also the amount of text that is scanned in one step. */
export const longString = 64 * 1024;

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Edit extends Span {
  readonly text: string;
}

/** An object or array that contains the current position. */
interface Nest {
  readonly object: boolean;
  /** Rule for every string inside. */
  readonly all: KeyRule | null;
  /** Rule for the members inside that are named `value` or similar (`valueKeys`). */
  readonly values: KeyRule | null;
  /** Whether this is part of a JSON schema, in which keys are parameter names. */
  readonly schema: boolean;
  key: string;
  wantsKey: boolean;
  /** Position of the object's unchanged `value`, and the rule that its `name` selects. */
  value: Span | null;
  named: KeyRule | null;
}

/** One scan of valid JSON. Uses an explicit stack, so that any nesting depth is fine. */
export class JsonRedaction {
  readonly #text: string;
  readonly #rules: StringRules;
  readonly #edits: Edit[] = [];
  readonly #stack: Nest[] = [];
  #nest: Nest = {
    object: false,
    all: null,
    values: null,
    schema: false,
    key: '',
    wantsKey: false,
    value: null,
    named: null,
  };

  constructor(text: string, rules: StringRules) {
    this.#text = text;
    this.#rules = rules;
  }

  /** Returns the text with its edits; the same text when there are none. */
  *run(): Steps<string> {
    const text = this.#text;
    let pauseAt = longString;
    for (let at = 0; at < text.length; at++) {
      if (at >= pauseAt) {
        yield;
        pauseAt = at + longString;
      }
      const code = text.charCodeAt(at);
      if (code === quote) {
        const end = skipString(text, at);
        if (end - at < longString || this.#nest.wantsKey) this.#string(at, end);
        else yield* this.#longString(at, end);
        at = end;
      } else if (code === openBrace || code === openBracket) this.#open(code === openBrace);
      else if (code === closeBrace || code === closeBracket) this.#close();
      else if (code === comma) this.#nest.wantsKey = this.#nest.object;
      else if (code === minus || (code >= zero && code <= nine)) at = this.#number(at);
    }
    return this.#edited();
  }

  #open(object: boolean): void {
    const { all, schema, key } = this.#nest;
    const rule = this.#rule();
    const inside = {
      all: all ?? (rule !== null && (rule.deep || !object) ? rule : null),
      values: rule ?? (this.#nest.object ? null : this.#nest.values),
      schema: schema || (this.#nest.object && schemaKeys.has(key)),
    };
    this.#stack.push(this.#nest);
    this.#nest = {
      object,
      // Objects in a list of secrets describe them; only their values are secret.
      all: object && inside.all?.deep !== true ? null : inside.all,
      values: inside.values,
      schema: inside.schema,
      key: '',
      wantsKey: object,
      value: null,
      named: null,
    };
  }

  #close(): void {
    const { named, value } = this.#nest;
    if (named !== null && value !== null) this.#replace(value, (text) => this.#rules.secret(text, named));
    this.#nest = this.#stack.pop() ?? this.#nest;
  }

  #string(start: number, end: number): void {
    const span = { start, end: end + 1 };
    const nest = this.#nest;
    if (nest.wantsKey) {
      nest.wantsKey = false;
      nest.key = this.#decoded(span);
      // A key may itself be a secret, which is rare.
      if (end - start > longRun) this.#replace(span, (key) => this.#rules.plain(key));
      return;
    }
    const rule = this.#rule();
    const changed = this.#replace(span, (text) =>
      rule === null ? this.#rules.plain(text) : this.#rules.secret(text, rule),
    );
    if (nest.object && !nest.schema && !changed) this.#notePair(nest, span);
  }

  *#longString(start: number, end: number): Steps<void> {
    const span = { start, end: end + 1 };
    const value = this.#decoded(span);
    const text = yield* this.#rules.long(value, this.#rule());
    if (text !== value) this.#edits.push({ ...span, text: JSON.stringify(text) });
    else if (this.#nest.object && !this.#nest.schema) this.#notePair(this.#nest, span);
  }

  #notePair(nest: Nest, span: Span): void {
    if (nest.key === 'value') nest.value = span;
    else if (nameKeys.has(nest.key)) nest.named ??= this.#rules.keyRule(this.#decoded(span));
  }

  #number(start: number): number {
    let end = start + 1;
    while (end < this.#text.length && isNumberPart(this.#text.charCodeAt(end))) end++;
    const rule = this.#rule();
    if (rule?.name === 'password') {
      const digits = this.#text.slice(start, end);
      this.#edits.push({ start, end, text: JSON.stringify(this.#rules.secret(digits, rule)) });
    }
    return end - 1;
  }

  /** Returns the rule for the value at this place; null for an ordinary place. */
  #rule(): KeyRule | null {
    const { object, all, values, schema, key } = this.#nest;
    if (schema) return null;
    if (!object) return all;
    return all ?? this.#rules.keyRule(key) ?? (valueKeys.has(key) ? values : null);
  }

  #replace(span: Span, change: (text: string) => string): boolean {
    const text = this.#decoded(span);
    const changed = change(text);
    if (changed === text) return false;
    this.#edits.push({ ...span, text: JSON.stringify(changed) });
    return true;
  }

  #decoded({ start, end }: Span): string {
    const raw = this.#text.slice(start + 1, end - 1);
    return raw.includes('\\') ? (JSON.parse(this.#text.slice(start, end)) as string) : raw;
  }

  #edited(): string {
    if (this.#edits.length === 0) return this.#text;
    const parts: string[] = [];
    let from = 0;
    // Sorted, because a value that is secret by its name is replaced only at the end of its object.
    for (const { start, end, text } of this.#edits.sort((a, b) => a.start - b.start)) {
      parts.push(this.#text.slice(from, start), text);
      from = end;
    }
    parts.push(this.#text.slice(from));
    return parts.join('');
  }
}

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
