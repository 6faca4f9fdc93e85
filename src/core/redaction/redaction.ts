/** Redacts secrets in messages while they are captured. JSON stays valid JSON, and everything else keeps its bytes. */
import type { JsonValue } from '../base/json.ts';
import { isJsonInSteps } from '../base/jsonCheck.ts';
import { runSteps, type Steps } from '../base/steps.ts';
import { JsonRedaction, longString } from './redactionScan.ts';
import {
  authScheme,
  harmlessEndings,
  type KeyRule,
  keyRules,
  longRun,
  placeholder,
  type ShapeRule,
  shapeRules,
} from './redactionRules.ts';

/**
 * Returns a short string that is the same for equal secrets within a capture and does not reveal them: a hash with a key that is
 * discarded. Without the key, a short secret could be guessed from its hash.
 */
export type SecretHash = (secret: string) => string;

/** Redacted text. */
export interface Redacted {
  readonly text: string;
  /** Number of replaced values; with 0, the text is unchanged. */
  readonly count: number;
}

/** Names of all rules, for the header of a capture: shape rules, then key rules with the prefix `key:`. */
export const redactionNames: readonly string[] = [
  ...shapeRules.map(({ name }) => name),
  ...keyRules.map(({ name }) => `key:${name}`),
];

/** Replaces secrets by tokens such as `«redacted:github-token:1a2b3c»`. */
export class Redactor {
  readonly #hash: SecretHash;
  readonly #keys = new Map<string, KeyRule | null>();
  #count = 0;

  constructor(hash: SecretHash) {
    this.#hash = hash;
  }

  /**
   * Redacts JSON, which must be valid. Changes only strings that contain a secret (and numbers that are passwords), including JSON inside
   * strings.
   */
  json(text: string): Redacted {
    return runSteps(this.jsonInSteps(text));
  }

  /** `json` in steps. Do not use the redactor for another text before the last step. */
  jsonInSteps(text: string): Steps<Redacted> {
    return this.#counted(this.#json(text, 0));
  }

  /** Redacts any text, such as a line that is not JSON, or output on stderr. */
  text(text: string): Redacted {
    return runSteps(this.textInSteps(text));
  }

  /** `text` in steps. Do not use the redactor for another text before the last step. */
  textInSteps(text: string): Steps<Redacted> {
    return this.#counted(this.#long(text, 0));
  }

  *#counted(steps: Steps<string>): Steps<Redacted> {
    const before = this.#count;
    const text = yield* steps;
    return { text, count: this.#count - before };
  }

  #json(text: string, depth: number): Steps<string> {
    return new JsonRedaction(text, {
      keyRule: (key) => this.#keyRule(key),
      plain: (value) => this.#text(value, depth),
      // A sentence or JSON under a secret key is not the secret itself, but may contain one.
      secret: (value, rule) => (rule.value.test(value) ? this.#secret(value, rule) : this.#text(value, depth)),
      long: (value, rule) => this.#longValue(value, rule, depth),
    }).run();
  }

  *#longValue(value: string, rule: KeyRule | null, depth: number): Steps<string> {
    return rule?.value.test(value) === true ? this.#secret(value, rule) : yield* this.#long(value, depth);
  }

  #text(text: string, depth: number): string {
    if (text.length < shortestText) return text;
    if (depth < deepestJson && looksLikeJson(text) && isJson(text)) return runSteps(this.#json(text, depth + 1));
    return this.#members(this.#shapes(text));
  }

  /** `#text` in steps. */
  *#long(text: string, depth: number): Steps<string> {
    if (text.length < longString) return this.#text(text, depth);
    if (depth < deepestJson && looksLikeJson(text) && (yield* isJsonInSteps(text)))
      return yield* this.#json(text, depth + 1);
    let current = text;
    for (const group of groups) {
      yield;
      if (!hasNeed(text, group.needs)) continue;
      for (const rule of group.rules) {
        yield;
        if (rule.hint.test(current)) current = this.#shape(current, rule);
      }
    }
    yield;
    return this.#members(current);
  }

  #shapes(text: string): string {
    let current = text;
    for (const { needs, rules } of groups) {
      if (!hasNeed(text, needs)) continue;
      for (const rule of rules) {
        if (rule.hint.test(current)) current = this.#shape(current, rule);
      }
    }
    return current;
  }

  #shape(text: string, { name, pattern }: ShapeRule): string {
    return text.replace(pattern, (match: string, before: unknown, secret: unknown) => {
      if (typeof before !== 'string' || typeof secret !== 'string') return this.#token(name, match);
      return isSpared(secret) ? match : `${before}${this.#token(name, secret)}`;
    });
  }

  /** Redacts members in fragments of JSON, as in a log or a fenced block: `"token": "…"`, with quotes escaped or not. */
  #members(text: string): string {
    if (!text.includes('"')) return text;
    return text.replace(jsonMember, (match, before: string, _escapes, key: string, value: string) => {
      const rule = this.#keyRule(key);
      return rule?.value.test(value) === true ? `${before}${this.#secret(value, rule)}` : match;
    });
  }

  #secret(value: string, rule: KeyRule): string {
    if (isSpared(value)) return value;
    const before = this.#count;
    const shaped = this.#shapes(value);
    // A secret with a known shape gets the same rule name in every place.
    if (onlyToken.test(shaped.replace(authScheme, ''))) return shaped;
    this.#count = before;
    const scheme = authScheme.exec(value)?.[0] ?? '';
    return `${scheme}${this.#token(rule.name, value.slice(scheme.length))}`;
  }

  #token(rule: string, secret: string): string {
    this.#count++;
    return `«redacted:${rule}:${this.#hash(secret)}»`;
  }

  #keyRule(key: string): KeyRule | null {
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    const rule = findKeyRule(key);
    if (this.#keys.size < rememberedKeys) this.#keys.set(key, rule);
    return rule;
  }
}

