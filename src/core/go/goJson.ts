/** JSON as Go reads and writes it: `json.Marshal`, and `json.Unmarshal` into `any` (gateway spec 2.2). */
import { parseValid, type GoJsonResult } from './goJsonScan.ts';
import { buildGoJsonTree } from './goJsonTree.ts';
import { typeError } from './goJsonTyped.ts';
import { sortUtf8, utf8Length } from './goText.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';

/**
 * Go's `json.Marshal`: keys are sorted by UTF-8 bytes, there is no white space, `<`, `>`, `&`, U+2028 and U+2029 are escaped, -0
 * stays -0, and lone surrogates become U+FFFD. All numbers of the value must be finite, as in decoded JSON.
 */
export function encodeGoJson(value: JsonValue): string {
  const encoder = new Encoder();
  return finish(encoder.encode(value, 0), encoder.metSurrogate);
}

/**
 * `json.Unmarshal` into `any`: the last of duplicate keys wins, `__proto__` is an ordinary key, and lone surrogates become U+FFFD.
 * Numbers that overflow a float64, nesting beyond 10000 levels, and syntax errors fail with Go's text.
 */
export function decodeGoJson(text: string): GoJsonResult<JsonValue> {
  const valid = parseValid(text);
  if (!valid.ok || !needsCare(text)) return valid;
  const { value, overflow } = buildGoJsonTree(text);
  if (overflow === null) return { ok: true, value };
  const offset = utf8Length(text.slice(0, overflow.at));
  return {
    ok: false,
    error: `json: cannot unmarshal number ${overflow.literal} into Go value of type float64`,
    offset,
  };
}

/** `json.Unmarshal` into `map[string]interface {}`: null gives null (a nil map); values of other kinds than object fail. */
export function decodeGoObject(
  text: string,
  decode: (text: string) => GoJsonResult<JsonValue> = decodeGoJson,
): GoJsonResult<JsonObject | null> {
  const decoded = decode(text);
  if (!decoded.ok && !decoded.error.startsWith('json:')) return decoded;
  const kind = kindOf(text);
  if (kind !== 'object' && kind !== 'null') {
    return { ok: false, error: typeError(kind, 'map[string]interface {}'), offset: 0 };
  }
  return decoded as GoJsonResult<JsonObject | null>;
}

/** Whether `JSON.parse` may differ from Go: lone surrogates, escaped or raw, and numbers that may overflow a float64. */
function needsCare(text: string): boolean {
  if (text.includes('\\u') && escapedSurrogate.test(text)) return true;
  if (anySurrogate.test(text) && loneSurrogate.test(text)) return true;
  return largeExponent.test(text) || hasManyDigits(text);
}

const escapedSurrogate = /\\u[dD][89a-fA-F]/;
const anySurrogate = /[\ud800-\udfff]/;
const loneSurrogate = /[\ud800-\udfff]/u;
const largeExponent = /\d[eE]\+?\d{3}/;

/** Whether the text has a run of `manyDigits` digits. Such a run covers one of the indexes that the loop visits. */
function hasManyDigits(text: string): boolean {
  for (let at = manyDigits - 1; at < text.length; at += manyDigits) {
    let start = at;
    while (isDigit(text.charCodeAt(start)) && at - start < manyDigits) start--;
    let end = at;
    while (isDigit(text.charCodeAt(end)) && end - start <= manyDigits) end++;
    if (end - start > manyDigits) return true;
  }
  return false;
}

const manyDigits = 200;

/** Whether the code is a digit; NaN, as `charCodeAt` gives outside the text, is not. */
function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Beyond this depth the encoder uses a stack of its own, because V8's stack ends before Go's limit of 10000 levels. */
const recursionLimit = 400;

/** Orders of keys of the documents so far, by the first key, so that objects with the same keys in the same order are sorted once. */
const orders = new Map<string, KeyOrder>();

/** Most orders that are remembered, and most keys of one, so that the memory is small. */
const mostOrders = 256;
const mostKeys = 256;

/** Encodes one document. */
class Encoder {
  /** Whether a string with a surrogate was encoded; only then can there be a lone one. */
  metSurrogate = false;

  encode(value: JsonValue, depth: number): string {
    if (typeof value === 'string') return this.#string(value);
    if (typeof value === 'number') return encodeNumber(value);
    if (typeof value !== 'object' || value === null) return String(value);
    if (depth > recursionLimit) return this.#deep(value);
    return isArray(value) ? this.#array(value, depth + 1) : this.#object(value, depth + 1);
  }

