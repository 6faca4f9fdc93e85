/** Operators of jq on two values (gojq `operator.go`). */
import {
  compare,
  isArray,
  isNumber,
  isObject,
  JqError,
  type JqObject,
  type JqValue,
  makeObject,
  ownValue,
  NumberLiteral,
  plainNumber,
  shown,
  toFloat,
  preview,
  requireSize,
} from '../jqValue.ts';

export function add(left: JqValue, right: JqValue): JqValue {
  if (isNumber(left) && isNumber(right))
    return numbers(
      left,
      right,
      (l, r) => l + r,
      (l, r) => l + r,
    );
  if (typeof left === 'string' && typeof right === 'string') {
    requireSize(left.length + right.length);
    return left + right;
  }
  if (isArray(left) && isArray(right)) {
    requireSize(left.length + right.length);
    return left.length === 0 ? right : right.length === 0 ? left : [...left, ...right];
  }
  if (isObject(left) && isObject(right)) return { ...left, ...right };
  if (left === null) return right;
  if (right === null) return left;
  throw failed('add', left, right);
}

export function subtract(left: JqValue, right: JqValue): JqValue {
  if (isNumber(left) && isNumber(right))
    return numbers(
      left,
      right,
      (l, r) => l - r,
      (l, r) => l - r,
    );
  if (!isArray(left) || !isArray(right)) throw failed('subtract', left, right);
  return left.filter((item) => right.every((other) => compare(item, other) !== 0));
}

export function multiply(left: JqValue, right: JqValue): JqValue {
  if (isNumber(left) && isNumber(right))
    return numbers(
      left,
      right,
      (l, r) => l * r,
      (l, r) => l * r,
    );
  if (isObject(left) && isObject(right)) return merge(left, right);
  if (typeof left === 'string' && isNumber(right)) return repeat(left, toFloat(right) ?? 0);
  if (typeof right === 'string' && isNumber(left)) return repeat(right, toFloat(left) ?? 0);
  throw failed('multiply', left, right);
}

export function divide(left: JqValue, right: JqValue): JqValue {
  if (isNumber(left) && isNumber(right)) {
    const [l, r] = [plainNumber(left), plainNumber(right)];
    if (Number(r) === 0) throw new JqError(`cannot divide ${shown(l)} by: ${shown(r)}`);
    return typeof l === 'bigint' && typeof r === 'bigint' && l % r === 0n ? l / r : Number(l) / Number(r);
  }
  if (typeof left === 'string' && typeof right === 'string') return left === '' ? [] : splitText(left, right);
  throw failed('divide', left, right);
}

export function modulo(left: JqValue, right: JqValue): JqValue {
  if (!isNumber(left) || !isNumber(right)) throw failed('modulo', left, right);
  const [l, r] = [plainNumber(left), plainNumber(right)];
  if (Number.isNaN(l) || Number.isNaN(r)) return NaN;
  const [dividend, divisor] = [whole(l), whole(r)];
  if (divisor === 0n) throw new JqError(`cannot modulo ${shown(l)} by: ${shown(r)}`);
  return dividend % divisor;
}

export function negate(value: JqValue): JqValue {
  if (value instanceof NumberLiteral) {
    return new NumberLiteral(value.literal.startsWith('-') ? value.literal.slice(1) : `-${value.literal}`);
  }
  if (typeof value === 'number' || typeof value === 'bigint') return -value;
  throw new JqError(`cannot negate: ${shown(value)}`);
}

/** The sum of values; runs of strings, arrays and objects are put together at once, which takes linear time. */
export function sum(items: readonly JqValue[]): JqValue {
  let total: JqValue = null;
  for (let at = 0; at < items.length;) {
    const end = endOfRun(items, at);
    total = add(total, joined(items.slice(at, end)));
    at = end;
  }
  return total;
}

/** The end of the arrays, or of the objects, that start at an index. */
function endOfRun(items: readonly JqValue[], start: number): number {
  const kind = isArray(items[start]) ? isArray : isObject(items[start]) ? isObject : null;
  if (kind === null) return start + 1;
  const length = items.slice(start).findIndex((item) => !kind(item));
  return length < 0 ? items.length : start + length;
}

function joined(run: readonly JqValue[]): JqValue {
  const [first = null] = run;
  if (isArray(first)) return run.filter(isArray).flat();
  return isObject(first) ? makeObject(run.filter(isObject).flatMap((each) => Object.entries(each))) : first;
}

/** Go's `strings.Split`: an empty separator gives the characters. */
export function splitText(text: string, separator: string): readonly string[] {
  return separator === '' ? Array.from(text) : text.split(separator);
}

const repeatLimit = 0x7fff_ffff;

function repeat(text: string, times: number): JqValue {
  if (times < 0 || Number.isNaN(times)) return null;
  const count = Math.trunc(Math.min(times, repeatLimit));
  if (text.length * count < repeatLimit) {
    requireSize(text.length * count);
    return text.repeat(count);
  }
  throw new JqError(`repeat string result too large: ${preview(text)} * ${preview(times)}`);
}

function merge(left: JqObject, right: JqObject): JqObject {
  const merged = Object.keys(right).map((key): readonly [string, JqValue] => {
    const [l, r] = [ownValue(left, key), ownValue(right, key) ?? null];
    return [key, isObject(l) && isObject(r) ? merge(l, r) : r];
  });
  return { ...left, ...makeObject(merged) };
}

/** Integers stay exact; with a float64 on one side both are float64. */
function numbers(
  left: number | bigint | NumberLiteral,
  right: number | bigint | NumberLiteral,
  exact: (l: bigint, r: bigint) => bigint,
  rounded: (l: number, r: number) => number,
): JqValue {
  const [l, r] = [plainNumber(left), plainNumber(right)];
  return typeof l === 'bigint' && typeof r === 'bigint' ? exact(l, r) : rounded(Number(l), Number(r));
}

/** A float64 as the 64-bit integer that Go converts it to. */
function whole(value: number | bigint): bigint {
  if (typeof value === 'bigint') return value;
  if (value >= -(2 ** 63) && value < 2 ** 63) return BigInt(Math.trunc(value));
  return value > 0 ? 2n ** 63n - 1n : -(2n ** 63n);
}

function failed(verb: string, left: JqValue, right: JqValue): JqError {
  return new JqError(`cannot ${verb}: ${shown(left)} and ${shown(right)}`);
}
