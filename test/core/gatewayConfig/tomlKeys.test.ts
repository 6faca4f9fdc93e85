/** The keys of a TOML text and their places: strings, arrays and inline tables are passed over, whatever is in them. */
import * as fc from 'fast-check';
import { parse, stringify } from 'smol-toml';
import { expect, test } from 'vitest';
import { listTomlKeys, tomlPath } from '../../../src/core/gatewayConfig/toml/tomlKeys.ts';

test.each<readonly [string, readonly string[]]>([
  ['', []],
  ['# a = 1\n', []],
  ['a = 1 # b = 2\nc = "#" # d\n', ['a@1:1', 'c@2:1']],
  ['[t]\n  a.b = 1\n', ['t@1:2', 't.a.b@2:3']],
  ['[[t]]\na = 1\n[[t]]\na = 2\n', ['t@1:3', 't.a@2:1', 't@3:3', 't.a@4:1']],
  ['[ "a b" . \'c.d\' ]\nx=1\n', ['"a b"."c.d"@1:3', '"a b"."c.d".x@2:1']],
  [
    'a = { b = 1, c = { d = [1, { e = 2 }] } }\nf = 1\n',
    ['a@1:1', 'a.b@1:7', 'a.c@1:14', 'a.c.d@1:20', 'a.c.d.e@1:30', 'f@2:1'],
  ],
  ['a = [\n  "x]", # ]\n  \'y]\',\n]\nb = 1\n', ['a@1:1', 'b@5:1']],
  ['a = """x\n[t]\nb = "\\""""\nc = 1\n', ['a@1:1', 'c@4:1']],
  ["a = '''x\n[t]'''''\nc = 1\n", ['a@1:1', 'c@3:1']],
  ['a = "\\"b\\\\"\nc = 1\n', ['a@1:1', 'c@2:1']],
  ['"\\u0061\\x62\\"" = 1\r\nc = 1979-05-27T07:32:00Z\r\n', ['"ab\\""@1:1', 'c@2:1']],
  ['a = {\n  b = 1, # c\n  d = 2,\n}\ne = true', ['a@1:1', 'a.b@2:3', 'a.d@3:3', 'e@5:1']],
])('%j', (text, keys) => {
  expect(listTomlKeys(text).map(({ path, line, column }) => `${tomlPath(path)}@${line}:${column}`)).toEqual(keys);
});

test('lists every key of what a TOML writer writes', () => {
  const key = fc.string({ minLength: 1, maxLength: 6 });
  const value = fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.array(fc.string(), { maxLength: 3 }));
  const table = fc.dictionary(key, fc.oneof(value, fc.dictionary(key, value, { maxKeys: 3 })), { maxKeys: 4 });
  fc.assert(
    fc.property(table, (written) => {
      const text = stringify(written);
      const listed = new Set(listTomlKeys(text).map(({ path }) => JSON.stringify(path)));
      expect([...pathsOf(parse(text))].filter((path) => !listed.has(path))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('ends on any text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '=', '[', ']', '{', '}', '"', "'", '\\', '.', ',', '\n', ' ', '#') }),
      (text) => {
        expect(listTomlKeys(text).every(({ line, column }) => line > 0 && column > 0)).toBe(true);
      },
    ),
  );
});

function* pathsOf(table: object, path: readonly string[] = []): Generator<string> {
  for (const [key, value] of Object.entries(table) as [string, unknown][]) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) yield* pathsOf(value, [...path, key]);
    else yield JSON.stringify([...path, key]);
  }
}
