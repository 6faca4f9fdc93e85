/** Changes a JSON value in one place each: what a server or a client might send in its place. */
import { isJsonObject, type JsonValue } from '../../base/json.ts';
import { pointerSegment } from '../../base/jsonPointer.ts';

/** A changed value, and how a sentence names the change. */
export interface Mutation {
  readonly what: string;
  readonly value: JsonValue;
}

/** Places of one value that are changed. */
const mostPlaces = 12;
const deepest = 4;
/** Length of a long text; texts at the limits of the gateway are a check of their own. */
const longBytes = 64 * 1024;

/** A place in a value, and the value with another one there; undefined removes the member. */
interface Place {
  readonly pointer: string;
  readonly value: JsonValue;
  readonly replaced: (by: JsonValue | undefined) => JsonValue;
}

/** The changes of a value: at places spread over it, the value there is removed, null, of another type, empty, or larger. */
export function* mutations(value: JsonValue): Generator<Mutation> {
  const places = placesOf({ pointer: '', value, replaced: (by) => by ?? null }, 0);
  const step = Math.max(1, places.length / mostPlaces);
  for (let at = 0; at < places.length; at += step) {
    const place = places[Math.floor(at)];
    if (place === undefined) continue;
    const where = place.pointer === '' ? 'as the whole' : `at ${place.pointer}`;
    for (const [what, by] of changesOf(place.value)) yield { what: `${what} ${where}`, value: place.replaced(by) };
  }
}

function changesOf(value: JsonValue): readonly (readonly [string, JsonValue | undefined])[] {
  const always = [
    ['nothing', undefined],
    ['null', null],
  ] as const;
  if (typeof value === 'string') {
    return [
      ...always,
      ['a number', 7],
      ['an empty text', ''],
      ['a long text', `${value} `.repeat(Math.max(2, Math.floor(longBytes / (value.length + 1))))],
      ['a list', [value]],
    ];
  }
  if (typeof value === 'number')
    return [...always, ['a negative number', -1], ['a huge number', 1e300], ['a text', 'x']];
  if (typeof value === 'boolean') return [...always, ['a text', 'true'], ['the opposite', !value]];
  if (Array.isArray(value)) return [...always, ['an empty list', []], ['an object', {}], ['a list of lists', [value]]];
  return [...always, ['an empty object', {}], ['a list', [value]], ['a text', 'x']];
}

function placesOf(place: Place, depth: number): readonly Place[] {
  const { pointer, value, replaced } = place;
  if (depth === deepest) return [place];
  if (Array.isArray(value)) {
    const items: readonly JsonValue[] = value;
    const [first] = items;
    if (first === undefined) return [place];
    // One item stands for all.
    const inner: Place = {
      pointer: `${pointer}/0`,
      value: first,
      replaced: (by) => replaced([...(by === undefined ? [] : [by]), ...items.slice(1)]),
    };
    return [place, ...placesOf(inner, depth + 1)];
  }
  if (!isJsonObject(value)) return [place];
  const members = Object.entries(value).flatMap(([name, member]) => {
    const { [name]: _, ...others } = value;
    const inner: Place = {
      pointer: `${pointer}/${pointerSegment(name)}`,
      value: member,
      replaced: (by) => replaced(by === undefined ? others : { ...value, [name]: by }),
    };
    return placesOf(inner, depth + 1);
  });
  return [place, ...members];
}
