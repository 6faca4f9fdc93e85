/** Takes secrets out of messages while they are captured: JSON stays JSON, and everything that is no secret keeps its bytes. */
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
 * A short text that is the same for the same secret within a capture and says nothing about it: a hash with a key that is thrown
 * away. Without the key, a short secret could be found by trying.
 */
export type SecretHash = (secret: string) => string;

/** A text without its secrets. */
export interface Redacted {
  readonly text: string;
  /** How many values were replaced; with 0 the text is the one that was given. */
  readonly count: number;
}

/** The rules by name, for the header of a capture: those for shapes, then `key:` and the name for those of keys. */
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
   * A JSON text. Only the strings that hold a secret change (and a number that is a password); JSON inside of strings is looked
   * through, too. The text must be valid JSON.
   */
  json(text: string): Redacted {
    return runSteps(this.jsonInSteps(text));
  }

  /** `json` in steps; until the last one is done, this redactor takes no other text. */
  jsonInSteps(text: string): Steps<Redacted> {
    return this.#counted(this.#json(text, 0));
  }

  /** Any text: a line that is no JSON, output on stderr. */
  text(text: string): Redacted {
    return runSteps(this.textInSteps(text));
  }

  /** `text` in steps; until the last one is done, this redactor takes no other text. */
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
      // A sentence or JSON under the key of a token is none, and may hold one.
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

  /** JSON in pieces, as in a log or a fenced block: `"token": "…"`, its quotes escaped or not. */
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
    // A token with a shape is called the same wherever it stands.
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

/** The rule that makes the values of a key secrets; null when they are ordinary ones. */
export function findKeyRule(key: string): KeyRule | null {
  if (key.length > longestKey) return null;
  const plain = key.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  if (harmlessEndings.some((ending) => plain.endsWith(ending))) return null;
  return (
    keyRules.find(({ keys, endings }) => keys.includes(plain) || endings.some((ending) => plain.endsWith(ending))) ??
    null
  );
}

/** JSON in a string in JSON, and so on: deeper than this it counts as text. */
const deepestJson = 6;

const rememberedKeys = 5000;
const longestKey = 200;

function looksLikeJson(text: string): boolean {
  return /^\s*[[{]/.test(text);
}

function hasNeed(text: string, needs: ShapeRule['needs']): boolean {
  return needs === 'run' ? hasLongRun(text) : text.includes(needs);
}

/** Rules one after the other that need the same. */
const groups = shapeRules.reduce<{ readonly needs: ShapeRule['needs']; readonly rules: ShapeRule[] }[]>((all, rule) => {
  const last = all.at(-1);
  if (last?.needs === rule.needs) last.rules.push(rule);
  else all.push({ needs: rule.needs, rules: [rule] });
  return all;
}, []);

/** Shorter texts hold neither a shape nor a member. */
const shortestText = 8;

/** A quote or backslash in the value is escaped once more than the quotes around it; each character is read in one way only. */
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
 * Whether a text has a run of at least `longRun` characters that tokens are made of. Of so many neighbours one has an index that
 * `longRun` divides, so it is enough to look around those.
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

/** Past the end of a text the code is NaN, which is no part. */
function isRunPart(code: number): boolean {
  return code < 128 && runParts[code] === 1;
}

const runParts = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.~+/=-') {
  runParts[char.charCodeAt(0)] = 1;
}
