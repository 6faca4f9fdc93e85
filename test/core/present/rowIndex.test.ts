/** Paging and filtering of the call list. */
import { describe, expect, it } from 'vitest';
import { type CallRow, type RowFilter, noFilter } from '../../../src/core/protocol/rows.ts';
import { decisionRow } from '../../../src/core/present/presentRow.ts';
import { RowIndex } from '../../../src/core/present/rowIndex.ts';
import { decision } from '../../support/records/decisions.ts';
import { proves } from '../../support/proves.ts';

const all: RowFilter = noFilter;

function source(count: number) {
  const asked: number[] = [];
  const row = (index: number): CallRow => {
    asked.push(index);
    return decisionRow(
      decision({
        index,
        server: index % 4 === 1 ? 'Slack' : 'github',
        agent: index % 5 === 2 ? 'planner' : 'default',
        tool: index % 3 === 0 ? 'write_file' : 'read_file',
        outcome: index % 10 === 0 ? 'denied' : 'allowed',
        marks: index % 20 === 5 ? ['lint'] : [],
      }),
    );
  };
  const decidedBy = (clause: string): ReadonlySet<number> => new Set(clause === 'repos' ? [1, 2, 3, 4, 5, 6, 10] : []);
  return { revision: 1, count, row, asked, decidedBy };
}

describe('RowIndex', () => {
  it('reads only the rows of the page when nothing is filtered', () => {
    proves('own:rows-in-ranges');
    const rows = source(100_000);
    const page = new RowIndex(rows).page(50_000, 20, all);
    expect(page).toMatchObject({ from: 50_000, total: 100_000, revision: 1 });
    expect(page.rows.map(({ index }) => index)).toEqual(Array.from({ length: 20 }, (_, at) => 50_000 + at));
    expect(rows.asked).toHaveLength(20);
  });

  it.each([
    ['by a word of the tool, whatever its case', { ...noFilter, text: 'WRITE' }, 34],
    ['by status', { ...noFilter, statuses: ['denied'] }, 10],
    ['by mark', { ...noFilter, statuses: ['lint'] }, 5],
    ['by status or mark', { ...noFilter, statuses: ['denied', 'lint'] }, 15],
    ['by both', { ...noFilter, text: 'write', statuses: ['denied'] }, 4],
    ['by every word of the text', { ...noFilter, text: 'write allowed' }, 30],
    ['by server, in any case of letters', { ...noFilter, servers: ['slack'] }, 25],
    ['by several servers', { ...noFilter, servers: ['slack', 'github'] }, 100],
    ['by agent', { ...noFilter, agents: ['planner'] }, 20],
    ['by server and agent', { ...noFilter, servers: ['slack'], agents: ['planner'] }, 5],
    ['by a server that no call has', { ...noFilter, servers: ['mail'] }, 0],
    ['by a word of the agent', { ...noFilter, text: 'plan' }, 20],
    ['not by the agent of calls whose agent is unknown', { ...noFilter, text: 'default' }, 0],
    ['by a clause of the policy', { ...noFilter, clauses: ['repos'] }, 7],
    ['by clauses of the policy and status', { ...noFilter, clauses: ['repos', 'none'], statuses: ['denied'] }, 1],
    ['by a clause that no call has', { ...noFilter, clauses: ['none'] }, 0],
    ['to nothing', { ...noFilter, text: 'no such thing' }, 0],
  ] as const)('filters %s', (_name, filter, total) => {
    const page = new RowIndex(source(100)).page(0, 200, filter);
    expect(page.total).toBe(total);
    expect(page.rows).toHaveLength(total);
  });

  it('keeps the positions of a filter until the revision grows', () => {
    const rows = source(1000);
    const index = new RowIndex(rows);
    const filter: RowFilter = { ...noFilter, text: 'write' };
    index.page(0, 10, filter);
    rows.asked.length = 0;
    index.page(10, 10, filter);
    expect(rows.asked).toHaveLength(10);
    rows.revision++;
    index.page(10, 10, filter);
    expect(rows.asked.length).toBeGreaterThan(1000);
  });

  it('locates a call under a filter', () => {
    const index = new RowIndex(source(100));
    expect(index.locate(42, all)).toBe(42);
    expect(index.locate(42, { ...noFilter, text: 'write' })).toBe(14);
    expect(index.locate(43, { ...noFilter, text: 'write' })).toBe(-1);
  });

  it('answers a page beyond the end with no rows', () => {
    expect(new RowIndex(source(5)).page(10, 5, all)).toMatchObject({ total: 5, rows: [] });
  });
});
