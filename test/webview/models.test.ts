/** Tests of the smaller models: columns, label changes, inclusions, chart data, JSON text, pages and log levels. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteScale, byteTicks, chartColumns, chartSummary, pointOfCall } from '../../webview/models/chart.ts';
import { columns, fittingColumns, gridTemplate, type Several } from '../../webview/models/columns.ts';
import { inclusions } from '../../webview/models/flow.ts';
import { indentJson, jsonTokens } from '../../webview/models/jsonText.ts';
import { sameTags, tagChanges } from '../../webview/models/labelChange.ts';
import { RowPages } from '../../webview/models/pages.ts';
import { lookOfLevel } from '../../webview/models/logLevels.ts';
import { callRow } from './fakeHost.ts';

const one: Several = { servers: false, agents: false };

describe('columns', () => {
  it('hides the least important columns first, but never index, outcome and tool', () => {
    const ids = (width: number, several = one): string[] => fittingColumns(width, several).map(({ id }) => id);
    expect(ids(2000)).toEqual(columns.map(({ id }) => id).filter((id) => id !== 'server' && id !== 'agent'));
    expect(ids(860)).not.toContain('time');
    expect(ids(860)).toContain('operation');
    expect(ids(420)).toEqual(['index', 'outcome', 'tool', 'items', 'problems']);
    expect(ids(100)).toEqual(['index', 'outcome', 'tool']);
  });

  it('shows servers and agents only when there are several, and hides agents before servers', () => {
    const ids = (width: number, several: Several): string[] => fittingColumns(width, several).map(({ id }) => id);
    const many = { servers: true, agents: true };
    expect(ids(2000, many)).toEqual(columns.map(({ id }) => id));
    expect(ids(2000, { servers: false, agents: true })).not.toContain('server');
    expect(ids(780, many)).toEqual(['index', 'outcome', 'server', 'agent', 'tool', 'labels', 'items', 'problems']);
    expect(ids(517, many)).toEqual(['index', 'outcome', 'server', 'tool', 'items', 'problems']);
    expect(ids(420, many)).toEqual(['index', 'outcome', 'tool', 'items', 'problems']);
  });

  it('gives the remaining width to growing columns', () => {
    expect(gridTemplate(fittingColumns(100, one))).toBe('52px 88px minmax(0, 470fr)');
  });
});

describe('tagChanges', () => {
  it('marks kept, added and removed tags', () => {
    expect(tagChanges(['a', 'b'], ['b', 'c'])).toEqual([
      { tag: 'b', change: 'kept' },
      { tag: 'c', change: 'added' },
      { tag: 'a', change: 'removed' },
    ]);
  });

  it('compares tag lists as sets', () => {
    expect(sameTags(['a', 'b'], ['b', 'a'])).toBe(true);
    expect(sameTags([], ['a'])).toBe(false);
  });
});

describe('inclusions', () => {
  const agent = { secrecy: ['private:a'], integrity: ['approved:a', 'none:a'] };
  const resource = { secrecy: ['private:b'], integrity: ['none:a', 'merged:a'] };

  it('lists two inclusions for a read, two for a write and four for a read-write, in the order of the gateway', () => {
    const asked = (of: 'read' | 'write' | 'read-write'): string[] =>
      inclusions(of, agent, resource).map(({ access, kind }) => `${access} ${kind}`);
    expect(asked('read')).toEqual(['read integrity', 'read secrecy']);
    expect(asked('write')).toEqual(['write integrity', 'write secrecy']);
    expect(asked('read-write')).toEqual(['read integrity', 'read secrecy', 'write integrity', 'write secrecy']);
  });

  it('names required and missing tags', () => {
    expect(inclusions('read-write', agent, resource).map(({ demanded, missing }) => ({ demanded, missing }))).toEqual([
      { demanded: ['approved:a', 'none:a'], missing: ['approved:a'] },
      { demanded: ['private:b'], missing: ['private:b'] },
      { demanded: ['none:a', 'merged:a'], missing: ['merged:a'] },
      { demanded: ['private:a'], missing: ['private:a'] },
    ]);
  });

  it('accepts a wildcard only on the side that must have the tags', () => {
    const missing = (agentTags: string[], resourceTags: string[]): readonly string[] | undefined =>
      inclusions('write', { secrecy: agentTags, integrity: [] }, { secrecy: resourceTags, integrity: [] })[1]?.missing;
    expect(missing(['private:a'], ['*'])).toEqual([]);
    expect(missing(['*'], ['private:a'])).toEqual(['*']);
  });
});

describe('the memory chart', () => {
  const page = 65_536;
  const limit = 512 * page;
  const points = [
    { index: 9, after: 18 * page, peak: 20 * page },
    { index: 19, after: 30 * page, peak: 64 * page },
    { index: 24, after: 30 * page, peak: 30 * page },
  ];

  it('numbers calls from 1', () => {
    expect(chartColumns(points)).toEqual([
      [10, 20, 25],
      [18 * page, 30 * page, 30 * page],
      [20 * page, 64 * page, 30 * page],
    ]);
  });

  it('includes the limit unless it is scaled to the data', () => {
    expect(byteScale(points, limit, false)[1]).toBeGreaterThan(limit);
    expect(byteScale(points, limit, true)[1]).toBe(64 * page * 1.25);
    expect(byteScale([], limit, true)[1]).toBeGreaterThan(0);
  });

  it('has a few round ticks', () => {
    expect(byteTicks(limit * 1.08, 6)).toEqual([0, 8, 16, 24, 32].map((mib) => mib * 1_048_576));
    expect(byteTicks(page * 1.25, 6)).toEqual([0, page]);
  });

  it('finds the point of a call in merged buckets', () => {
    expect([0, 9, 10, 19, 20, 24, 99].map((index) => pointOfCall(points, index))).toEqual([0, 0, 1, 1, 2, 2, 2]);
    expect(pointOfCall([], 3)).toBe(-1);
  });

  it('has a text summary', () => {
    expect(chartSummary(points, limit)).toBe(
      'Linear memory changed from 1.13 MiB to 1.88 MiB; the peak was 4 MiB at call 20, 13 % of the limit of 32 MiB.',
    );
    expect(chartSummary([], limit)).toBe('No memory data yet.');
  });
});

describe('indentJson', () => {
  it.each([
    ['{}', '{}'],
    ['[]', '[]'],
    ['{"a":1}', '{\n  "a": 1\n}'],
    ['[1,[2,{}],"x"]', '[\n  1,\n  [\n    2,\n    {}\n  ],\n  "x"\n]'],
    ['{"a" : [ ] }', '{\n  "a": []\n}'],
    ['"a\\"b"', '"a\\"b"'],
    ['12345678901234567890', '12345678901234567890'],
    ['{"a":1,"a":1e400}', '{\n  "a": 1,\n  "a": 1e400\n}'],
    ['{"a":[1,', '{\n  "a": [\n    1,\n    '],
    ['', ''],
  ])('indents %s', (text, indented) => expect(indentJson(text)).toBe(indented));

  it('formats every value like JSON.stringify', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(indentJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });

  it('keeps every character of any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', ':', ',', ' ', '1', '-', 'é', '\n', 't') }),
        (text) => {
          expect(
            jsonTokens(text)
              .map((token) => token.text)
              .join(''),
          ).toBe(text);
        },
      ),
    );
  });

  it('handles strings of several megabytes', () => {
    const text = JSON.stringify({ text: 'x\\"'.repeat(2_000_000) });
    expect(jsonTokens(text)).toHaveLength(5);
  });
});

describe('RowPages', () => {
  const rows = (from: number): ReturnType<typeof callRow>[] =>
    Array.from({ length: 10 }, (_, at) => callRow(from + at));

  it('reports pages that are missing or older than the revision', () => {
    const pages = new RowPages(10, 5);
    pages.accept(1, rows(10), 7);
    expect(pages.wanted({ first: 5, last: 31 }, 7)).toEqual([0, 2, 3]);
    expect(pages.wanted({ first: 10, last: 20 }, 8)).toEqual([1]);
    expect(pages.wanted({ first: 4, last: 4 }, 8)).toEqual([]);
    expect(pages.row(13)?.index).toBe(13);
    expect(pages.row(3)).toBeUndefined();
  });

  it('does not replace a newer page with an older one', () => {
    const pages = new RowPages(10, 5);
    expect(pages.accept(0, rows(0), 2)).toBe(true);
    expect(pages.accept(0, rows(50), 1)).toBe(false);
    expect(pages.row(0)?.index).toBe(0);
  });

  it('evicts the least recently used pages', () => {
    const pages = new RowPages(10, 2);
    pages.accept(0, rows(0), 1);
    pages.accept(1, rows(10), 1);
    expect(pages.wanted({ first: 0, last: 10 }, 1)).toEqual([]);
    pages.accept(2, rows(20), 1);
    expect(pages.count).toBe(2);
    expect(pages.row(0)).toBeDefined();
    expect(pages.row(10)).toBeUndefined();
  });
});

it('shows the names that the gateway has for log levels, and numbers for other levels', () => {
  expect(lookOfLevel(2).word).toBe('warn');
  expect(lookOfLevel(4_294_967_295).word).toBe('level 4294967295');
});
