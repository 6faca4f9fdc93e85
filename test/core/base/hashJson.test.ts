/** Hashes of JSON values: equal for equal values, and different for values that differ in anything that a reader would see. */
import { assert, jsonValue, property } from 'fast-check';
import { expect, it } from 'vitest';
import { hashJson } from '../../../src/core/base/hashJson.ts';
import type { JsonValue } from '../../../src/core/base/json.ts';

it('is the same for two copies of a value, and an exact integer', () => {
  assert(
    property(jsonValue(), (value) => {
      const hash = hashJson(value as JsonValue);
      expect(hash).toBe(hashJson(JSON.parse(JSON.stringify(value)) as JsonValue));
      expect(Number.isSafeInteger(hash) && hash >= 0).toBe(true);
    }),
  );
});

it('differs for values with different JSON texts', () => {
  const text = (value: unknown): string => JSON.stringify(value);
  assert(
    property(jsonValue(), jsonValue(), (one, two) => {
      const isEqual = hashJson(one as JsonValue) === hashJson(two as JsonValue);
      expect(isEqual).toBe(text(one) === text(two));
    }),
  );
  const close: readonly JsonValue[] = [
    ...['', ' ', 'a', 'ab', '1', 'null', 'true', '[]'],
    ...[1, -1, 0.1, true, false, null],
    ...[[], [[]], [''], ['a', 'b'], ['ab'], ['b', 'a'], ['a', ['b']], [['a'], 'b'], [null], [null, null]],
    ...[{}, { a: {} }, { a: 'b' }, { a: ['b'] }, { ab: '' }, { b: 'a' }, { a: 'b', c: 'd' }, { c: 'd', a: 'b' }, [{}]],
    ...[[{}, {}], [{ a: 1 }, { b: 2 }], [{ a: 1, b: 2 }], { a: 1, b: 2 }, '\ud800', '\udc00', '\u0000', '\uffff'],
  ];
  expect(new Set(close.map((value) => hashJson(value))).size).toBe(close.length);
});

it('ignores a member that is undefined, as JSON does', () => {
  const value = { a: 1, b: undefined } as unknown as JsonValue;
  expect(hashJson(value)).toBe(hashJson({ a: 1 }));
});

it('takes values that are nested too deeply for the stack', () => {
  const nested = (depth: number, inside: JsonValue): JsonValue => {
    let value = inside;
    for (let level = 0; level < depth; level++) value = [value];
    return value;
  };
  expect(hashJson(nested(200_000, 'a'))).toBe(hashJson(nested(200_000, 'a')));
  expect(hashJson(nested(200_000, 'a'))).not.toBe(hashJson(nested(200_000, 'b')));
});
