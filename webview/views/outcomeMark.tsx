/** The icon and the word of an outcome, shared by the list and the detail. */
import type { JSX } from 'preact';
import type { RowStatus } from '../../src/core/protocol/rows.ts';
import { lookOf } from '../models/outcomes.ts';
import { Icon } from '../widgets/icon.tsx';

export function OutcomeMark({ status }: { status: RowStatus }): JSX.Element {
  const { icon, word, meaning } = lookOf(status);
  return (
    <span class={`outcome outcome-${status}`} title={meaning}>
      <Icon name={icon} />
      <span class="outcome-word">{word}</span>
    </span>
  );
}