  #array(items: readonly JsonValue[], depth: number): string {
    let text = '[';
    for (let index = 0; index < items.length; index++) {
      if (index > 0) text += ',';
      text += this.encode(items[index] ?? null, depth);
    }
    return `${text}]`;
  }

  #object(object: JsonObject, depth: number): string {
    const { sorted, texts } = this.#order(object);
    let text = '{';
    for (let index = 0; index < sorted.length; index++) {
      text += texts[index] ?? '';
      text += this.encode(object[sorted[index] ?? ''] ?? null, depth);
    }
    return `${text}}`;
  }

  #order(object: JsonObject): KeyOrder {
    const keys = Object.keys(object);
    const first = keys[0];
    if (first === undefined) return { keys, sorted: keys, texts: keys };
    const known = orders.get(first);
    if (known !== undefined && sameKeys(known.keys, keys)) return known;
    const sorted = sortUtf8(keys);
    const texts = sorted.map((key, index) => `${index === 0 ? '' : ','}${this.#string(key)}:`);
    const order = { keys, sorted, texts };
    if (keys.length > mostKeys || keys.some((key) => anySurrogate.test(key))) return order;
    if (orders.size >= mostOrders) orders.clear();
    orders.set(first, order);
    return order;
  }

  #string(text: string): string {
    if (!needsEscape.test(text)) return `"${text}"`;
    if (anySurrogate.test(text)) this.metSurrogate = true;
    return JSON.stringify(text);
  }

  /** Encodes a subtree without recursion. */
  #deep(root: readonly JsonValue[] | JsonObject): string {
    const parts: string[] = [];
    const work: Work[] = [{ value: root }];
    for (let next = work.pop(); next !== undefined; next = work.pop()) {
      if (typeof next === 'string') parts.push(next);
      else if (typeof next.value !== 'object' || next.value === null) parts.push(this.encode(next.value, 0));
      else work.push(...this.#pieces(next.value).reverse());
    }
    return parts.join('');
  }

  #pieces(value: readonly JsonValue[] | JsonObject): Work[] {
    const pieces: Work[] = [];
    if (isArray(value)) {
      for (const [index, item] of value.entries()) pieces.push(index === 0 ? '' : ',', { value: item });
      return ['[', ...pieces, ']'];
    }
    const { sorted, texts } = this.#order(value);
    for (const [index, key] of sorted.entries()) pieces.push(texts[index] ?? '', { value: value[key] ?? null });
    return ['{', ...pieces, '}'];
  }
}

type Work = string | { readonly value: JsonValue };

/** The keys of an object in their own order, in Go's order, and the text that stands before each value. */
interface KeyOrder {
  readonly keys: readonly string[];
  readonly sorted: readonly string[];
  readonly texts: readonly string[];
}

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    if (a[index] !== b[index]) return false;
  }
  return true;
}

function encodeNumber(value: number): string {
  return value === 0 && Object.is(value, -0) ? '-0' : String(value);
}

/** Characters that JavaScript's encoder may escape. */
const needsEscape = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

/** Characters that Go escapes and JavaScript does not; they do not occur outside of strings. */
const goEscapes = [
  ['<', '\\u003c'],
  ['>', '\\u003e'],
  ['&', '\\u0026'],
  ['\u2028', '\\u2028'],
  ['\u2029', '\\u2029'],
] as const;

/** Each escape in an encoded text; JavaScript's encoder writes a lone surrogate as one. */
const escapes = /\\(?:ud[89a-f][0-9a-f]{2}|.)/g;

/** Applies Go's escapes to the whole encoded text, which is much faster than string by string. */
function finish(text: string, metSurrogate: boolean): string {
  let finished = text;
  for (const [char, escape] of goEscapes) {
    if (finished.includes(char)) finished = finished.replaceAll(char, escape);
  }
  if (!metSurrogate || !finished.includes('\\ud')) return finished;
  return finished.replace(escapes, (escape) => (escape.length === 6 ? '\ufffd' : escape));
}

/** The kind of the value of a valid text, as Go's type errors name it. */
function kindOf(text: string): string {
  const first = /[^ \t\r\n]/.exec(text)?.[0] ?? '';
  return kinds[first] ?? 'number';
}

const kinds: Readonly<Record<string, string>> = {
  '{': 'object',
  '[': 'array',
  '"': 'string',
  t: 'bool',
  f: 'bool',
  n: 'null',
};

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
