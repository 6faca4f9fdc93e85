/** Redacts secrets in messages while they are captured. JSON stays valid JSON, and everything else keeps its bytes. */
import type { JsonValue } from '../base/json.ts';
import { isJsonInSteps } from '../base/jsonCheck.ts';
import { runSteps, type Steps } from '../base/steps.ts';
import { tokenFormats } from './formats/formatFinder.ts';
import { type Hit, markOf, numberMark, replaceHits } from './values/hits.ts';
import { Members } from './jsonMembers.ts';
import { JsonRedaction } from './redactionScan.ts';
import { authScheme, isSecretValue, type Place } from './values/secretDecision.ts';
import { KeyRules } from './values/secretKeys.ts';
import { keyRules, type KeyRule } from './values/secretNames.ts';
import { findSecrets, findSecretsInSteps, longText } from './text/textSecrets.ts';
import { markedFormats } from './formats/tokenFormatsPlain.ts';

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

/** Names of all rules, for the header of a capture: forms of tokens, places in texts, then keys with the prefix `key:`. */
export const redactionNames: readonly string[] = [
  ...new Set([...tokenFormats, ...markedFormats].map(({ rule }) => rule)),
  ...['bearer-token', 'url-password', 'url-user', 'webhook'],
  ...keyRules.map(({ name }) => `key:${name}`),
];

/**
 * Replaces secrets by tokens such as `«redacted:github-token:1a2b3c»`. A value keeps its JSON type: a secret number becomes a negative
 * number, which depends on the secret only, and lists and objects keep their shape.
 */
export class Redactor {
  readonly #hash: SecretHash;
  readonly #keys = new KeyRules();
  readonly #members = new Members();
  #count = 0;

  constructor(hash: SecretHash) {
    this.#hash = hash;
  }

  /** Redacts JSON, which must be valid. Changes only strings and numbers that are secret or contain a secret, including JSON inside strings. */
  json(text: string): Redacted {
    return runSteps(this.jsonInSteps(text));
  }

  /** `json` in steps. Do not use the redactor for another text before the last step. */
  jsonInSteps(text: string): Steps<Redacted> {
    return this.#counted(this.#json(text, 0, null));
  }

  /** Redacts any text, such as a line that is not JSON, or output on stderr. */
  text(text: string): Redacted {
    return runSteps(this.textInSteps(text));
  }

  /** `text` in steps. Do not use the redactor for another text before the last step. */
  textInSteps(text: string): Steps<Redacted> {
    return this.#counted(this.#long(text, 0, null));
  }

  *#counted(steps: Steps<string>): Steps<Redacted> {
    const before = this.#count;
    const text = yield* steps;
    return { text, count: this.#count - before };
  }

  #json(text: string, depth: number, below: KeyRule | null): Steps<string> {
    return new JsonRedaction(
      text,
      {
        members: this.#members,
        plain: (value) => this.#text(value, depth, null),
        secret: (value, rule, place) => this.#value(value, rule, place, depth),
        number: (digits) => this.#number(digits),
        long: (value, rule) => this.#long(value, depth, rule),
      },
      below,
    ).run();
  }

  #text(text: string, depth: number, rule: KeyRule | null): string {
    if (depth < deepestJson && looksLikeJson(text)) {
      if (isJson(text)) return runSteps(this.#json(text, depth + 1, rule));
      const lines = jsonLines(text);
      if (lines !== null) return lines.map((line) => this.#text(line, depth, rule)).join('\n');
    }
    return this.#replace(text, findSecrets(text, this.#keys));
  }

  /** `#text` in steps. A long value under a secret key is a secret as a whole if it looks like one. */
  *#long(text: string, depth: number, rule: KeyRule | null): Steps<string> {
    if (rule !== null && !looksLikeJson(text) && isSecretValue(rule, text, 'json')) return this.#token(rule.name, text);
    if (text.length < longText) return this.#text(text, depth, null);
    if (depth < deepestJson && looksLikeJson(text) && (yield* isJsonInSteps(text)))
      return yield* this.#json(text, depth + 1, rule);
    return this.#replace(text, yield* findSecretsInSteps(text, this.#keys));
  }

  /** Redacts the value of a secret key. JSON in it is redacted member by member, and a sentence only where it contains a secret. */
  #value(value: string, rule: KeyRule, place: Place, depth: number): string {
    if (looksLikeJson(value) && isJson(value)) return this.#text(value, depth, rule);
    if (!isSecretValue(rule, value, place)) return this.#text(value, depth, null);
    if (rule.kind !== 'password' && sentence.test(value)) {
      const redacted = this.#text(value, depth, null);
      if (redacted !== value) return redacted;
    }
    // A secret with a known form gets the same rule in every place, and keeps the scheme of a header before it.
    const scheme = rule.kind === 'password' ? '' : (authScheme.exec(value)?.[0] ?? '');
    const secret = value.slice(scheme.length);
    const whole = findSecrets(secret, this.#keys).find(
      ({ start, end, form }) => form === true && start === 0 && end === secret.length,
    );
    return `${scheme}${this.#token(whole?.rule ?? rule.name, secret)}`;
  }

  #replace(text: string, hits: readonly Hit[]): string {
    return replaceHits(text, hits, ({ start, end, rule, number }) =>
      number === true ? this.#number(text.slice(start, end)) : this.#token(rule, text.slice(start, end)),
    );
  }

  #token(rule: string, secret: string): string {
    this.#count++;
    return markOf(rule, this.#hash(secret));
  }

  #number(digits: string): string {
    this.#count++;
    return numberMark(this.#hash(digits));
  }
}

/** Maximum nesting of JSON in strings in JSON; deeper JSON is redacted as text. */
const deepestJson = 6;

/** Several words: a secret in it is replaced alone. */
const sentence = /^\S+ \S+ \S/;

function looksLikeJson(text: string): boolean {
  const first = text.charCodeAt(0);
  if (first > 0x20 && first !== 0x7b && first !== 0x5b) return false;
  return /^\s*[[{]/.test(text);
}

/** Lines that are JSON each; null for other texts. */
function jsonLines(text: string): readonly string[] | null {
  const lines = text.split('\n');
  const isEach = lines.length > 1 && lines.every((line) => line.trim() === '' || (looksLikeJson(line) && isJson(line)));
  return isEach ? lines : null;
}

function isJson(text: string): boolean {
  try {
    const value = JSON.parse(text) as JsonValue;
    return value !== null;
  } catch {
    return false;
  }
}
