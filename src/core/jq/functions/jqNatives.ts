/** Functions of jq that map values to a value, by `name/arity`: those on arrays, objects and types (gojq `func.go`). */
import { add, divide, modulo, multiply, negate, subtract, sum } from './jqArithmetic.ts';
import { formatNamed } from './jqFormats.ts';
import { Halt, type Machine } from '../run/jqMachine.ts';
import type { Native } from './jqNative.ts';
import { mathFunctions } from './jqMath.ts';
import { applied, Changes, deletePaths, numberArgument, positions, setPath, wrapped } from './jqPaths.ts';
import { textFunctions } from './jqTexts.ts';
import { timeFunctions } from './jqTimes.ts';
import {
  compare,
  isArray,
  isNumber,
  isObject,
  JqError,
  type JqValue,
  keysOf,
  makeObject,
  ownValue,
  NumberLiteral,
  preview,
  requireSize,
  shown,
  toInt,
  toJson,
  typeOf,
} from '../jqValue.ts';

/** Functions of gojq that Guardscope does not have: special functions of mathematics, and what depends on the time or the machine. */
export const notSupported: ReadonlySet<string> = new Set(
  'now/0 localtime/0 strflocaltime/1 builtins/0 modulemeta/0 gamma/0 tgamma/0 lgamma/0 erf/0 erfc/0 j0/0 j1/0 y0/0 y1/0 jn/2 yn/2 nextafter/2 nexttoward/2 fma/3 frexp/0 drem/2 remainder/2'.split(
    ' ',
  ),
);

