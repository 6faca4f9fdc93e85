/** Values of jq programs as gojq v0.12.19 has them: types, order, number conversions and texts (gateway spec 3.15). */
import { compareUtf8, sortUtf8, utf8Length } from '../go/goText.ts';

/**
 * A value. A `number` is a float64 of gojq, as all numbers of the input are; a `bigint` is one of its integers, as literals and lengths are;
 * a `NumberLiteral` is a number that `fromjson` read and that is printed as it was written.
 */
export type JqValue = null | boolean | number | bigint | string | readonly JqValue[] | NumberLiteral | JqObject;

/** An object. Its keys are always visited in the order of their UTF-8 bytes. */
export interface JqObject {
  readonly [key: string]: JqValue;
}

/** A number as it was written in a JSON text that the program decoded. */
export class NumberLiteral {
  readonly literal: string;

  constructor(literal: string) {
    this.literal = literal;
  }
}

/** An error of a program that `try` can catch. `thrown`: the program's own value; without it `catch` receives the message. */
export class JqError extends Error {
  readonly thrown: JqValue | undefined;

  constructor(message: string, thrown?: JqValue) {
    super(message);
    this.thrown = thrown;
  }
}

/** A program that gojq refuses to compile, with its sentence. */
export class JqCompileError extends Error {}

export function isArray(value: JqValue | undefined): value is readonly JqValue[] {
  return Array.isArray(value);
}

export function isObject(value: JqValue | undefined): value is JqObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberLiteral);
}

export function isNumber(value: JqValue | undefined): value is number | bigint | NumberLiteral {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof NumberLiteral;
}

/** Elements or characters that a value may have. V8 ends the process when an array gets much larger. */
const mostElements = 2 ** 25;

/** Throws a `RangeError` for a value of so many elements or characters. */
export function requireSize(size: number): void {
  if (size > mostElements) throw new RangeError(`a value of ${size} elements is too large`);
}

/** The work of a function that reads a value once. */
export function workOf(value: JqValue): number {
  if (typeof value === 'string') return value.length / 64;
  if (isArray(value)) return value.length / 8;
  return isObject(value) ? Object.keys(value).length / 8 : 0;
}

/** The name that `type` returns. */
export function typeOf(value: JqValue): string {
  if (value === null) return 'null';
  if (isNumber(value)) return 'number';
  if (isArray(value)) return 'array';
  return typeof value === 'object' ? 'object' : typeof value;
}

/** The value of a number literal: an integer of any size, or a float64; infinite when it overflows. */
export function parseNumber(literal: string): number | bigint {
  if (/[.eE]/.test(literal)) return Number(literal);
  return BigInt(literal.startsWith('+') ? literal.slice(1) : literal);
}

/** A number without its spelling. */
export function plainNumber(value: number | bigint | NumberLiteral): number | bigint {
  return value instanceof NumberLiteral ? parseNumber(value.literal) : value;
}

/** The float64 of a number; null for other values. */
export function toFloat(value: JqValue | undefined): number | null {
  return isNumber(value) ? Number(plainNumber(value)) : null;
}

const maxInt = 0x7fff_ffff_ffff_ffffn;

/** The 64-bit integer of a number, cut towards zero, as a JavaScript number; null for other values. NaN is the smallest one, as in Go. */
export function toInt(value: JqValue | undefined): number | null {
  if (!isNumber(value)) return null;
  const number = plainNumber(value);
  if (typeof number === 'bigint') {
    const clamped = number > maxInt ? maxInt : number < -maxInt - 1n ? -maxInt - 1n : number;
    return Number(clamped);
  }
  if (number >= -(2 ** 63) && number < 2 ** 63) return Math.trunc(number);
  return number > 0 ? 2 ** 63 : -(2 ** 63);
}

/** Keys in gojq's order. */
export function keysOf(object: JqObject): string[] {
  return sortUtf8(Object.keys(object));
}

/** The member of an object; undefined when it is absent. Inherited members do not count. */
export function ownValue(object: JqObject, key: string): JqValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** An object with these members; the last of equal keys wins. `__proto__` is an ordinary key. */
export function makeObject(entries: Iterable<readonly [string, JqValue]>): JqObject {
  return Object.fromEntries(entries);
}

