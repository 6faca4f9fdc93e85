/** The mark of a call that the user changed by hand. */
import type { JSX } from 'preact';
import type { CallRow } from '../../src/core/protocol/rows.ts';
import { Icon } from '../widgets/icon.tsx';

/** Null for a call that is as recorded. `isLong`: with words beside the icon. */
export function EditedMark({
  row: { edited },
  isLong = false,
}: {
  row: CallRow;
  isLong?: boolean;
}): JSX.Element | null {
  if (edited === undefined) return null;
  const text = `changed by you: ${edited.join(', ')}`;
  return (
    <span class="edited-mark" title={text} data-testid="edited-mark">
      {isLong ? <Icon name="edit" /> : <Icon name="edit" label={text} />}
      {isLong ? text : null}
    </span>
  );
}
