/** The filter bar: the filter box, and a chip with the number of calls for each outcome. */
import type { JSX, RefObject } from 'preact';
import type { PanelState } from '../../src/core/protocol/panel.ts';
import type { ChipId } from '../../src/core/protocol/rows.ts';
import { isEmptyFilter } from '../models/filter.ts';
import { formatCount } from '../models/format.ts';
import { chipLooks, isMark } from '../models/outcomes.ts';
import { IconButton } from '../widgets/button.tsx';
import { TextField } from '../widgets/fields.tsx';
import { Icon } from '../widgets/icon.tsx';
import { useStore } from './context.ts';

export interface FilterBarProps {
  readonly session: PanelState;
  readonly inputRef: RefObject<HTMLElement | null>;
  /** Called when the user moves from the filter box to the list. */
  readonly onLeave: () => void;
}

export function FilterBar({ session, inputRef, onLeave }: FilterBarProps): JSX.Element {
  const store = useStore();
  const filter = store.filter.value;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && store.query.peek() !== '') store.setQuery('');
    else if (event.key === 'ArrowDown' || event.key === 'Enter' || event.key === 'Escape') onLeave();
    else return;
    event.preventDefault();
  };
  return (
    <div class="filter-bar">
      <TextField
        icon="search"
        value={store.query.value}
        label="Filter calls"
        placeholder="Filter by tool, arguments or reason  ( / )"
        inputRef={inputRef}
        onInput={(query) => store.setQuery(query)}
        onKeyDown={onKeyDown}
        testId="filter-input"
      />
      <div class="chips" role="group" aria-label="Outcomes">
        {chipLooks.map(({ id, word, icon, meaning }) => {
          const count = countOf(session, id);
          const pressed = filter.statuses.includes(id);
          if (count === 0 && !pressed) return null;
          return (
            <button
              key={id}
              type="button"
              class={`chip outcome-${id}`}
              aria-pressed={pressed}
              aria-label={`${formatCount(count)} ${word}`}
              title={`${meaning}. Click to show only these calls`}
              onClick={() => store.toggleChip(id)}
              data-testid={`summary-${id}`}
            >
              <Icon name={icon} />
              <span class="chip-count">{formatCount(count)}</span>
              <span class="chip-word">{word}</span>
            </button>
          );
        })}
      </div>
      {isEmptyFilter(filter) ? null : (
        <span class="filter-result">
          <span aria-live="polite">
            {formatCount(store.rows.total.value)} of {formatCount(session.trace.calls)}
          </span>
          <IconButton icon="close" label="Clear filter" onClick={() => store.clearFilter()} testId="filter-clear" />
        </span>
      )}
    </div>
  );
}

/** Number of calls with a status or a mark. The run counts outcomes; pending and skipped calls follow from the calls of each server. */
function countOf({ run, servers, trace, live }: PanelState, status: ChipId): number {
  if (isMark(status)) return run.marks[status];
  const decided = Object.values(run.counts).reduce((sum, count) => sum + count, 0);
  const chosen = servers.find(({ selected }) => selected)?.calls ?? trace.calls;
  const running = Math.min(live?.running ?? 0, Math.max(0, chosen - decided));
  if (status === 'running') return running;
  if (status === 'pending') return Math.max(0, chosen - decided - running);
  if (status === 'skipped') return Math.max(0, trace.calls - chosen);
  return run.counts[status];
}