/** -1, 0 or 1 (gojq `compare.go`). A NaN is less than every number, itself included. */
export function compare(left: JqValue, right: JqValue): number {
  if (isNumber(left) && isNumber(right)) return compareNumbers(plainNumber(left), plainNumber(right));
  if (typeof left === 'string' && typeof right === 'string') return Math.sign(compareUtf8(left, right));
  if (isArray(left) && isArray(right)) return compareArrays(left, right);
  if (isObject(left) && isObject(right)) return compareObjects(left, right);
  return Math.sign(rank(left) - rank(right));
}

function compareNumbers(left: number | bigint, right: number | bigint): number {
  if (typeof left === 'bigint' && typeof right === 'bigint') return left < right ? -1 : left > right ? 1 : 0;
  const [l, r] = [Number(left), Number(right)];
  if (l < r || Number.isNaN(l)) return -1;
  return l === r ? 0 : 1;
}

function compareArrays(left: readonly JqValue[], right: readonly JqValue[]): number {
  for (let index = 0; index < left.length && index < right.length; index++) {
    const order = compare(left[index] ?? null, right[index] ?? null);
    if (order !== 0) return order;
  }
  return Math.sign(left.length - right.length);
}

function compareObjects(left: JqObject, right: JqObject): number {
  const keys = keysOf(left);
  const order = compareArrays(keys, keysOf(right));
  if (order !== 0) return order;
  for (const key of keys) {
    const inner = compare(left[key] ?? null, right[key] ?? null);
    if (inner !== 0) return inner;
  }
  return 0;
}

function rank(value: JqValue): number {
  if (value === null) return 0;
  if (typeof value === 'boolean') return value ? 2 : 1;
  if (isNumber(value)) return 3;
  if (typeof value === 'string') return 4;
  return isArray(value) ? 5 : 6;
}

/** JSON as `tojson` writes it: sorted keys, only control characters escaped, NaN as null, infinity as the largest float64. */
export function toJson(value: JqValue, limit = Infinity): string {
  const out: string[] = [];
  let length = 0;
  const isFull = (): boolean => length > limit;
  const put = (text: string): void => {
    if (isFull()) return;
    out.push(text);
    length += text.length;
    requireSize(length);
  };
  const write = (each: JqValue): void => {
    if (isFull()) return;
    if (typeof each === 'string') put(quote(each.length > limit ? each.slice(0, limit) : each));
    else if (typeof each === 'number') put(floatText(each));
    else if (each instanceof NumberLiteral) put(each.literal);
    else if (isArray(each)) {
      put('[');
      for (const [index, item] of each.entries()) {
        if (isFull()) break;
        if (index > 0) put(',');
        write(item);
      }
      put(']');
    } else if (isObject(each)) {
      put('{');
      for (const [index, key] of keysOf(each).entries()) {
        if (isFull()) break;
        put(`${index > 0 ? ',' : ''}${quote(key)}:`);
        write(each[key] ?? null);
      }
      put('}');
    } else if (typeof each === 'symbol') {
      // gojq's text ends at what `delpaths` has marked for removal.
      length = Infinity;
    } else put(String(each));
  };
  write(value);
  return out.join('');
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'null';
  if (!Number.isFinite(value)) return value > 0 ? '1.7976931348623157e+308' : '-1.7976931348623157e+308';
  return Object.is(value, -0) ? '-0' : String(value);
}

function quote(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}

/** The type and the beginning of a value, as gojq's errors name it. */
export function shown(value: JqValue): string {
  return value === null ? 'null' : `${typeOf(value)} (${preview(value)})`;
}

/** At most 30 bytes of a value's JSON (gojq `preview.go`). */
export function preview(value: JqValue): string {
  const text = toJson(value, 40);
  const most = 30;
  if (text.length <= most && utf8Length(text) <= most) return text;
  const end = typeof value === 'string' ? ' ..."' : isArray(value) ? ' ...]' : isObject(value) ? ' ...}' : ' ...';
  let cut = '';
  let bytes = end.length;
  for (const rune of text) {
    bytes += utf8Length(rune);
    if (bytes > most) break;
    cut += rune;
  }
  return cut + end;
}
