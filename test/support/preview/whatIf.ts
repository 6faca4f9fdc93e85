/** What the user of the preview changed of the calls, in the scenario with changes. */
import type { WhatIfState } from '../../../src/core/protocol/panel.ts';
import type { CallRow } from '../../../src/core/protocol/rows.ts';

/** No changes. */
export const unchanged: WhatIfState = { changes: [], total: 0, mode: null, canUndo: false, canRedo: false };

/** Changes of two calls. */
export const changedByHand: WhatIfState = {
  changes: [
    { call: 2, text: 'argument /path "docs/handbook.md" → "private/salaries.md"' },
    { call: 4, text: 'agent loses "private:octo-org/payments" (secrecy)' },
    { call: 4, text: 'response /items/2/visibility "public" → "private"' },
  ],
  total: 3,
  mode: null,
  canUndo: true,
  canRedo: true,
};

/** The row with the mark of a change by hand. */
export function withEdit(row: CallRow): CallRow {
  const edited = { 2: ['arguments'], 4: ['response', 'agent'] } as const;
  const parts = row.index === 2 || row.index === 4 ? edited[row.index] : null;
  return parts === null ? row : { ...row, edited: parts, marks: [...row.marks, 'edited'] };
}