const lists: Readonly<Record<string, Native>> = {
  '_add/2': (_v, [l = null, r = null]) => add(l, r),
  '_subtract/2': (_v, [l = null, r = null]) => subtract(l, r),
  '_multiply/2': (_v, [l = null, r = null]) => multiply(l, r),
  '_divide/2': (_v, [l = null, r = null]) => divide(l, r),
  '_modulo/2': (_v, [l = null, r = null]) => modulo(l, r),
  '_equal/2': (_v, [l = null, r = null]) => compare(l, r) === 0,
  '_notequal/2': (_v, [l = null, r = null]) => compare(l, r) !== 0,
  '_greater/2': (_v, [l = null, r = null]) => compare(l, r) > 0,
  '_less/2': (_v, [l = null, r = null]) => compare(l, r) < 0,
  '_greatereq/2': (_v, [l = null, r = null]) => compare(l, r) >= 0,
  '_lesseq/2': (_v, [l = null, r = null]) => compare(l, r) <= 0,
  '_negate/1': (_v, [value = null]) => negate(value),
  '_plus/1': (_v, [value = null]) => {
    if (isNumber(value)) return value;
    throw new JqError(`cannot plus: ${shown(value)}`);
  },
  'length/0': (value) => {
    if (value === null) return 0n;
    if (isNumber(value)) return absolute(value);
    if (typeof value === 'string') return BigInt(Array.from(value).length);
    if (isArray(value)) return BigInt(value.length);
    if (isObject(value)) return BigInt(Object.keys(value).length);
    throw applied('length', value);
  },
  'abs/0': (value) => {
    if (isNumber(value)) return absolute(value);
    throw applied('abs', value);
  },
  'keys/0': (value) => {
    if (isArray(value)) return value.map((_item, index) => BigInt(index));
    if (isObject(value)) return keysOf(value);
    throw applied('keys', value);
  },
  'has/1': (value, [key = null]) => {
    const at = toInt(key);
    if (isArray(value) && at !== null) return at >= 0 && at < value.length;
    if (isObject(value) && typeof key === 'string') return Object.hasOwn(value, key);
    if (value === null) return false;
    throw applied('has', value, [key]);
  },
  'add/0': (value) => sum(valuesOf('add', value)),
  'type/0': typeOf,
  'toboolean/0': (value) => {
    if (typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    if (typeof value === 'string') throw wrapped('toboolean', value, [], new JqError('invalid boolean'));
    throw applied('toboolean', value);
  },
  'reverse/0': (value) => list('reverse', value).toReversed(),
  'contains/1': (value, [part = null]) => contains(value, part),
  'inside/1': (value, [whole = null]) => contains(whole, value),
  'indices/1': (value, [part = null]) => find('indices', value, part, (found) => found.map(BigInt)),
  'index/1': (value, [part = null]) =>
    find('index', value, part, ([first]) => (first === undefined ? null : BigInt(first))),
  'rindex/1': (value, [part = null]) =>
    find('rindex', value, part, (found) => (found.length === 0 ? null : BigInt(found.at(-1) ?? 0))),
  'flatten/0': (value) => flatten(valuesOf('flatten', value), -1),
  'flatten/1': (value, [depth]) => {
    const items = valuesOf('flatten', value);
    const levels = numberArgument('flatten', depth);
    if (levels < 0 || Number.isNaN(levels))
      throw new JqError(`flatten depth should not be negative: ${preview(levels)}`);
    return flatten(items, levels);
  },
  'min/0': (value) => extreme(list('min', value), list('min', value), true),
  'max/0': (value) => extreme(list('max', value), list('max', value), false),
  '_min_by/1': (value, [keys = null]) => extreme(...keyed('min_by', value, keys), true),
  '_max_by/1': (value, [keys = null]) => extreme(...keyed('max_by', value, keys), false),
  'sort/0': (value) => sorted(list('sort', value), list('sort', value)).map(({ item }) => item),
  '_sort_by/1': (value, [keys = null]) => sorted(...keyed('sort_by', value, keys)).map(({ item }) => item),
  '_group_by/1': (value, [keys = null]) => groups(sorted(...keyed('group_by', value, keys))),
  'unique/0': (value) => groups(sorted(list('unique', value), list('unique', value))).map(([first = null]) => first),
  '_unique_by/1': (value, [keys = null]) =>
    groups(sorted(...keyed('unique_by', value, keys))).map(([first = null]) => first),
  'setpath/2': (value, [keys = null, given = null], machine) => setPath(value, keys, given, changesOf(machine)),
  'delpaths/1': (value, [paths = null], machine) => deletePaths(value, paths, changesOf(machine)),
  'transpose/0': (value) => {
    const rows = list('transpose', value);
    if (!rows.every(isArray)) throw applied('transpose', value);
    const width = Math.max(0, ...rows.map((row) => row.length));
    requireSize(width * rows.length);
    return Array.from({ length: width }, (_each, column) => rows.map((row) => row[column] ?? null));
  },
  'bsearch/1': (value, [wanted = null]) => {
    if (!isArray(value)) throw applied('bsearch', value, [wanted]);
    let [low, high] = [0, value.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(value[middle] ?? null, wanted) >= 0) high = middle;
      else low = middle + 1;
    }
    return BigInt(low < value.length && compare(value[low] ?? null, wanted) === 0 ? low : -low - 1);
  },
  '_captures/0': (value) => {
    if (!isArray(value)) throw new JqError(`expected an array but got: ${shown(value)}`);
    const named = value.filter(isObject).flatMap((capture): (readonly [string, JqValue])[] => {
      const name = ownValue(capture, 'name');
      return typeof name === 'string' ? [[name, ownValue(capture, 'string') ?? null]] : [];
    });
    return makeObject(named);
  },
  'format/1': (value, [name = null]) => {
    if (typeof name !== 'string') throw applied('format', name);
    const format = formatNamed(`@${name}`);
    if (format === null) throw new JqError(`format not defined: @${name}`);
    return format(value);
  },
  'error/0': (value) => {
    throw thrown(value);
  },
  'error/1': (_v, [value = null]) => {
    throw thrown(value);
  },
  'halt/0': () => {
    throw new Halt(null, 0);
  },
  'halt_error/0': (value) => {
    throw new Halt(value, 5);
  },
  'halt_error/1': (value, [code = null]) => {
    const exitCode = toInt(code);
    if (exitCode === null) throw applied('halt_error', code);
    throw new Halt(value, exitCode);
  },
};

