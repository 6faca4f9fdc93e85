/** A text that is read again is decoded once; every text gets what `decodeGoJson` gives. */
import { expect, it } from 'vitest';
import { decodeGoJson, encodeGoJson } from '../../../src/core/go/goJson.ts';
import { decodeRecentGoJson, encodeRecentGoJson } from '../../../src/core/go/goJsonRecent.ts';

it('gives the same value again for the last texts', () => {
  const text = JSON.stringify({ a: [1, 2] });
  const first = decodeRecentGoJson(text);
  decodeRecentGoJson('{"b":1}');
  expect(decodeRecentGoJson(`${text.slice(0, 2)}${text.slice(2)}`)).toBe(first);
  for (const other of ['1', '2', '3', '4']) decodeRecentGoJson(other);
  expect(decodeRecentGoJson(text)).not.toBe(first);
  expect(decodeRecentGoJson(text)).toEqual(first);
});

it.each(['{"a":1,"a":2}', '{', '', 'null', '[1e999]', '"\\ud800"', `"${'x'.repeat(70_000)}"`])(
  'decodes %.20s as decodeGoJson does',
  (text) => {
    expect(decodeRecentGoJson(text)).toEqual(decodeGoJson(text));
    expect(decodeRecentGoJson(text)).toEqual(decodeGoJson(text));
  },
);

it('encodes every value as `encodeGoJson` does', () => {
  const value = { b: '<', a: [1] };
  const text = encodeRecentGoJson(value);
  expect(text).toBe(encodeGoJson(value));
  expect(encodeRecentGoJson(value)).toBe(text);
  expect(encodeRecentGoJson({ ...value, c: null })).toBe('{"a":[1],"b":"\\u003c","c":null}');
  expect(encodeRecentGoJson(null)).toBe('null');
  expect(encodeRecentGoJson('x')).toBe('"x"');
});
