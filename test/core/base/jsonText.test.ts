/** `jsonText` gives the result of `JSON.stringify`, also for values that are too deep for it. */
import { array, assert, integer, jsonValue, property } from 'fast-check';
import { expect, test } from 'vitest';
import { jsonText } from '../../../src/core/base/jsonText.ts';

const depth = 30_000;
const deepText = `${'[{"a":'.repeat(depth)}[1,"\\"ü\\ud800",null,true]${',"b":{}}]'.repeat(depth)}`;

test('a value that is too deep for JSON.stringify is read back unchanged', () => {
  const value: unknown = JSON.parse(deepText);
  expect(() => JSON.stringify(value)).toThrow(RangeError);
  expect(jsonText(value) === deepText).toBe(true);
  expect(jsonText({ gone: undefined, list: [undefined, value] }, 2) === `{"list":[null,${deepText}]}`).toBe(true);
});

test('other values are written like JSON.stringify', () => {
  assert(
    property(array(jsonValue(), { minLength: 10, maxLength: 10 }), integer({ min: 0, max: 3 }), (values, indent) => {
      for (const value of values) expect(jsonText(value, indent)).toBe(JSON.stringify(value, null, indent));
      // Next to a deep value they are written by the fallback.
      expect(jsonText([values, deep]) === `[${JSON.stringify(values)},${deepOne}]`).toBe(true);
    }),
    { numRuns: 5 },
  );
});

const deepOne = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
const deep: unknown = JSON.parse(deepOne);

test('values that are not data fail like in JSON.stringify', () => {
  expect(() => jsonText(1n)).toThrow(TypeError);
});
