/** `json.Unmarshal` into typed Go values: case-insensitive struct fields, merging of repeated keys, and Go's type errors. */
import type { GoJsonNode } from './goJsonTree.ts';

/** The result of typed decoding: the value, or Go's text of the first error. */
export type Typed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

/** A Go type that JSON is decoded into. As in Go, decoding continues after an error and reports the first one. */
export interface GoType<T> {
  /** The type as Go's errors print it, for example `[]string`. */
  readonly name: string;
  zero(): T;
  /** Decodes into a variable that holds `current`, because repeated keys decode into the same variable; may modify `current`. */
  decode(node: GoJsonNode, current: T, errors: TypeErrors): T;
}

/** A Go slice: its value is the first `length` items. Items behind them reappear when the slice grows again. null is a nil slice. */
export type GoSlice<T> = { readonly items: readonly T[]; readonly length: number } | null;

/** Decodes a tree into a new value of a type, or into `current`. */
export function decodeTyped<T>(type: GoType<T>, node: GoJsonNode, current: T = type.zero()): Typed<T> {
  const errors = new TypeErrors();
  const value = type.decode(node, current, errors);
  return errors.first === null ? { ok: true, value } : { ok: false, error: errors.first };
}

/** Go's error for a value of the wrong kind outside of a struct. */
export function typeError(what: string, goType: string): string {
  return `json: cannot unmarshal ${what} into Go value of type ${goType}`;
}

/** The items of a slice; none for a nil slice. */
export function sliceItems<T>(slice: GoSlice<T>): readonly T[] {
  return slice === null ? [] : slice.items.slice(0, slice.length);
}

/** The first error of one decoding, with the struct field in which it happened. */
export class TypeErrors {
  first: string | null = null;
  #struct = '';
  readonly #fields: string[] = [];

  add(what: string, goType: string): void {
    const place = this.#fields.length === 0 ? null : `${this.#struct}.${this.#fields.join('.')}`;
    this.first ??=
      place === null
        ? typeError(what, goType)
        : `json: cannot unmarshal ${what} into Go struct field ${place} of type ${goType}`;
  }

  /** Enters a field of a struct; returns the outer struct, for `leave`. */
  enter(struct: string, field: string): string {
    const outer = this.#struct;
    this.#struct = struct;
    this.#fields.push(field);
    return outer;
  }

  leave(outer: string): void {
    this.#struct = outer;
    this.#fields.pop();
  }
}

/** `string`. */
export const goString: GoType<string> = {
  name: 'string',
  zero: () => '',
  decode(node, current, errors) {
    if (node.kind === 'string') return node.value;
    if (node.kind !== 'null') errors.add(node.kind, this.name);
    return current;
  },
};

/** `int` of 64 bits; here, values beyond 2^53 lose precision. */
export const goInt: GoType<number> = {
  name: 'int',
  zero: () => 0,
  decode(node, current, errors) {
    if (node.kind === 'null') return current;
    if (node.kind !== 'number') {
      errors.add(node.kind, this.name);
      return current;
    }
    if (isInt64(node.literal)) return Number(node.literal) + 0;
    errors.add(`number ${node.literal}`, this.name);
    return current;
  },
};

/** `interface{}`. */
export const goAny: GoType<GoJsonNode['value']> = {
  name: 'interface {}',
  zero: () => null,
  decode(node, _current, errors) {
    if (node.overflow !== null) errors.add(`number ${node.overflow.literal}`, 'float64');
    return node.value;
  },
};

/** `[]T`. */
export function goSlice<T>(item: GoType<T>): GoType<GoSlice<T>> {
  return {
    name: `[]${item.name}`,
    zero: () => null,
    decode(node, current, errors) {
      if (node.kind === 'null') return null;
      if (node.kind !== 'array') {
        errors.add(node.kind, this.name);
        return current;
      }
      const items = node.items.length === 0 || current === null ? [] : [...current.items];
      let index = 0;
      for (const child of node.items) {
        items[index] = item.decode(child, items[index] ?? item.zero(), errors);
        index++;
      }
      return { items, length: node.items.length };
    },
  };
}

/** `map[string]T`; null is a nil map. */
export function goMap<T>(item: GoType<T>): GoType<ReadonlyMap<string, T> | null> {
  return {
    name: `map[string]${item.name}`,
    zero: () => null,
    decode(node, current, errors) {
      if (node.kind === 'null') return null;
      if (node.kind !== 'object') {
        errors.add(node.kind, this.name);
        return current;
      }
      const map = new Map(current ?? []);
      for (const [key, child] of node.entries) map.set(key, item.decode(child, item.zero(), errors));
      return map;
    },
  };
}

/** `*T`; null is a nil pointer. */
export function goPointer<T>(target: GoType<T>): GoType<T | null> {
  return {
    name: `*${target.name}`,
    zero: () => null,
    decode: (node, current, errors) =>
      node.kind === 'null' ? null : target.decode(node, current ?? target.zero(), errors),
  };
}

/** A struct: its Go name with the package, and for each member the JSON name and the type. Unknown keys are ignored. */
export function goStruct<T extends object>(
  name: string,
  members: { readonly [K in keyof T]: readonly [json: string, type: GoType<T[K]>] },
): GoType<T> {
  const short = name.slice(name.lastIndexOf('.') + 1);
  const entries = Object.entries<readonly [string, GoType<unknown>]>(members);
  const byName = new Map(entries.map(([member, [json, type]]) => [json, { member, json, type }]));
  const byFold = new Map([...byName].map(([json, field]) => [foldName(json), field]));
  return {
    name,
    zero() {
      const value: Record<string, unknown> = {};
      for (const [member, [, type]] of entries) value[member] = type.zero();
      return value as T;
    },
    decode(node, current, errors) {
      if (node.kind === 'null') return current;
      if (node.kind !== 'object') {
        errors.add(node.kind, name);
        return current;
      }
      const value = current as Record<string, unknown>;
      for (const [key, child] of node.entries) {
        const field = byName.get(key) ?? byFold.get(foldName(key));
        if (field === undefined) continue;
        const { member, json, type } = field;
        const outer = errors.enter(short, json);
        value[member] = type.decode(child, value[member], errors);
        errors.leave(outer);
      }
      return current;
    },
  };
}

/** Go compares names by Unicode case folding. Beside upper-case ASCII, only these two characters fold to ASCII letters. */
export function foldName(name: string): string {
  return name.replaceAll('\u017f', 's').replaceAll('\u212a', 'k').toLowerCase();
}

function isInt64(literal: string): boolean {
  if (!/^-?[0-9]+$/.test(literal)) return false;
  return literal.length < 19 || BigInt.asIntN(64, BigInt(literal)) === BigInt(literal);
}
