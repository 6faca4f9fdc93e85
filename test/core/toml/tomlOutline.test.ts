/** The outline of a TOML text: keys, headers and values with their positions. */
import * as fc from 'fast-check';
import { parse, stringify } from 'smol-toml';
import { expect, test } from 'vitest';
import { linePositions, type TextSpan } from '../../../src/core/base/textPlaces.ts';
import { tomlPath } from '../../../src/core/toml/tomlNode.ts';
import { outlineToml } from '../../../src/core/toml/tomlOutline.ts';

function keysWithPlaces(text: string): readonly string[] {
  const place = linePositions(text);
  return outlineToml(text).keys.map(({ node, start }) => {
    const { line, column } = place(start);
    return `${tomlPath(node.path())}@${line}:${column}`;
  });
}

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
])('lists the keys of %j with their lines and columns', (text, keys) => {
  expect(keysWithPlaces(text)).toEqual(keys);
});

test.each<readonly [string, readonly string[]]>([
  ['a = 1 # x', ['1']],
  ['a = 1979-05-27 07:32:00 # x\nb = "]"', ['1979-05-27 07:32:00', '"]"']],
  ['a = [ 1, [2, 3] , { b = 4 } ] # x', ['[ 1, [2, 3] , { b = 4 } ]: 1 | [2, 3] | { b = 4 }', '4']],
  ['a = { b = "}", c.d = [] }', ['{ b = "}", c.d = [] }', '"}"', '[]: ']],
  ['a = """\n"x" \\"""" # x\nb = \'\'\'\'\'\'', ['"""\n"x" \\""""', "''''''"]],
])('has the values and items of %j', (text, values) => {
  const slice = ({ start, end }: TextSpan): string => text.slice(start, end);
  const found = outlineToml(text).keys.flatMap((key) => {
    if (key.kind === 'header') return [];
    const { items } = key.value;
    return [slice(key.value) + (items === null ? '' : `: ${items.map(slice).join(' | ')}`)];
  });
  expect(found).toEqual(values);
});

test('reports the deepest name, the line of a header and the table of a pair', () => {
  const text = '\ufeff[a.b] # x\r\nc.d = { e = 1 }\n';
  const { keys, deepest, root } = outlineToml(text);
  expect(tomlPath(deepest.path())).toBe('a.b.c.d.e');
  const [header, pair, inline] = keys;
  expect(header?.kind === 'header' && text.slice(header.line.start, header.line.end)).toBe('[a.b] # x\r\n');
  expect(pair?.kind === 'pair' && pair.table).toBe(root.find(['a', 'b']));
  expect(inline?.kind === 'pair' && inline.table).toBe(root.find(['a', 'b', 'c', 'd']));
});

test('lists every key that a TOML writer writes', () => {
  const key = fc.string({ minLength: 1, maxLength: 6 });
  const value = fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.array(fc.string(), { maxLength: 3 }));
  const table = fc.dictionary(key, fc.oneof(value, fc.dictionary(key, value, { maxKeys: 3 })), { maxKeys: 4 });
  fc.assert(
    fc.property(table, (written) => {
      const text = stringify(written);
      const listed = new Set(outlineToml(text).keys.map(({ node }) => JSON.stringify(node.path())));
      expect([...pathsOf(parse(text))].filter((path) => !listed.has(path))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('ends on text that is not TOML, with spans inside the text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '=', '[', ']', '{', '}', '"', "'", '\\', '.', ',', '\n', ' ', '#') }),
      (text) => {
        for (const key of outlineToml(text).keys) {
          const { start, end } = key.kind === 'header' ? key.line : key.value;
          expect(start <= end && end <= text.length).toBe(true);
          expect(key.start <= text.length).toBe(true);
        }
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
