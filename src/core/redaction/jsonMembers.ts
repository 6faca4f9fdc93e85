/** What the key of a member says about its value, computed once for each key. */
import { findKeyRule, mayEndKey } from './values/secretKeys.ts';
import { type KeyRule, tokenGroup } from './values/secretNames.ts';
import { codeOf, wideCode } from './values/wordEnds.ts';
import type { Place } from './values/secretDecision.ts';

/** Facts of a key. */
export interface Member {
  readonly rule: KeyRule | null;
  /** The rule for the members of an object in this member. */
  readonly objectRule: KeyRule | null;
  /** Whether it names a user, beside which `pass` is a password. */
  readonly isUser: boolean;
  /** The rule for a string of this member. */
  readonly asValue: { readonly rule: KeyRule; readonly place: Place } | null;
  /** Below a secret key: whether the member contains the secret itself, or describes it. */
  readonly isValue: boolean;
  readonly isDescription: boolean;
  /** Whether any of the facts below holds that need the string of the member. */
  readonly isNoted: boolean;
  /** Whether it names the `value` in the same object, or is such a value: `{"name":"Authorization","value":"…"}`. */
  readonly isName: boolean;
  readonly isPaired: boolean;
  /** Whether it contains a JSON schema; in one, whether it contains an example. */
  readonly isSchema: boolean;
  readonly isExample: boolean;
  /** Whether it contains the names of columns, or the rows of a table. */
  readonly isColumns: boolean;
  readonly isRows: boolean;
  /** Members of Kubernetes objects and of JSON Web Keys. */
  readonly isKind: boolean;
  readonly isData: boolean;
  readonly isKeyType: boolean;
  readonly isKeyPart: boolean;
  /** Whether the key was searched for a token and has none. */
  isOrdinary: boolean;
}

/** The facts of keys, in a cache of limited size. */
export class Members {
  readonly #known = new Map<string, Member>();
  /** Last keys by their length and two of their characters, so that a key that was met before is not taken out of its text. */
  readonly #slots: ({ readonly key: string; readonly member: Member } | undefined)[] = Array.from({ length: slots });

  /** The member whose key is between two indexes of a JSON text, without its quotes. */
  at(text: string, start: number, end: number): Member {
    const length = end - start;
    if (length === 0) return this.of('');
    const slot = (length * 31 + text.charCodeAt(start) * 7 + text.charCodeAt(end - 1)) & (slots - 1);
    const last = this.#slots[slot];
    if (last !== undefined && last.key.length === length && text.startsWith(last.key, start)) return last.member;
    const key = text.slice(start, end);
    if (key.includes('\\')) return this.of(JSON.parse(`"${key}"`) as string);
    const member = this.of(key);
    if (length < longestKey) this.#slots[slot] = { key, member };
    return member;
  }

  of(key: string): Member {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const member = memberOf(key);
    if (this.#known.size < remembered && key.length < longestKey) this.#known.set(key, member);
    return member;
  }

  /** The rule of a string that names a value. Most are not the name of a secret, and are not remembered. */
  ruleOf(name: string): KeyRule | null {
    const last = codeOf(name.charCodeAt(name.length - 1));
    return last > 0 && last <= wideCode && !mayEndKey(name, name.length) ? null : this.of(name).rule;
  }
}

/** A power of two. */
const slots = 1024;
const remembered = 5000;
const longestKey = 200;

function memberOf(key: string): Member {
  const rule = findKeyRule(key);
  const name = key.length > longestKey ? '' : key.toLowerCase();
  const facts = {
    isName: nameKeys.has(key),
    isPaired: pairKeys.has(key),
    isUser: userKeys.has(name),
    isKind: key === 'kind',
    isKeyType: key === 'kty',
    isKeyPart: webKeyParts.has(key),
  };
  return {
    rule,
    objectRule: rule ?? (name === 'tokens' ? tokenGroup : null),
    asValue: rule === null ? null : { rule, place: 'json' },
    isValue: valueKeys.has(name),
    isDescription: descriptions.has(name) || name.endsWith('name') || name.endsWith('id'),
    isNoted: Object.values(facts).includes(true),
    ...facts,
    isSchema: schemaKeys.has(key),
    isExample: exampleKeys.has(key),
    isColumns: columnKeys.has(name),
    isRows: rowKeys.has(name),
    isData: dataKeys.has(key),
    isOrdinary: false,
  };
}

const listed = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Members of an object below a secret key that contain the secret itself. */
const valueKeys = listed('value values secret plaintext raw data v val');

/** Members below a secret key that describe it. */
const descriptions = listed(
  `user username login email mail host hostname server url uri endpoint type kind format description title label scope scopes
  created updated created_at updated_at expires expires_at expiry createdat updatedat expiresat region account project status state version
  algorithm alg provider source path file domain port note comment owner issuer audience pattern role arn visibility hint schema unit message
  error reason code locale language example reference ref link href env environment`,
);

const nameKeys = listed(
  'name key header variable field label title id k Name Key Header Variable Field Label Title Id',
);
const pairKeys = listed('value Value v val content');

/** Members that contain a JSON schema, in which keys are parameter names and the values describe them. */
const schemaKeys = listed('inputSchema outputSchema requestedSchema definitions $defs');
const exampleKeys = listed('default example examples const enum');

const userKeys = listed('user username login email mail user_name account');

const columnKeys = listed('columns fields header headers column_names columnnames keys');
const rowKeys = listed('rows values data records body results');

const dataKeys = listed('data stringData');
const webKeyParts = listed('d p q dp dq qi k');
