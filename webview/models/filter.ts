/** What the filter box means: words, and `is:denied` for outcomes; the chips add theirs. */
import type { RowFilter, RowStatus } from '../../src/core/protocol/rows.ts';
import { isStatus, statusLooks } from './outcomes.ts';

/**
 * The filter that a query and the pressed chips ask for together. `is:denied` and `is:denied,error` name outcomes; an unknown
 * outcome stays part of the text, so that it visibly matches nothing.
 */
export function parseQuery(query: string, chips: readonly RowStatus[]): RowFilter {
  const wanted = new Set<RowStatus>(chips);
  const words: string[] = [];
  for (const word of query.trim().split(/\s+/)) {
    const named = /^is:(.+)$/i
      .exec(word)?.[1]
      ?.toLowerCase()
      .split(',')
      .filter((part) => part !== '');
    if (named === undefined || named.length === 0 || !named.every(isStatus)) words.push(word);
    else for (const status of named) wanted.add(status);
  }
  const statuses = statusLooks.map(({ status }) => status).filter((status) => wanted.has(status));
  return { text: words.join(' '), statuses };
}

/** Whether a filter lets everything through. */
export function isEmptyFilter(filter: RowFilter): boolean {
  return filter.text === '' && filter.statuses.length === 0;
}

/** Whether two filters ask for the same. */
export function sameFilter(a: RowFilter, b: RowFilter): boolean {
  return (
    a.text === b.text && a.statuses.length === b.statuses.length && a.statuses.every((s, i) => s === b.statuses[i])
  );
}

/** The chips after one was pressed: added when it was not there, taken away when it was. */
export function toggleStatus(chips: readonly RowStatus[], status: RowStatus): readonly RowStatus[] {
  return chips.includes(status) ? chips.filter((chip) => chip !== status) : [...chips, status];
}
