/** Labels by path: unwrapping, items_path, indexes and origins, with the gateway's error texts (behaviours 8.9). */
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../../src/core/base/json.ts';
import { labeledIndex, resolvePathLabels, splitPointer } from '../../../../src/core/difc/monitor/pathLabels.ts';
import { makeResource } from '../../../../src/core/difc/monitor/resource.ts';
import { textResultOf } from './decide.ts';
import { proves } from '../../../support/proves.ts';

const named = (description: string) => makeResource(description, [], []);

test.each([
  ['', []],
  ['/', []],
  ['/a', ['a']],
  ['a/b', ['a', 'b']],
  ['//0', ['', '0']],
  ['/a~0b/c~1d/~01', ['a~b', 'c/d', '~1']],
])('pointer %j splits into %j', (pointer, segments) => {
  proves('gateway:156');
  expect(splitPointer(pointer)).toEqual(segments);
});

test.each([
  ['/0', '', 0],
  ['0', '', 0],
  ['/2/title', '', 2],
  ['/+2', '', 2],
  ['/007', '', 7],
  ['/-1', '', -1],
  ['/items/5', '/items', 5],
  ['items/3', 'items', 3],
  ['/items/3/user', 'items', 3],
  ['//0', '/', 0],
  ['/a~1b/1', '/a~1b', 1],
  ['', '', null],
  ['/', '', null],
  ['/ 0', '', null],
  ['/0x0', '', null],
  ['/1_0', '', null],
  ['/1.5', '', null],
  ['/99999999999999999999', '', null],
  ['/items', '/items', null],
  ['/items/', '/items', null],
  ['/items3', '/items', null],
  ['/other/0', '/items', null],
  ['/items/foo', '/items', null],
  ['/0', '/', null],
])('path %j under %j has the index %j', (path, itemsPath, index) => {
  proves('gateway:164', 'gateway:165', 'gateway:175', 'gateway:176');
  expect(labeledIndex(path, itemsPath)).toBe(index);
});

describe('items', () => {
  const data = { total: 2, items: [{ n: 1 }, { n: 2 }, { n: 3 }], 'a/b': { 'c~d': [[9]] } };

  test('have labels, origins and paths under items_path', () => {
    proves('gateway:158', 'gateway:161', 'gateway:168', 'gateway:174', 'gateway:180');
    const paths = ['/items/2', '/items/0', '/items/0', '/items/9', '/items/-1', '/nope/1', '/items/x'];
    const labeledPaths = paths.map((path, at) => ({ path, labels: named(`${at}: ${path}`) }));
    expect(summary(textResultOf(data), { labeledPaths, defaultLabels: null, itemsPath: '/items' })).toEqual([
      ['2: /items/0', 'path', '/items/0', { n: 1 }],
      ['unlabeled', 'unlabeled', '/items/1', { n: 2 }],
      ['0: /items/2', 'path', '/items/2', { n: 3 }],
    ]);
  });
  test('without own labels get the default labels, and data may be unwrapped', () => {
    proves('gateway:157', 'gateway:159', 'gateway:168');
    const labels = { labeledPaths: [{ path: '/1', labels: named('b') }], defaultLabels: named('d'), itemsPath: '' };
    expect(summary([1, 2], labels)).toEqual([
      ['d', 'default', '/0', 1],
      ['b', 'path', '/1', 2],
    ]);
  });
  test('are found by an items_path with escapes, empty segments and array indexes', () => {
    proves('gateway:171', 'gateway:181');
    const labels = { labeledPaths: [], defaultLabels: null, itemsPath: '/a~1b//c~0d/+0' };
    expect(summary(data, labels)).toEqual([['unlabeled', 'unlabeled', '/a~1b/c~0d/+0/0', 9]]);
    expect(summary([7], { ...labels, itemsPath: '/' })).toEqual([['unlabeled', 'unlabeled', '/0', 7]]);
  });
  test('are the result result with the default labels when the root is not an array', () => {
    proves('gateway:160', 'gateway:178');
    const result = textResultOf({ n: 1 });
    const labels = { labeledPaths: [{ path: '/0', labels: named('x') }], defaultLabels: named('d'), itemsPath: '' };
    expect(summary(result, labels)).toEqual([['d', 'default', '', result]]);
    expect(summary(null, { ...labels, defaultLabels: null })).toEqual([['unlabeled', 'unlabeled', '', null]]);
  });
  test.each([
    ['/nope', 'path "/nope" not found in response'],
    ['/items/0/n', 'items_path "/items/0/n" does not point to an array'],
    ['/items/0/n/x', 'cannot navigate path "/items/0/n/x": unexpected type at "x"'],
    ['/items/x', 'expected array index at "/items/x", got "x"'],
    ['/items/3', 'array index 3 out of bounds'],
    ['/items/-1', 'array index -1 out of bounds'],
    ['/items/+9007199254740993', 'array index 9007199254740993 out of bounds'],
    ['/', 'items_path "/" does not point to an array'],
    ['/total', 'items_path "/total" does not point to an array'],
    ['/__proto__', 'path "/__proto__" not found in response'],
    ['/"', 'path "/\\"" not found in response'],
  ])('cannot be found by items_path %j: %s', (itemsPath, error) => {
    proves('gateway:169', 'gateway:170', 'gateway:171', 'gateway:172');
    const resolved = resolvePathLabels(textResultOf(data), { labeledPaths: [], defaultLabels: null, itemsPath });
    expect(resolved).toEqual({ ok: false, error });
  });
});

function summary(data: JsonValue, labels: Parameters<typeof resolvePathLabels>[1]): readonly unknown[] {
  const resolved = resolvePathLabels(data, labels);
  if (!resolved.ok) return [resolved.error];
  return resolved.collection.items.map((item) => [item.labels?.description, item.origin, item.path, item.data]);
}
