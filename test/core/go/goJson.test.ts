/** Encoding and decoding give the recorded results of Go 1.26; properties hold for every value. */
import { assert, jsonValue, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeGoJson, decodeGoObject, encodeGoJson } from '../../../src/core/go/goJson.ts';
import { buildGoJsonTree } from '../../../src/core/go/goJsonTree.ts';
import { utf8Length } from '../../../src/core/go/goText.ts';
import type { JsonValue } from '../../../src/core/base/json.ts';
import { jsonLines } from '../../support/records/jsonLines.ts';

interface GoCase {
  readonly text: string;
  readonly error?: string;
  /** Number of bytes that Go has read, the offending one included. */
  readonly goOffset?: number;
  readonly encoded?: string;
}

describe('recorded results of Go', () => {
  test.each(jsonLines('test/core/go/goJson.cases.jsonl') as readonly GoCase[])(
    '$text',
    ({ text, error, goOffset, encoded }) => {
      const decoded = decodeGoJson(text);
      if (error !== undefined) {
        expect(decoded).toMatchObject({ ok: false, error });
        if (!decoded.ok && goOffset !== undefined) {
          expect([goOffset, goOffset - 1]).toContain(decoded.offset);
          expect(decoded.offset === utf8Length(text) || decoded.offset === goOffset - 1).toBe(true);
        }
        return;
      }
      expect(decoded.ok).toBe(true);
      if (decoded.ok) expect(encodeGoJson(decoded.value)).toBe(encoded);
    },
  );
});

describe('decoding', () => {
  test.each([
    ['"\\ud83d"', '\ufffd'],
    ['"\\ude00\\ud83d"', '\ufffd\ufffd'],
    ['"\\ud83d\\ude00"', '😀'],
    ['"\\\\ud83d"', '\\ud83d'],
    ['"\ud83d\\ude00"', '\ufffd\ufffd'],
    ['"\ud83d"', '\ufffd'],
  ])('%j decodes lone surrogates as U+FFFD', (text, value) => {
    expect(decodeGoJson(text)).toEqual({ ok: true, value });
  });
  test('the last of keys that become equal is used', () => {
    const value = { '\ufffd': 3 };
    expect(decodeGoJson('{"\\ud800":1,"\\ud801":2,"\\ud800":3}')).toEqual({ ok: true, value });
  });
  test.each(['{"__proto__":{"a":1}}', '{"__proto__":{"a":1},"s":"\\ud800"}'])(
    '%s has __proto__ as an ordinary key',
    (text) => {
      const decoded = decodeGoJson(text);
      expect(decoded.ok && Object.keys(decoded.value as object)).toContain('__proto__');
      expect(decoded.ok && Object.getPrototypeOf(decoded.value)).toBe(Object.prototype);
    },
  );
  test('a number that overflows is an error with its offset at any depth', () => {
    const error = 'json: cannot unmarshal number 1e400 into Go value of type float64';
    expect(decodeGoJson('{"é":[1,1e400,2e400]}')).toEqual({ ok: false, error, offset: 9 });
    expect(decodeGoJson('{"a":1e400,"a":1}')).toMatchObject({ ok: false, error });
    expect(decodeGoJson('"1e400"')).toEqual({ ok: true, value: '1e400' });
  });
  test.each([
    ['[', ']'],
    ['{"a":', '}'],
  ])('%s is accepted at 10000 levels and refused at 10001', (open, close) => {
    const nested = (depth: number, inner: string): string => open.repeat(depth) + inner + close.repeat(depth);
    const inner = open === '[' ? '' : '1';
    const deepest = decodeGoJson(nested(10_000, inner));
    expect(deepest.ok && encodeGoJson(deepest.value)).toBe(nested(10_000, inner));
    const error = `invalid character '${open[0]}' exceeded max depth`;
    expect(decodeGoJson(nested(10_001, inner))).toMatchObject({ ok: false, error, offset: 10_000 * open.length });
    expect(decodeGoJson(`["${'['.repeat(30_000)}"]`).ok).toBe(true);
    expect(decodeGoJson(`[${'[],'.repeat(20_000)}1]`).ok).toBe(true);
  });
});

describe('decoding into a map', () => {
  test.each([
    ['{"a":1}', { ok: true, value: { a: 1 } }],
    [' null', { ok: true, value: null }],
    ['[1e400]', refused('array')],
    ['"x"', refused('string')],
    ['\n1e400', refused('number')],
    ['-1', refused('number')],
    ['true', refused('bool')],
    ['false', refused('bool')],
  ])('decodes %j like Go', (text, expected) => {
    expect(decodeGoObject(text)).toMatchObject(expected);
  });
  test('a syntax error is reported before a type error', () => {
    expect(decodeGoObject('[1')).toMatchObject({ ok: false, error: 'unexpected end of JSON input' });
  });
});

describe('encoding', () => {
  test.each<[JsonValue, string]>([
    [{ b: 1, a: { d: [], c: {} } }, '{"a":{"c":{},"d":[]},"b":1}'],
    [{ '😀': 1, '\uffee': 2, z: 3 }, '{"z":3,"\uffee":2,"😀":1}'],
    [{ 10: 1, 9: 2, '': 3 }, '{"":3,"10":1,"9":2}'],
    ['<a href="x">&\u2028\u2029</a>', '"\\u003ca href=\\"x\\"\\u003e\\u0026\\u2028\\u2029\\u003c/a\\u003e"'],
    ['\u0000\u001f\u007f\b\f\n\r\t\v\\', '"\\u0000\\u001f\u007f\\b\\f\\n\\r\\t\\u000b\\\\"'],
    ['\\ud800 \ud800 \\\\ud83d 😀', '"\\\\ud800 \ufffd \\\\\\\\ud83d 😀"'],
    [{ '\ud800': '\udc00' }, '{"\ufffd":"\ufffd"}'],
    [[-0, 0, 1e21, 1e20, 1e-7, 1e-6, 5e-324], '[-0,0,1e+21,100000000000000000000,1e-7,0.000001,5e-324]'],
    [[null, true, false], '[null,true,false]'],
  ])('writes %j like Go', (value, text) => {
    expect(encodeGoJson(value)).toBe(text);
  });
  test('objects with the same keys in different orders are encoded alike', () => {
    const value = [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
      { a: 1, c: 2 },
      { a: 1, b: 2 },
    ];
    expect(encodeGoJson(value)).toBe('[{"a":1,"b":2},{"a":1,"b":2},{"a":1,"c":2},{"a":1,"b":2}]');
  });
});

describe('properties', () => {
  const value = jsonValue({ stringUnit: 'binary' });
  test('decoding an encoded value gives the value, and encoding is deterministic', () => {
    assert(
      property(value, (given) => {
        const text = encodeGoJson(given as JsonValue);
        const decoded = decodeGoJson(text);
        expect(decoded).toEqual({ ok: true, value: given });
        expect(decoded.ok && encodeGoJson(decoded.value)).toBe(text);
      }),
    );
  });
  test('the tree has the decoded value', () => {
    assert(
      property(value, (given) => {
        const text = JSON.stringify(given, null, 1);
        expect(buildGoJsonTree(text).value).toEqual(decodeGoJson(text).ok ? JSON.parse(text) : undefined);
      }),
    );
  });
  test('refuses exactly what JSON.parse refuses, and never throws', () => {
    assert(
      property(string({ unit: 'binary' }), value, (noise, given) => {
        const text = JSON.stringify(given) + noise;
        expect(decodeGoJson(text).ok).toBe(parses(text));
      }),
    );
  });
});

function refused(kind: string): object {
  return { ok: false, error: `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}` };
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
