/** Finds secrets behind keys in any text: settings, code, forms, queries, headers, fragments of JSON, log lines. */
import { headerCredentials } from './headers.ts';
import type { Hit } from '../values/hits.ts';
import { argumentBefore, type KeyBefore, keyBefore, nameKeys, valueKeys } from './keyBefore.ts';
import { isSecretNumber, isSecretValue, type Place } from '../values/secretDecision.ts';
import { charAt } from '../values/wordEnds.ts';
import type { KeyRules } from '../values/secretKeys.ts';
import type { KeyRule } from '../values/secretNames.ts';
import { blockValue, lineValue, plainValue, quotedValue, type ValueAt } from './valueAfter.ts';
import { colon, comma, equals, greater, minus, openBracket, openParenthesis, slash, space, tab } from './charCodes.ts';

/** Length from which a value that is not a secret is skipped. */
const longOrdinary = 2000;

/** Greatest distance between a name and its value. */
const pairDistance = 80;

/** Examines the separators of one text, in their order. */
export class AssignmentFinder {
  readonly #text: string;
  readonly #hits: Hit[];
  readonly #keys: KeyRules;
  /** Rule of the last value of a name, and where it ends. */
  #named: { readonly rule: KeyRule; readonly end: number } | null = null;

  constructor(text: string, hits: Hit[], keys: KeyRules) {
    this.#text = text;
    this.#hits = hits;
    this.#keys = keys;
  }

  /** Examines `:`, `=` or a comma after a quote; returns the index of the last character that needs no further look. */
  separator(at: number, code: number): number {
    const text = this.#text;
    const next = charAt(text, at + 1);
    if (code === colon && (next === equals || next === slash)) return at;
    const key = code === comma ? argumentBefore(text, at, this.#keys) : keyBefore(text, at, this.#keys);
    if (key === null) return at;
    if (code === comma && !this.#isArgument(key)) return at;
    let valueAt = at + 1;
    if (code === equals && (next === equals || next === greater)) valueAt++;
    if (code === colon && next === colon) valueAt++;
    valueAt = skipSpaces(text, valueAt);
    const rule = key.rule ?? this.#pairRule(key, at);
    if (nameKeys.has(key.name)) this.#noteName(valueAt);
    return rule === null ? at : this.#value(key, rule, at, valueAt);
  }

  #value(key: KeyBefore, rule: KeyRule, at: number, valueAt: number): number {
    const text = this.#text;
    const quoted = quotedValue(text, valueAt);
    if (quoted !== null) {
      const place = key.capitals && charAt(text, at) === equals ? 'env' : 'quoted';
      return this.#decide(rule, quoted, place, at);
    }
    if (rule.kind === 'authorization' || rule.kind === 'cookie') {
      const header = headerCredentials(text, valueAt, rule, key.start);
      return header === null ? at : this.#add(header, rule, at);
    }
    if (charAt(text, at) === colon || charAt(text, at) === equals) {
      const block = charAt(text, at) === colon ? blockValue(text, valueAt, key.start) : null;
      if (block !== null) return this.#decide(rule, block, 'quoted', at);
    }
    if (rule.kind === 'words') return this.#decide(rule, lineValue(text, valueAt), 'inline', at);
    const value = plainValue(text, valueAt, key, at);
    if (key.quoted && isSecretNumber(rule, text.slice(value.start, value.end))) {
      this.#hits.push({ start: value.start, end: value.end, rule: rule.name, number: true });
      return value.end - 1;
    }
    return key.quoted && charAt(text, at) === colon && /^[\d.[{tfn-]/.test(text.slice(value.start, value.start + 1))
      ? at
      : this.#decide(rule, value, value.place, at);
  }

  /** Adds the value if it is a secret; its inside is examined if it is not. */
  #decide(rule: KeyRule, value: ValueAt, place: Place, at: number): number {
    if (value.end <= value.start) return at;
    const content = this.#text.slice(value.start, value.end);
    if (isSecretValue(rule, content, place)) return this.#add(value, rule, at);
    // The inside of a long value is not examined again, so that the time stays proportional to the text.
    return content.length > longOrdinary ? value.end - 1 : at;
  }

  #add({ start, end }: ValueAt, { name }: KeyRule, at: number): number {
    if (end <= start) return at;
    this.#hits.push({ start, end, rule: name });
    return end - 1;
  }

  /** Whether a string and a comma are the first argument of a call or a flag: `define('DB_PASSWORD', '…')`, `"--token", "…"`. */
  #isArgument({ start, capitals, rule }: KeyBefore): boolean {
    const text = this.#text;
    if (charAt(text, start) === minus) return true;
    if (rule === null) return false;
    const before = charAt(text, start - 2);
    return (
      before === openParenthesis ||
      ((capitals || /^[A-Z][a-z]*-/.test(text.slice(start, start + 20))) && before === openBracket)
    );
  }

  #noteName(valueAt: number): void {
    const text = this.#text;
    const value = quotedValue(text, valueAt) ?? shortWord(text, valueAt);
    const rule = value.end - value.start > 100 ? null : this.#keys.ruleOf(text.slice(value.start, value.end));
    this.#named = rule === null ? null : { rule, end: value.end };
  }

  /** The rule that the name beside a value selects, or the element whose attribute it is. */
  #pairRule(key: KeyBefore, at: number): KeyRule | null {
    if (!valueKeys.has(key.name)) return null;
    const named = this.#named;
    if (named !== null && at - named.end <= pairDistance && !/[{}<>]\s*[{<]/.test(this.#text.slice(named.end, at)))
      return named.rule;
    const head = this.#text.slice(Math.max(0, at - 120), at);
    const element = head.includes('<') ? /<([\w.-]{2,60})\s[^<>]*$/.exec(head)?.[1] : undefined;
    return element === undefined ? null : this.#keys.ruleOf(element);
  }
}

function shortWord(text: string, at: number): ValueAt {
  let end = at;
  while (end - at < 100 && /[\w.-]/.test(text.charAt(end))) end++;
  return { start: at, end };
}

function skipSpaces(text: string, at: number): number {
  let after = at;
  while (charAt(text, after) === space || charAt(text, after) === tab) after++;
  return after;
}