/** All functions by `name/arity`. */
export const natives: Readonly<Record<string, Native>> = {
  ...lists,
  ...textFunctions,
  ...mathFunctions,
  ...timeFunctions,
};

function changesOf(machine: Machine): Changes {
  return new Changes((units) => machine.work(units));
}

function thrown(value: JqValue): JqError {
  return new JqError(`error: ${typeof value === 'string' ? value : toJson(value)}`, value);
}

function absolute(value: number | bigint | NumberLiteral): JqValue {
  if (value instanceof NumberLiteral) return value.literal.startsWith('-') ? negate(value) : value;
  if (typeof value === 'bigint') return value < 0n ? -value : value;
  return Math.abs(value);
}

function list(name: string, value: JqValue): readonly JqValue[] {
  if (isArray(value)) return value;
  throw applied(name, value);
}

function valuesOf(name: string, value: JqValue): readonly JqValue[] {
  if (isArray(value)) return value;
  if (isObject(value)) return keysOf(value).map((key) => value[key] ?? null);
  throw applied(name, value);
}

function contains(whole: JqValue, part: JqValue): boolean {
  if (isNumber(whole) && isNumber(part)) return compare(whole, part) === 0;
  if (typeof whole === 'string' && typeof part === 'string') return whole.includes(part);
  if (isArray(whole) && isArray(part)) return part.every((each) => whole.some((item) => isContained(item, each)));
  if (isObject(whole) && isObject(part)) {
    return Object.keys(part).every((key) => {
      const inner = ownValue(whole, key);
      return inner !== undefined && isContained(inner, part[key] ?? null);
    });
  }
  if (whole === part) return true;
  throw applied('contains', whole, [part]);
}

function isContained(whole: JqValue, part: JqValue): boolean {
  try {
    return contains(whole, part);
  } catch (error) {
    if (error instanceof JqError) return false;
    throw error;
  }
}

function find(name: string, value: JqValue, part: JqValue, pick: (found: readonly number[]) => JqValue): JqValue {
  if (value === null) return null;
  if (isArray(value)) return pick(positions(value, isArray(part) ? part : [part]));
  if (typeof value === 'string' && typeof part === 'string')
    return pick(positions(Array.from(value), Array.from(part)));
  throw applied(name, value, [part]);
}

function flatten(items: readonly JqValue[], depth: number): readonly JqValue[] {
  const flat: JqValue[] = [];
  const visit = (list: readonly JqValue[], levels: number): void => {
    for (const item of list) {
      if (isArray(item) && levels !== 0) visit(item, levels - 1);
      else flat.push(item);
      requireSize(flat.length);
    }
  };
  visit(items, depth);
  return flat;
}

function extreme(items: readonly JqValue[], keys: readonly JqValue[], isLeast: boolean): JqValue {
  let best = 0;
  for (let at = 1; at < keys.length; at++) {
    if (compare(keys[best] ?? null, keys[at] ?? null) > 0 === isLeast) best = at;
  }
  return items[best] ?? null;
}

function keyed(name: string, value: JqValue, keys: JqValue): [readonly JqValue[], readonly JqValue[]] {
  if (!isArray(value) || !isArray(keys)) throw applied(name, value, [keys]);
  if (value.length !== keys.length) throw wrapped(name, value, [keys], new JqError('length mismatch'));
  return [value, keys];
}

interface Keyed {
  readonly item: JqValue;
  readonly key: JqValue;
}

function sorted(items: readonly JqValue[], keys: readonly JqValue[]): readonly Keyed[] {
  const pairs = items.map((item, index) => ({ item, key: keys[index] ?? null }));
  return pairs.sort((left, right) => compare(left.key, right.key));
}

function groups(items: readonly Keyed[]): readonly (readonly JqValue[])[] {
  const all: JqValue[][] = [];
  let last: JqValue = null;
  for (const { item, key } of items) {
    const group = all.at(-1);
    if (group !== undefined && compare(last, key) === 0) group.push(item);
    else all.push([item]);
    last = key;
  }
  return all;
}
