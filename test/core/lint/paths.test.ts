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

/** The code, the beginning of the message, and the correction of each finding. */
type Expected = readonly [code: string, part: string, at: string | null, by?: string];

describe('an entry or items_path that does not count', () => {
  it.each<readonly [title: string, response: JsonValue, data: JsonValue, first: Expected, second: Expected | null]>([
    [
      'a path outside of items_path',
      labelled(['/0'], '/items'),
      { items: [1] },
      [
        'path-outside-items',
        'The path "/0" in labeled_paths lies outside of items_path "/items"',
        '/labeled_paths/0/path',
        '"/items/0"',
      ],
      null,
    ],
    [
      'a path in another list',
      labelled(['/items/0', '/rows/0', '/rows/1'], '/items'),
      { items: [1], rows: [1, 2] },
      [
        'path-outside-items',
        'The paths "/rows/0", "/rows/1" in labeled_paths lie outside',
        '/labeled_paths/1/path',
        '"/items/0"',
      ],
      null,
    ],
    [
      'a path with the name of the list in another case',
      labelled(['/Items/0'], '/items'),
      { items: [1] },
      ['path-outside-items', 'The path "/Items/0"', '/labeled_paths/0/path', '"/items/0"'],
      null,
    ],
    [
      'items_path with a slash at its end',
      labelled(['/items/0'], '/items/'),
      { items: [1] },
      [
        'path-outside-items',
        'The path "/items/0" in labeled_paths does not start with items_path "/items/" and a further slash',
        '/items_path',
        '"/items"',
      ],
      null,
    ],
    [
      'a path that starts at the MCP result',
      labelled(['/content/0/text/1']),
      [1, 2],
      [
        'path-of-raw-result',
        'The path "/content/0/text/1" in labeled_paths starts at the MCP result',
        '/labeled_paths/0/path',
        '"/1"',
      ],
      null,
    ],
    [
      'a path that starts at a JSON-RPC result, beside items_path',
      labelled(['/result/content/0/text/items/1'], '/items'),
      { items: [1, 2] },
      ['path-of-raw-result', 'The path "/result/content/0/text/items/1"', '/labeled_paths/0/path', '"/items/1"'],
      null,
    ],
    [
      'a path with a member in place of an index',
      labelled(['/title']),
      [1],
      [
        'path-without-index',
        'The path "/title" in labeled_paths has no index of an item (the response is a list)',
        null,
      ],
      null,
    ],
    [
      'a path with the name of a list that is the response itself',
      labelled(['/items/0']),
      [1],
      ['path-without-index', 'The path "/items/0"', '/labeled_paths/0/path', '"/0"'],
      null,
    ],
    [
      'a path in another notation',
      labelled(['$[1]', 'items[0]']),
      [1, 2],
      [
        'path-without-index',
        'The paths "$[1]", "items[0]" in labeled_paths have no index',
        '/labeled_paths/0/path',
        '"/1"',
      ],
      null,
    ],
    [
      'an empty path',
      labelled(['']),
      [1],
      ['path-without-index', 'The path "" in labeled_paths has no index', null],
      null,
    ],
    [
      'a path that ends with items_path',
      labelled(['/items/'], '/items'),
      { items: [1] },
      [
        'path-without-index',
        'The path "/items/" in labeled_paths has no index of an item (behind items_path "/items")',
        null,
      ],
      null,
    ],
    [
      'two entries for one item',
      labelled(['/0', '0', '/1']),
      [1, 2],
      [
        'path-twice',
        'The paths "/0", "0" in labeled_paths name the same item (index 0); only the last entry counts',
        null,
      ],
      null,
    ],
    [
      'a path below an item',
      labelled(['/0/title']),
      [{ title: 't' }],
      [
        'path-below-item',
        'The path "/0/title" in labeled_paths names a part of an item; the gateway ignores "/title"',
        '/labeled_paths/0/path',
        '"/0"',
      ],
      null,
    ],
    [
      'a path below an item beside items_path',
      labelled(['/items/1/a~1b/c'], '/items'),
      { items: [1, 2] },
      [
        'path-below-item',
        'The path "/items/1/a~1b/c" in labeled_paths names a part',
        '/labeled_paths/0/path',
        '"/items/1"',
      ],
      null,
    ],
    [
      'paths without items_path, into a list',
      labelled(['/items/0', '/items/1']),
      { items: [1, 2], rows: [] },
      [
        'items-path-missing',
        'The paths "/items/0", "/items/1" in labeled_paths do not count: items_path is missing',
        '/items_path',
        '"/items"',
      ],
      null,
    ],
    [
      'paths without items_path, for the only list',
      labelled(['/0']),
      { data: { rows: [1] } },
      ['items-path-missing', 'The path "/0" in labeled_paths does not count', '/items_path', '"/data/rows"'],
      null,
    ],
    [
      'paths without items_path, with several lists',
      labelled(['/0']),
      { a: [1], b: [1, 2] },
      ['items-path-missing', 'The path "/0"', null],
      null,
    ],
    [
      'paths without items_path, for a single object',
      labelled(['/title']),
      { title: 't' },
      ['items-path-missing', 'The path "/title"', null],
      null,
    ],
    [
      'paths of the MCP result without items_path',
      labelled(['/content/0/text/items/0']),
      { items: [1] },
      ['items-path-missing', 'The path "/content/0/text/items/0"', '/items_path', '"/items"'],
      ['path-of-raw-result', 'The path "/content/0/text/items/0"', '/labeled_paths/0/path', '"/0"'],
    ],
    [
      'a misspelt items_path',
      labelled(['/items/0'], '/itmes'),
      { items: [1] },
      [
        'items-path-wrong',
        'items_path "/itmes" does not lead to a list in this response, so the gateway refuses the answer; the response has an array at "/items" (1 item)',
        '/items_path',
        '"/items"',
      ],
      null,
    ],
    [
      'an items_path that starts at the MCP result',
      labelled(['/content/0/text/items/0'], '/content/0/text/items'),
      { items: [1] },
      ['items-path-wrong', 'items_path "/content/0/text/items" starts at the MCP result', '/items_path', '"/items"'],
      null,
    ],
    [
      'an items_path into a response without a list',
      labelled([], '/items'),
      { n: 1 },
      [
        'items-path-wrong',
        'items_path "/items" does not lead to a list in this response, so the gateway refuses the answer; the response contains no array',
        null,
      ],
      null,
    ],
    [
      'an entry without labels',
      { labeled_paths: [{ path: '/0' }, { path: '/1', labels: null }] },
      [1, 2],
      ['entry-without-labels', 'Entry 0 of labeled_paths (and 1 more) has no "labels"', null],
      null,
    ],
  ])('%s', (_title, response, data, first, second) => {
    proves('own:lint-paths');
    const expected = second === null ? [first] : [first, second];
    const found = lintOf({ label_response: response, data });
    expect(found.map(({ code }) => code.replace('lint/', ''))).toEqual(expected.map(([code]) => code));
    expected.forEach(([, part, at, by], index) => {
      expect(found[index]?.message).toContain(part);
      expect(found[index]?.hint).toMatch(/^[A-Z].*[^.]$/);
      expect(found[index]?.excerpt?.title).toBe('label_response answered');
      if (at === null) expect(found[index]?.fix).toBeUndefined();
      else expect(found[index]?.fix).toMatchObject({ at, by });
    });
  });
});

it('names the lists that exist when several are possible', () => {
  const [found] = lintOf({ label_response: labelled(['/0']), data: { a: [1], b: { c: [1, 2] } } });
  expect(found?.hint).toContain('the response has arrays at "/a" (1 item), "/b/c" (2 items)');
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
    [['/content/0'], { content: [1] }, '/content'],
  ])('%j of %j with items_path %j', (paths, data, itemsPath) => {
    expect(lintOf({ label_response: labelled(paths, itemsPath), data })).toEqual([]);
  });

  it('of a result whose text is not JSON, to which paths apply as it is', () => {
    const result = { content: [{ type: 'text', text: 'no JSON' }] };
    expect(lintOf({ label_response: labelled(['/content/0'], '/content'), result })).toEqual([]);
  });
});
