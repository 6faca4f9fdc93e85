/** The icon and the word of an outcome, shared by the list and the detail. */
import type { JSX } from 'preact';
import type { CallRow } from '../../src/core/protocol/rows.ts';
import { lookOfRow } from '../models/outcomes.ts';
import { Icon } from '../widgets/icon.tsx';

export function OutcomeMark({ row }: { row: Pick<CallRow, 'status' | 'marks'> }): JSX.Element {
  const { kind, icon, word, meaning } = lookOfRow(row);
  const unsure = row.marks.includes('unrecorded') ? ' outcome-unsure' : '';
  return (
    <span class={`outcome outcome-${kind}${unsure}`} title={meaning}>
      <Icon name={icon} />
      <span class="outcome-word">{word}</span>
    </span>
  );
}
