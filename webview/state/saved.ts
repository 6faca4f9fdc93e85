/** The view state that survives hiding and reloading, validated because another version may have written it. */
import { isJsonObject } from '../../src/core/base/json.ts';
import type { ViewState } from '../../src/core/protocol/panel.ts';
import { type ChipId, noFilter } from '../../src/core/protocol/rows.ts';
import { isChip } from '../models/outcomes.ts';

/** The view state of the contract and the view's own layout. `filter.text` is the query as typed. */
export interface SavedState extends ViewState {
  /** Share of the list in the split view, 0 to 1. */
  readonly split: number;
}

const defaultSaved: SavedState = {
  selected: null,
  filter: noFilter,
  tab: 'decision',
  split: 0.42,
};

/** The saved state; each invalid part is replaced by its default. */
export function readSaved(stored: unknown): SavedState {
  if (!isJsonObject(stored)) return defaultSaved;
  const { selected, filter, tab, split } = stored;
  return {
    selected: typeof selected === 'number' && Number.isInteger(selected) && selected >= 0 ? selected : null,
    filter: readFilter(filter),
    tab: typeof tab === 'string' ? tab : defaultSaved.tab,
    split: typeof split === 'number' && split > 0 && split < 1 ? split : defaultSaved.split,
  };
}

function readFilter(stored: unknown): SavedState['filter'] {
  if (!isJsonObject(stored)) return defaultSaved.filter;
  const { text, statuses } = stored;
  const known = Array.isArray(statuses)
    ? statuses.filter((word): word is ChipId => typeof word === 'string' && isChip(word))
    : [];
  // Servers and agents are words of the text.
  return { ...noFilter, text: typeof text === 'string' ? text : '', statuses: known };
}
