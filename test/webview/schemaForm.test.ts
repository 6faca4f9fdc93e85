/** Forms for JSON schemas: kinds of fields, initial values, problems, and changes that preserve all other members. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/core/base/json.ts';
import { problemsOf } from '../../webview/models/formProblems.ts';
import {
  fieldOf,
  initialValue,
  membersOf,
  parseNumberField,
  otherMembers,
  withMember,
} from '../../webview/models/schemaForm.ts';

const root: JsonObject = {
  type: 'object',
  required: ['path', 'mode', 'edits', 'nested'],
  properties: {
    path: { type: 'string', minLength: 1, pattern: '^/' },
    mode: { enum: ['read', 'write'] },
    lines: { type: 'integer', minimum: 1, maximum: 10, default: 3 },
    dry: { type: ['boolean', 'null'] },
    edits: { type: 'array', items: { $ref: '#/$defs/edit' }, minItems: 1 },
    nested: { $ref: '#/$defs/tree' },
    either: {
      oneOf: [
        { title: 'by id', type: 'integer' },
        { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
      ],
    },
    odd: { type: ['string', 'number'] },
    fixed: { const: 7 },
    example: { type: 'string', examples: ['e'] },
    anything: {},
    away: { $ref: 'https://e.example/schema' },
  },
  $defs: {
    edit: {
      type: 'object',
      properties: { oldText: { type: 'string' } },
      required: ['oldText'],
      additionalProperties: false,
    },
    tree: { type: 'object', properties: { child: { $ref: '#/$defs/tree' } }, required: ['child'] },
  },
};
const member = (name: string): JsonObject => membersOf(root).find((each) => each.name === name)?.schema ?? {};

describe('fields', () => {
  test.each([
    ['path', 'text'],
    ['mode', 'choice'],
    ['lines', 'number'],
    ['dry', 'boolean'],
    ['edits', 'list'],
    ['nested', 'group'],
    ['odd', 'json'],
    ['fixed', 'choice'],
    ['anything', 'json'],
    ['away', 'json'],
  ])('%s is a field of the kind %s', (name, kind) => {
    expect(fieldOf(member(name), root).kind).toBe(kind);
  });

  test('chooses the alternative that the value fits', () => {
    expect(fieldOf(member('either'), root, 5).kind).toBe('number');
    expect(fieldOf(member('either'), root, { name: 'x' }).kind).toBe('group');
    expect(fieldOf(member('either'), root).variants).toHaveLength(2);
  });
});

test('an initial value has required members and defaults, and ends for a schema that requires itself', () => {
  const first = initialValue(root) as JsonObject;
  expect(first).toMatchObject({ path: '', mode: 'read', lines: 3, edits: [] });
  expect(Object.keys(first)).toEqual(['path', 'mode', 'lines', 'edits', 'nested']);
  expect(initialValue(member('example'), root)).toBe('e');
  expect(initialValue(member('fixed'), root)).toBe(7);
  expect(JSON.stringify(first).length).toBeLessThan(300);
});

describe('problems', () => {
  const good: JsonObject = { path: '/x', mode: 'read', edits: [{ oldText: 'a' }], nested: { child: {} } };
  const found = (change: JsonObject): readonly string[] =>
    problemsOf({ ...good, ...change }, root).map(({ path, message }) => `${path} ${message}`);

  test.each<[JsonObject, readonly string[]]>([
    [{ nested: { child: { child: {} } } }, ['/nested/child/child/child is required']],
    [{ path: '' }, ['/path must have at least 1 characters', '/path must match ^/']],
    [{ path: 7 }, ['/path must be a string']],
    [{ mode: 'x' }, ['/mode must be one of "read", "write"']],
    [{ lines: 11 }, ['/lines must be at most 10']],
    [{ lines: 1.5 }, ['/lines must be an integer']],
    [{ dry: 'x' }, ['/dry must be a boolean or null']],
    [{ edits: [] }, ['/edits must have at least 1 items']],
    [
      { edits: [{ oldText: 1, more: 2 }] },
      ['/edits/0/oldText must be a string', '/edits/0/more is not defined in the schema'],
    ],
    [{ either: 'x' }, ['/either must be an integer']],
  ])('reports the problems of %j', (change, problems) => {
    const base = 'nested' in change ? [] : ['/nested/child/child is required'];
    expect([...found(change)].sort()).toEqual([...problems, ...base].sort());
  });

  test('reports missing members', () => {
    expect(problemsOf({}, root).map(({ path }) => path)).toEqual(['/path', '/mode', '/edits', '/nested']);
  });

  test.each<[string, JsonObject, JsonValue, readonly string[]]>([
    [
      'the first of alternatives that all fail',
      { anyOf: [{ maxLength: 1 }, { type: 'null' }] },
      'xy',
      [' must have at most 1 characters'],
    ],
    [
      'several alternatives that fit',
      { oneOf: [{ type: 'string' }, { minLength: 1 }] },
      'x',
      [' must match exactly one of the alternatives'],
    ],
    [
      'unknown members of an alternative',
      { anyOf: [{ type: 'object', additionalProperties: false }, { properties: { 'a/b': false } }] },
      { 'a/b': 1 },
      ['/a~1b is not defined in the schema'],
    ],
    ['conditions', { if: { required: ['a'] }, else: { required: ['b'] } }, {}, ['/b is required']],
    [
      'formats and multiples',
      { properties: { a: { format: 'date' }, b: { multipleOf: 2 } } },
      { a: 'x', b: 3 },
      ['/a must have the format date', '/b must be a multiple of 2'],
    ],
    ['nothing for an endless reference', { $ref: '#' }, 1, []],
    [
      'nothing for a reference to another document',
      { $ref: 'https://e.example/schema', $id: 'https://e.example/' },
      1,
      [],
    ],
    [
      'names with special characters',
      { properties: { 'é %#': { type: 'null' } } },
      { 'é %#': 1 },
      ['/é %# must be null'],
    ],
    [
      'bounds of draft-04',
      { $schema: 'http://json-schema.org/draft-04/schema#', maximum: 3, exclusiveMaximum: true },
      3,
      [' must be at most 3'],
    ],
  ])('reports %s', (_, schema, value, problems) => {
    expect(problemsOf(value, schema).map(({ path, message }) => `${path} ${message}`)).toEqual(problems);
  });

  test('ignores a pattern that JavaScript cannot compile', () => {
    expect(problemsOf('x', { type: 'string', pattern: '(?<=' })).toEqual([]);
  });
});

describe('values', () => {
  test('setting and removing a member preserves the others in order', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), fc.jsonValue(), (value, name, set) => {
        const object = JSON.parse(JSON.stringify(value)) as JsonObject;
        const changed = withMember(object, name, JSON.parse(JSON.stringify(set)) as JsonValue);
        if (name !== '__proto__') expect(changed[name]).toEqual(JSON.parse(JSON.stringify(set)));
        const others = (each: JsonObject): unknown => Object.entries(each).filter(([key]) => key !== name);
        expect(others(changed)).toEqual(others(object));
        expect(Object.keys(withMember(changed, name, undefined))).toEqual(
          Object.keys(object).filter((key) => key !== name),
        );
      }),
    );
  });

  test('lists the members that are not in the schema', () => {
    expect(otherMembers({ path: '/', more: 1 }, root)).toEqual(['more']);
  });

  test.each([
    ['7', 7],
    [' -1.5e3 ', -1500],
    ['', ''],
    ['07', '07'],
    ['1,5', '1,5'],
    ['Infinity', 'Infinity'],
  ])('parses the text %j as %j', (text, value) => {
    expect(parseNumberField(text)).toBe(value);
  });
});
