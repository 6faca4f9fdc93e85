/** What the calls of the preview differ in from a baseline: every ninth call, in turns. */
import type { ChangeKind } from '../../../src/core/difc/record/changeKind.ts';
import type { ComparisonState } from '../../../src/core/protocol/panel.ts';
import type { CallRow, ChangeRow } from '../../../src/core/protocol/rows.ts';

interface PreviewChange {
  readonly was: string;
  readonly rows: readonly ChangeRow[];
}

const changes: readonly PreviewChange[] = [
  {
    was: 'allowed',
    rows: [
      { kind: 'outcome', text: 'was allowed, is denied', pointer: '/outcome' },
      {
        kind: 'resource',
        text: 'secrecy gained "private:octo-org/payments"; integrity lost "merged:octo-org/payments"',
        pointer: '/resource/integrity/2',
      },
      {
        kind: 'reason',
        text: 'was nothing, is "DIFC Violation: Agent lacks required integrity to write to…"',
        pointer: '/error',
      },
    ],
  },
  {
    was: 'filtered 2/3',
    rows: [
      {
        kind: 'items',
        text: 'item 3 (/items/2) was withheld, is passed; secrecy lost "private:octo-org/payments"',
        pointer: '/items/2/secrecy/0',
      },
    ],
  },
  { was: 'allowed', rows: [{ kind: 'memory', text: 'was 0 pages, is 1 page', pointer: '/guardCalls' }] },
  { was: 'allowed', rows: [{ kind: 'time', text: 'was 4.2 ms, is 61 ms', pointer: '/guardCalls' }] },
];

/** The change of a call; undefined for those that are decided as before. */
export function changeOf(index: number): PreviewChange | undefined {
  return index % 9 === 4 ? changes[Math.floor(index / 9) % changes.length] : undefined;
}

/** The row with its change. */
export function withChange(row: CallRow): CallRow {
  const change = changeOf(row.index);
  if (change === undefined) return row;
  return { ...row, was: change.was, changes: change.rows.map(({ kind }) => kind), marks: [...row.marks, 'changed'] };
}

/** The state for the decided calls among the first `calls`. */
export function comparisonOf(
  calls: number,
  isDecided: (index: number) => boolean,
): { readonly state: ComparisonState; readonly changed: number } {
  const kinds: Partial<Record<ChangeKind, number>> = {};
  let changed = 0;
  for (let index = 0; index < calls; index++) {
    const change = isDecided(index) ? changeOf(index) : undefined;
    if (change === undefined) continue;
    changed++;
    for (const { kind } of change.rows) kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return { state: { label: 'the run before', pinned: false, kinds, uncompared: 0, unstable: null }, changed };
}
