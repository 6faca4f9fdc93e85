/** JSON texts as trees with what Go's decoder sees and a JavaScript value loses: duplicate keys and number literals. */
import { parseValid, skipString, type GoJsonResult } from './goJsonScan.ts';
import { wellFormed } from './goText.ts';
import type { JsonValue } from '../base/json.ts';

/** A number literal that overflows a float64, and the UTF-16 index where it starts. */
export interface Overflow {
  readonly literal: string;
  readonly at: number;
}

/** Common to all nodes. */
interface BaseNode {
  /** The value that `json.Unmarshal` into `any` gives. */
  readonly value: JsonValue;
  /** The first number inside that overflows, which Go reports as a type error; null when there is none. */
  readonly overflow: Overflow | null;
}

/** A string. */
export interface StringNode extends BaseNode {
  readonly kind: 'string';
  readonly value: string;
}

/** null, a boolean or a number. */
export interface ScalarNode extends BaseNode {
  readonly kind: 'null' | 'bool' | 'number';
  /** The literal as written. */
  readonly literal: string;
}

/** An array. */
export interface ArrayNode extends BaseNode {
  readonly kind: 'array';
  readonly items: readonly GoJsonNode[];
}

/** An object. */
export interface ObjectNode extends BaseNode {
  readonly kind: 'object';
  /** The members in the order of the text, duplicates included. */
  readonly entries: readonly (readonly [key: string, node: GoJsonNode])[];
}

/** One value of a JSON text. The kinds are named as in Go's type errors. */
export type GoJsonNode = StringNode | ScalarNode | ArrayNode | ObjectNode;

/** The tree of a JSON text, or Go's syntax error. */
export function decodeGoJsonTree(text: string): GoJsonResult<GoJsonNode> {
  const valid = parseValid(text);
  return valid.ok ? { ok: true, value: buildGoJsonTree(text) } : valid;
}

/** The tree of a valid text. Built without recursion, because Go allows 10000 levels. */
export function buildGoJsonTree(text: string): GoJsonNode {
  const open: (OpenArray | OpenObject)[] = [];
  let at = 0;
  for (;;) {
    const code = text.charCodeAt(at);
    let node: GoJsonNode;
    if (code === 0x5b) {
      open.push({ kind: 'array', value: [], overflow: null, items: [] });
      at++;
      continue;
    } else if (code === 0x7b) {
      open.push({ kind: 'object', value: {}, overflow: null, entries: [], key: null });
      at++;
      continue;
    } else if (code === 0x5d || code === 0x7d) {
      const closed = open.pop();
      if (closed === undefined) throw new Error('buildGoJsonTree needs a valid text');
      node = closed;
      at++;
    } else if (isBetween(code)) {
      at++;
      continue;
    } else {
      const end = scalarEnd(text, at);
      const inside = open.at(-1);
      if (inside?.kind === 'object' && inside.key === null) {
        inside.key = stringValue(text.slice(at, end));
        at = end;
        continue;
      }
      node = scalar(text.slice(at, end), at);
      at = end;
    }
    const parent = open.at(-1);
    if (parent === undefined) return node;
    put(parent, node);
  }
}

interface OpenArray extends ArrayNode {
  readonly value: JsonValue[];
  readonly items: GoJsonNode[];
  overflow: Overflow | null;
}

interface OpenObject extends ObjectNode {
  readonly value: Record<string, JsonValue>;
  readonly entries: (readonly [string, GoJsonNode])[];
  overflow: Overflow | null;
  /** The key whose value follows; null when a key follows. */
  key: string | null;
}

function put(parent: OpenArray | OpenObject, node: GoJsonNode): void {
  parent.overflow ??= node.overflow;
  if (parent.kind === 'array') {
    parent.items.push(node);
    parent.value.push(node.value);
    return;
  }
  const key = parent.key ?? '';
  parent.key = null;
  parent.entries.push([key, node]);
  if (key !== '__proto__') parent.value[key] = node.value;
  else
    Object.defineProperty(parent.value, key, {
      value: node.value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
}

/** White space, commas and colons, which carry no information in a valid text. */
function isBetween(code: number): boolean {
  return code <= 0x20 || code === 0x2c || code === 0x3a;
}

const literalAt = /[-+.0-9a-zA-Z]+/y;

function scalarEnd(text: string, at: number): number {
  if (text.charCodeAt(at) === 0x22) return skipString(text, at) + 1;
  literalAt.lastIndex = at;
  literalAt.test(text);
  return literalAt.lastIndex;
}

function scalar(literal: string, at: number): StringNode | ScalarNode {
  if (literal.startsWith('"')) return { kind: 'string', value: stringValue(literal), overflow: null };
  if (literal === 'null') return { kind: 'null', value: null, overflow: null, literal };
  if (literal === 'true' || literal === 'false')
    return { kind: 'bool', value: literal === 'true', overflow: null, literal };
  const value = Number(literal);
  const overflow = Number.isFinite(value) ? null : { literal, at };
  return { kind: 'number', value: overflow === null ? value : null, overflow, literal };
}

function stringValue(literal: string): string {
  const value = literal.includes('\\') ? decodeEscapes(literal) : literal.slice(1, -1);
  return wellFormed(value);
}

/** Decodes escapes. Raw lone surrogates are replaced first, as in Go, so that they do not pair with escaped ones. */
function decodeEscapes(literal: string): string {
  return JSON.parse(wellFormed(literal)) as string;
}
