/** Entries of `labeled_paths` that do not count are reported with what would count; entries that label an item are not. */
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json.ts';
import { proves } from '../../support/proves.ts';
import { lintOf } from './lintedCall.ts';

const labels = { secrecy: [], integrity: ['approved:o'] };

function labelled(paths: readonly string[], itemsPath?: string): JsonValue {
  const entries = paths.map((path) => ({ path, labels }));
  return {
    labeled_paths: entries,
    default_labels: labels,
    ...(itemsPath === undefined ? {} : { items_path: itemsPath }),
  };
}

describe('lint/path-without-item', () => {
  it.each<readonly [paths: readonly string[], data: JsonValue, itemsPath: string | undefined, message: string]>([
    [['/2'], [1, 2], undefined, 'The path "/2" in labeled_paths hits no item: the indexes are 0 to 1'],
    [['/1'], [1], undefined, 'The path "/1" in labeled_paths hits no item: the only index is 0'],
    [['/0'], [], undefined, 'The path "/0" in labeled_paths hits no item: the response has no items'],
    [['/-1', '/0'], [1], undefined, 'The path "/-1" in labeled_paths hits no item: the only index is 0'],
    [['/a/3'], { a: [1, 2] }, '/a', 'The path "/a/3" in labeled_paths hits no item: the indexes are 0 to 1'],
    [
      ['/1', '/2', '/3', '/4', '/5'],
      [1],
      undefined,
      'The paths "/1", "/2", "/3" and 2 more in labeled_paths hit no item: the only index is 0',
    ],
  ])('%j of %j with items_path %j', (paths, data, itemsPath, message) => {
    proves('own:lint-paths');
    const found = lintOf({ label_response: labelled(paths, itemsPath), data });
    expect(found.filter(({ code }) => code === 'lint/path-without-item').map((one) => one.message)).toEqual([message]);
  });
});

describe('no finding about paths', () => {
  it.each<readonly [paths: readonly string[], data: JsonValue, itemsPath: string | undefined]>([
    [['/0', '/1'], [1, 2], undefined],
    [['0', '1'], [1, 2], undefined],
    [['/1', '/0'], [1, 2], undefined],
    [['/+1'], [1, 2], undefined],
    [['/007'], [0, 1, 2, 3, 4, 5, 6, 7], undefined],
    [[], [1, 2], undefined],
    [['/items/0'], { items: [1] }, '/items'],
    [['items/0'], { items: [1] }, 'items'],
    [['/a~1b/0'], { 'a/b': [1] }, '/a~1b'],
    [['//0'], [1], '/'],
    [[], { n: 1 }, undefined],
  ])('%j of %j with items_path %j', (paths, data, itemsPath) => {
    expect(lintOf({ label_response: labelled(paths, itemsPath), data })).toEqual([]);
  });
});
