/** Where two JSON values differ. */
import type { JsonValue } from '../base/json.ts';
import { isJsonObject } from '../base/json.ts';
import { pointerSegment } from '../base/jsonPointer.ts';
import { jsonText } from '../base/jsonText.ts';

/** A place at which two values differ; a value that one of them does not have is undefined. */
export interface JsonDifference {
  /** JSON Pointer. */
  readonly pointer: string;
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

/** How deep values are compared member by member; below, two values are compared as one. */
const maxDepth = 200;

/**
 * The first `most` differences, in the order of the members and items. An object is compared by its members in any order, a list item by item, and a
 * value of another type as a whole.
 */
export function jsonDifferences(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  most: number,
  pointer = '',
): readonly JsonDifference[] {
  const found: JsonDifference[] = [];
  collect({ pointer, before, after }, found, most, 0);
  return found;
}

function collect(place: JsonDifference, found: JsonDifference[], most: number, depth: number): void {
  const { pointer, before, after } = place;
  if (before === after || found.length >= most) return;
  if (before !== undefined && after !== undefined && depth < maxDepth) {
    if (isJsonObject(before) && isJsonObject(after)) {
      for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
        const member = `${pointer}/${pointerSegment(key)}`;
        collect({ pointer: member, before: own(before, key), after: own(after, key) }, found, most, depth + 1);
      }
      return;
    }
    if (isList(before) && isList(after)) {
      for (let at = 0; at < Math.max(before.length, after.length); at++) {
        collect({ pointer: `${pointer}/${at}`, before: before[at], after: after[at] }, found, most, depth + 1);
      }
      return;
    }
  }
  if (before === undefined || after === undefined || jsonText(before) !== jsonText(after)) found.push(place);
}

function own(value: { readonly [key: string]: JsonValue }, key: string): JsonValue | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
