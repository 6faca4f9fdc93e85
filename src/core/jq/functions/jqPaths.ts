/** Indexes, slices and paths of jq (gojq `funcIndex2`, `funcSlice`, `setpath`, `delpaths`, `getpath`). */
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
  preview,
  shown,
  toFloat,
  toInt,
} from '../jqValue.ts';

/** `.[key]`: a member, an element, the character of a string, or the positions of an array in an array. */
export function indexValue(value: JqValue, key: JqValue): JqValue {
  if (typeof key === 'string') {
    if (value === null) return null;
    if (isObject(value)) return ownValue(value, key) ?? null;
    throw new JqError(`expected an object but got: ${shown(value)}`);
  }
  if (isNumber(key)) return elementOf(value, toInt(key) ?? 0);
  if (isArray(key)) {
    if (value === null) return null;
    if (isArray(value)) return positions(value, key).map(BigInt);
    throw new JqError(`expected an array but got: ${shown(value)}`);
  }
  if (isObject(key)) {
    if (value === null) return null;
    const { start, end } = boundsOf(key);
    return sliceValue(value, start, end);
  }
  if (isArray(value)) throw notNumber('an array', key);
  if (typeof value === 'string') throw notNumber('a string', key);
  throw new JqError(`expected a string for object key but got: ${shown(key)}`);
}

function elementOf(value: JqValue, at: number): JqValue {
  if (value === null) return null;
  if (typeof value === 'string') {
    const runes = Array.from(value);
    return runes[clamp(at, -1, runes.length)] ?? null;
  }
  if (isArray(value)) return value[clamp(at, -1, value.length)] ?? null;
  throw new JqError(`expected an array but got: ${shown(value)}`);
}

function notNumber(what: string, key: JqValue): JqError {
  return new JqError(`expected a number for indexing ${what} but got: ${shown(key)}`);
}

function boundsOf(key: JqObject): { readonly start: JqValue; readonly end: JqValue } {
  const [start, end] = [ownValue(key, 'start'), ownValue(key, 'end')];
  if (start === undefined || end === undefined) {
    throw new JqError(`expected "start" and "end" for slicing but got: ${shown(key)}`);
  }
  return { start, end };
}

/** `.[start:end]` of an array or a string. */
export function sliceValue(value: JqValue, start: JqValue, end: JqValue): JqValue {
  if (value === null) return null;
  if (isArray(value)) return value.slice(...rangeOf(value.length, start, end, 'an array'));
  if (typeof value !== 'string') throw new JqError(`expected an array but got: ${shown(value)}`);
  const runes = Array.from(value);
  return runes.slice(...rangeOf(runes.length, start, end, 'a string')).join('');
}

function rangeOf(length: number, start: JqValue, end: JqValue, what: string): [number, number] {
  const from = start === null ? 0 : toInt(start);
  if (from === null) throw notNumber(what, start);
  const first = clamp(from, 0, length);
  if (end === null) return [first, length];
  const to = toInt(typeof end === 'number' ? Math.ceil(end) : end);
  if (to === null) throw notNumber(what, end);
  return [first, clamp(to, first, length)];
}

function clamp(at: number, least: number, most: number): number {
  const index = at < 0 ? at + most : at;
  return index < least ? least : Math.min(index, most);
}

/** The positions at which an array contains another one. */
export function positions(items: readonly JqValue[], part: readonly JqValue[]): number[] {
  const found: number[] = [];
  for (let at = 0; part.length > 0 && at + part.length <= items.length; at++) {
    if (part.every((item, index) => compare(items[at + index] ?? null, item) === 0)) found.push(at);
  }
  return found;
}

export function getPath(value: JqValue, keys: JqValue): JqValue {
  if (!isArray(keys)) throw applied('getpath', value, [keys]);
  let at = value;
  for (const key of keys) {
    if (at !== null && !isArray(at) && !isObject(at)) throw applied('getpath', value, [keys]);
    try {
      at = indexValue(at, key);
    } catch (thrown) {
      throw wrapped('getpath', value, [keys], thrown);
    }
  }
  return at;
}

/** The value with another one at a path. */
export function setPath(value: JqValue, keys: JqValue, given: JqValue, changes: Changes): JqValue {
  if (!isArray(keys)) throw applied('setpath', value, [keys]);
  try {
    return update(value, { keys, given, changes }, 0) as JqValue;
  } catch (thrown) {
    throw wrapped('setpath', value, [keys, given], thrown);
  }
}

/** Marks what is to be removed: indexes must not change before all paths were followed. */
const removed = Symbol('removed');

type Given = JqValue | typeof removed;

/**
 * Changes that belong together. A container that one of them has made is changed in place by the others, so that an assignment to each
 * element of an array takes linear time.
 */
export class Changes {
  readonly #owned = new WeakSet<object>();
  readonly #work: (units: number) => void;

  /** `work` is called with the units of work that a copy takes, before it is made. */
  constructor(work: (units: number) => void) {
    this.#work = work;
  }

