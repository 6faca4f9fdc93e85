/** Parses the filter box: words, `is:denied` for outcomes and marks, and the selected chips. */
import type { ChipId, RowFilter } from '../../src/core/protocol/rows.ts';
import { chipLooks, isChip } from './outcomes.ts';

/**
 * The filter for a query and the selected chips. `is:denied` and `is:denied,error` select outcomes; an unknown outcome stays part of
 * the text, so that it matches nothing.
 */
export function parseQuery(query: string, chips: readonly ChipId[]): RowFilter {
  const wanted = new Set<ChipId>(chips);
  const words: string[] = [];
  for (const word of query.trim().split(/\s+/)) {
    const named = /^is:(.+)$/i
      .exec(word)?.[1]
      ?.toLowerCase()
      .split(',')
      .filter((part) => part !== '');
    if (named === undefined || named.length === 0 || !named.every(isChip)) words.push(word);
    else for (const status of named) wanted.add(status);
  }
  const statuses = chipLooks.map(({ id }) => id).filter((status) => wanted.has(status));
  return { text: words.join(' '), statuses };
}

/** Whether a filter matches every call. */
export function isEmptyFilter(filter: RowFilter): boolean {
  return filter.text === '' && filter.statuses.length === 0;
}

/** Whether two filters are equal. */
export function sameFilter(a: RowFilter, b: RowFilter): boolean {
  return (
    a.text === b.text && a.statuses.length === b.statuses.length && a.statuses.every((s, i) => s === b.statuses[i])
  );
}

/** The selected chips after toggling one. */
export function toggleStatus(chips: readonly ChipId[], status: ChipId): readonly ChipId[] {
  return chips.includes(status) ? chips.filter((chip) => chip !== status) : [...chips, status];
}
