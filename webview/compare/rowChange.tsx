/** What a changed call was in the baseline, or what of its decision changed, beside its tool in the list. */
import type { JSX } from 'preact';
import { changeTitles } from '../../src/core/difc/record/changeKind.ts';
import type { CallRow } from '../../src/core/protocol/rows.ts';

/** Null for a call that is decided as before. */
export function RowChange({ row: { was, changes } }: { row: CallRow }): JSX.Element | null {
  if (was === undefined || changes === undefined) return null;
  const titles = changes.map((kind) => changeTitles[kind]).join(', ');
  const isOther = changes.includes('outcome');
  return (
    <span class={isOther ? 'row-change row-change-outcome' : 'row-change'} title={`Changed: ${titles}`}>
      {isOther ? `was ${was}` : `≠ ${titles}`}
    </span>
  );
}