  /** A copy to change, or the array itself when it was made here. */
  array(items: readonly JqValue[], length: number): JqValue[] {
    const isOwn = this.#owned.has(items);
    this.#work(isOwn ? length - items.length : Math.max(length, items.length) / 8);
    // An array of this type was made by an earlier call.
    const own = isOwn ? (items as JqValue[]) : [...items];
    while (own.length < length) own.push(null);
    this.#owned.add(own);
    return own;
  }

  /** The object with a member. */
  withMember(object: JqObject | null, key: string, value: JqValue): JqObject {
    if (object !== null && key !== '__proto__' && this.#owned.has(object)) {
      (object as Record<string, JqValue>)[key] = value;
      return object;
    }
    const entries = Object.entries(object ?? {});
    this.#work(entries.length / 4);
    const copy = makeObject([...entries, [key, value]]);
    this.#owned.add(copy);
    return copy;
  }
}

interface Change {
  readonly keys: readonly JqValue[];
  readonly given: Given;
  readonly changes: Changes;
}

/** The value without what is at the paths. */
export function deletePaths(value: JqValue, paths: JqValue, changes: Changes): JqValue {
  if (!isArray(paths)) throw applied('delpaths', value, [paths]);
  let marked: Given = value;
  try {
    for (const keys of paths) {
      if (!isArray(keys)) throw new JqError(`expected an array but got: ${shown(keys)}`);
      marked = update(marked, { keys, given: removed, changes }, 0);
    }
  } catch (thrown) {
    throw wrapped('delpaths', value, [paths], thrown);
  }
  return marked === value ? value : sweep(marked);
}

function sweep(value: Given): JqValue {
  if (value === removed) return null;
  if (isArray(value)) return value.filter((item) => (item as Given) !== removed).map(sweep);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, inner]) => (inner as Given) !== removed);
  return makeObject(kept.map(([key, inner]) => [key, sweep(inner)] as const));
}

function update(value: Given, change: Change, at: number): Given {
  const { keys, given } = change;
  if (at === keys.length) return given;
  const key = keys[at] ?? null;
  if (typeof key !== 'string' && !isNumber(key) && !isObject(key)) {
    if (value !== removed && isArray(value)) throw notNumber('an array', key);
    throw new JqError(`expected a string for object key but got: ${shown(key)}`);
  }
  if (value === removed) return removed;
  if (typeof key === 'string') {
    if (value !== null && !isObject(value)) throw new JqError(`expected an object but got: ${shown(value)}`);
    return updateMember(value, key, change, at);
  }
  if (value !== null && !isArray(value)) throw new JqError(`expected an array but got: ${shown(value)}`);
  return isNumber(key) ? updateElement(value, toInt(key) ?? 0, change, at) : updateSlice(value, key, change, at);
}

function updateMember(object: JqObject | null, key: string, change: Change, at: number): Given {
  const old = object === null ? undefined : ownValue(object, key);
  if (old === undefined && change.given === removed) return object;
  const updated = update(old ?? null, change, at + 1) as JqValue;
  return change.changes.withMember(object, key, updated);
}

const largestIndex = 0x2000_0000;

function updateElement(items: readonly JqValue[] | null, index: number, change: Change, at: number): Given {
  const list = items ?? [];
  const place = clamp(index, -1, list.length);
  if (place < 0 || place >= list.length) {
    if (change.given === removed) return items;
    if (place < 0) throw new JqError(`array index should not be negative: ${index}`);
    if (index >= largestIndex) throw new JqError(`array index too large: ${preview(BigInt(index))}`);
  }
  const target = place < list.length ? place : index;
  const updated = update(list[target] ?? null, change, at + 1);
  const copy = change.changes.array(list, target + 1);
  copy[target] = updated as JqValue;
  return copy;
}

function updateSlice(items: readonly JqValue[] | null, key: JqObject, change: Change, at: number): Given {
  const { start, end } = boundsOf(key);
  const list = items ?? [];
  const [from, to] = rangeOf(list.length, start, end, 'an array');
  if (from === to && change.given === removed) return items;
  const updated = update(list.slice(from, to), change, at + 1);
  const inside = updated === removed ? list.slice(from, to).map(() => removed as unknown as JqValue) : updated;
  if (!isArray(inside)) throw new JqError(`expected an array but got: ${shown(inside)}`);
  return [...list.slice(0, from), ...inside, ...list.slice(to)];
}

/** gojq's error of a function that cannot be applied to a value. */
export function applied(name: string, value: JqValue, args: readonly JqValue[] = []): JqError {
  return new JqError(`${withArgs(name, args)} cannot be applied to: ${shown(value)}`);
}

/** The same with the reason. Other exceptions than errors of the program pass through. */
export function wrapped(name: string, value: JqValue, args: readonly JqValue[], reason: unknown): unknown {
  if (!(reason instanceof JqError)) return reason;
  return new JqError(`${withArgs(name, args)} cannot be applied to ${preview(value)}: ${reason.message}`);
}

function withArgs(name: string, args: readonly JqValue[]): string {
  return args.length === 0 ? name : `${name}(${args.map(preview).join('; ')})`;
}

/** The depth argument of `flatten` and others as a number. */
export function numberArgument(name: string, value: JqValue | undefined): number {
  const number = toFloat(value);
  if (number === null) throw applied(name, value ?? null);
  return number;
}
