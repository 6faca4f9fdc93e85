/** Finds the arrays in the data of a response, as candidates for `items_path`. */
import { pointerSegment } from '../../base/jsonPointer.ts';
import { isJsonObject, type JsonValue } from '../../base/json.ts';

/** An array in the data. */
export interface ArrayPlace {
  /** JSON Pointer; empty for the root. */
  readonly pointer: string;
  readonly length: number;
}

const most = 8;
const depthLimit = 5;

/** The first arrays that can be reached through objects, at most 8, the least nested first. */
export function arraysIn(data: JsonValue): readonly ArrayPlace[] {
  const found: ArrayPlace[] = [];
  let level: readonly { readonly pointer: string; readonly value: JsonValue }[] = [{ pointer: '', value: data }];
  for (let depth = 0; depth <= depthLimit && level.length > 0; depth++) {
    for (const { pointer, value } of level) if (Array.isArray(value)) found.push({ pointer, length: value.length });
    level = level.flatMap(({ pointer, value }) =>
      isJsonObject(value)
        ? // The gateway skips empty segments, so a member without a name cannot be reached.
          Object.entries(value)
            .filter(([key]) => key !== '')
            .map(([key, inner]) => ({ pointer: `${pointer}/${pointerSegment(key)}`, value: inner }))
        : [],
    );
  }
  return found.slice(0, most);
}

/** A sentence part that lists arrays: `"/items" (3 items)`. */
export function arraysText(arrays: readonly ArrayPlace[]): string {
  if (arrays.length === 0) return 'the response contains no array';
  if (arrays[0]?.pointer === '')
    return `the response itself is a list (${arrays[0].length === 1 ? '1 item' : `${arrays[0].length} items`})`;
  const list = arrays.map(({ pointer, length }) => `"${pointer}" (${length === 1 ? '1 item' : `${length} items`})`);
  return `the response has ${arrays.length === 1 ? 'an array' : 'arrays'} at ${list.join(', ')}`;
}
