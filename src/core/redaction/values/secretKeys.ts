/** Decides by its name what a key, header, flag, variable or column holds. */
import { endAt, endTable } from './wordEnds.ts';
import { type KeyRule, keyTails, ordinaryBefore, qualifiers, refinedRules } from './secretNames.ts';

/** Longest key that is examined. */
const longestKey = 120;

/** Returns the rule by which the values of a key are secrets; null for an ordinary key. */
export function findKeyRule(key: string): KeyRule | null {
  if (key.length < 2 || key.length > longestKey) return null;
  const words = wordsOf(key);
  while (words.length > 1 && qualifiers.has(words.at(-1) ?? '')) words.pop();
  const last = words.at(-1);
  if (last === undefined) return null;
  for (let count = Math.min(4, words.length); count > 0; count--) {
    const rule = keyTails.get(words.slice(-count).join(' '));
    if (rule !== undefined)
      return words.length > count && isOrdinary(words, count) ? null : refined(rule, words, count);
  }
  return ruleOfEnding(last, words);
}

/** A key in a cache of limited size. */
export class KeyRules {
  readonly #known = new Map<string, KeyRule | null>();

  ruleOf(key: string): KeyRule | null {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const rule = findKeyRule(key);
    if (this.#known.size < rememberedKeys) this.#known.set(key, rule);
    return rule;
  }
}

const rememberedKeys = 5000;

/**
 * Whether a key that ends at an index of a text may have a rule: its last three characters are those of a known word. Most words do not
 * pass, so that they need not be taken out of the text.
 */
export function mayEndKey(text: string, end: number): boolean {
  return keyEnds[endAt(text, end)] === 1;
}

/** Splits a key into lower-case words: `DB_userPassword` into `db`, `user` and `password`. */
function wordsOf(key: string): string[] {
  return plain(key)
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d\u0080-\uffff]+/)
    .filter((word) => word !== '');
}

/** Without accents, and with ordinary letters in place of wide ones. Japanese and Korean keep their marks. */
function plain(key: string): string {
  if (!/[\u0080-\uffff]/.test(key)) return key;
  return key
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .replace(/ł/g, 'l')
    .replace(/ı/g, 'i')
    .replace(/ø/g, 'o');
}

/** Whether the word before the tail makes another thing of it: `page token`, `public key`, `boarding pass`. */
function isOrdinary(words: readonly string[], count: number): boolean {
  return ordinaryBefore[words.at(-1) ?? '']?.has(words.at(-1 - count) ?? '') === true;
}

/** The rule of a key that has more words than the tail. */
function refined(rule: KeyRule, words: readonly string[], count: number): KeyRule {
  if (words.length === count) return rule;
  const last = words.at(-1) ?? '';
  return refinedRules[last] ?? (words[0] === 'x' ? refinedRules[`x ${last}`] : undefined) ?? rule;
}

/** Endings in keys without separators, as `githubtoken` and `dbpassword`. */
function ruleOfEnding(last: string, words: readonly string[]): KeyRule | null {
  if (last.length > 40 || last.length < 7) return null;
  for (const ending of endings) {
    if (!last.endsWith(ending) || last.length === ending.length) continue;
    const rule = keyTails.get(ending);
    const before = last.slice(0, -ending.length);
    const ordinary = ordinaryBefore[ending.endsWith('token') ? 'token' : ending];
    return rule === undefined || ordinary?.has(before) === true || words.length > 6 ? null : rule;
  }
  return null;
}

const endings = [
  ...[
    'password',
    'passwords',
    'passwd',
    'passphrase',
    'passwort',
    'secret',
    'secretkey',
    'apikey',
    'accesskey',
    'privatekey',
    'authkey',
  ],
  ...[
    'signingkey',
    'encryptionkey',
    'accesstoken',
    'authtoken',
    'refreshtoken',
    'sessiontoken',
    'token',
    'authorization',
    'connectionstring',
  ],
];

/** Ends of all words that decide. */
export const keyEnds = endTable([...Array.from(keyTails.keys(), lastWord), ...qualifiers, ...endings], true);

function lastWord(tail: string): string {
  return tail.slice(tail.lastIndexOf(' ') + 1);
}
