/** Where two JSON values differ, as JSON Pointers. */
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json.ts';
import { jsonDifferences } from '../../../src/core/diff/jsonDifference.ts';

const places = (before: JsonValue, after: JsonValue, most = 10): readonly string[] =>
  jsonDifferences(before, after, most).map(({ pointer }) => pointer);

describe('differences of JSON values', () => {
  test.each<readonly [JsonValue, JsonValue, readonly string[]]>([
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, []],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, ['/a/1/b']],
    [[1, 2], [1, 2, 3], ['/2']],
    [{ 'a/b~': 1 }, { 'a/b~': 2 }, ['/a~1b~0']],
    [{ a: 1 }, { b: 1 }, ['/a', '/b']],
    [[], {}, ['']],
    [1, '1', ['']],
    [{ a: null }, {}, ['/a']],
    [{ ['__proto__']: 1 }, {}, ['/__proto__']],
  ])('%j and %j', (before, after, expected) => {
    expect(places(before, after)).toEqual(expected);
  });

  test('no more than asked for', () => {
    expect(places([1, 2, 3], [4, 5, 6], 2)).toEqual(['/0', '/1']);
  });

  test('values that are nested very deeply are compared', () => {
    const deep = (end: JsonValue): JsonValue => {
      let value = end;
      for (let at = 0; at < 20_000; at++) value = [value];
      return value;
    };
    expect(places(deep(1), deep(1))).toEqual([]);
    expect(places(deep(1), deep(2))).toHaveLength(1);
  });
});
