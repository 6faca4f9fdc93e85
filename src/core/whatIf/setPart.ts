/** Sets the value at a JSON Pointer of a value that stays as it is. */
import { isJsonObject, type JsonValue } from '../base/json.ts';
import { parsePointer, pointerSegment } from '../base/jsonPointer.ts';

/** The value with its part, or why it has no such place. */
export type PartSet =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly reason: string };

/** Sets the value at a pointer below `root`, the pointer of `value` itself. An object may get a new member; `-` adds an item to a list. */
export function setPart(value: JsonValue, root: string, pointer: string, part: JsonValue): PartSet {
  return at(value, root, parsePointer(pointer.slice(root.length)), part, pointer);
}

function at(value: JsonValue, here: string, path: readonly string[], part: JsonValue, pointer: string): PartSet {
  const [segment, ...rest] = path;
  if (segment === undefined) return { ok: true, value: part };
  const next = `${here}/${pointerSegment(segment)}`;
  if (isList(value)) {
    const index =
      segment === '-' && rest.length === 0 ? value.length : /^(?:0|[1-9]\d*)$/.test(segment) ? Number(segment) : -1;
    const item = value[index];
    if (index < 0 || (item === undefined && segment !== '-')) return missing(pointer, itemsText(here, value.length));
    const inner = item === undefined ? ({ ok: true, value: part } as const) : at(item, next, rest, part, pointer);
    return inner.ok ? { ok: true, value: [...value.slice(0, index), inner.value, ...value.slice(index + 1)] } : inner;
  }
  if (!isJsonObject(value)) return missing(pointer, `"${here}" is ${kindOf(value)}, which has no parts`);
  const known = Object.hasOwn(value, segment) ? value[segment] : undefined;
  if (known === undefined && rest.length > 0) return missing(pointer, `"${here}" has no member "${segment}"`);
  const inner = known === undefined ? ({ ok: true, value: part } as const) : at(known, next, rest, part, pointer);
  return inner.ok ? { ok: true, value: { ...value, [segment]: inner.value } } : inner;
}

function missing(pointer: string, why: string): PartSet {
  return { ok: false, reason: `it sets "${pointer}", which is not there: ${why}` };
}

function itemsText(here: string, length: number): string {
  if (length === 0) return `"${here}" has no items`;
  return length === 1 ? `"${here}" has 1 item, number 0` : `"${here}" has ${length} items, from 0 to ${length - 1}`;
}

function kindOf(value: JsonValue): string {
  if (value === null) return 'null';
  return typeof value === 'string' ? 'a text' : `a ${typeof value}`;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