/** Returns the rule by which the values of a key are secrets; null for an ordinary key. */
export function findKeyRule(key: string): KeyRule | null {
  if (key.length > longestKey) return null;
  const plain = key.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  if (harmlessEndings.some((ending) => plain.endsWith(ending))) return null;
  return (
    keyRules.find(({ keys, endings }) => keys.includes(plain) || endings.some((ending) => plain.endsWith(ending))) ??
    null
  );
}

/** Maximum nesting of JSON in strings in JSON; deeper JSON is redacted as text. */
const deepestJson = 6;

const rememberedKeys = 5000;
const longestKey = 200;

function looksLikeJson(text: string): boolean {
  return /^\s*[[{]/.test(text);
}

function hasNeed(text: string, needs: ShapeRule['needs']): boolean {
  return needs === 'run' ? hasLongRun(text) : text.includes(needs);
}

/** Consecutive rules with the same `needs`. */
const groups = shapeRules.reduce<{ readonly needs: ShapeRule['needs']; readonly rules: ShapeRule[] }[]>((all, rule) => {
  const last = all.at(-1);
  if (last?.needs === rule.needs) last.rules.push(rule);
  else all.push({ needs: rule.needs, rules: [rule] });
  return all;
}, []);

/** Shorter texts contain neither a shape nor a member. */
const shortestText = 8;

/** A quote or backslash in the value is escaped once more than the quotes around it. Unambiguous for each character, so matching is linear. */
const jsonMember =
  /((\\{0,7})"([\w.$ -]{1,100})\2"\s{0,4}:\s{0,4}\2")((?:[^"\\\n]|\\\2(?:\2"|\\\2)|\\(?!\2(?:\2"|\\\2))){1,100000}?)(?=\2")/g;

const onlyToken = /^«redacted:[\w-]+:\w+»$/;

function isSpared(value: string): boolean {
  return value === '' || value.startsWith('«redacted:') || value === '[REDACTED]' || placeholder.test(value);
}

function isJson(text: string): boolean {
  try {
    const value = JSON.parse(text) as JsonValue;
    return value !== null;
  } catch {
    return false;
  }
}

/**
 * Whether a text has a run of at least `longRun` token characters. Such a run covers one of the positions that are `longRun` apart, so
 * only the characters around these are checked.
 */
function hasLongRun(text: string): boolean {
  for (let at = longRun - 1; at < text.length; at += longRun) {
    if (!isRunPart(text.charCodeAt(at))) continue;
    let start = at;
    while (start > 0 && at - start < longRun && isRunPart(text.charCodeAt(start - 1))) start--;
    let end = at + 1;
    while (end - start < longRun && isRunPart(text.charCodeAt(end))) end++;
    if (end - start >= longRun) return true;
  }
  return false;
}

/** Whether a token may contain the character. False for NaN, the code past the end of a text. */
function isRunPart(code: number): boolean {
  return code < 128 && runParts[code] === 1;
}

const runParts = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.~+/=-') {
  runParts[char.charCodeAt(0)] = 1;
}
