/** The filter bar: the filter box, menus of servers and agents, and a chip with the number of calls for each outcome. */
import type { JSX, RefObject } from 'preact';
import type { PanelState } from '../../src/core/protocol/panel.ts';
import type { ChipId } from '../../src/core/protocol/rows.ts';
import { isEmptyFilter, type NameKind } from '../models/filter.ts';
import { formatCount } from '../models/format.ts';
import { chipLooks, isMark } from '../models/outcomes.ts';
import { IconButton } from '../widgets/button.tsx';
import { Dropdown, TextField } from '../widgets/fields.tsx';
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
    <div class="filter-bar" role="search" aria-label="Filter of calls">
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
      <NameMenu kind="server" names={serverNames(session)} />
      <NameMenu kind="agent" names={session.agents} more={session.agentsTotal - session.agents.length} />
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

interface Name {
  readonly id: string;
  readonly calls: number;
  /** What is said behind the number of calls. */
  readonly note?: string;
}

interface NameMenuProps {
  readonly kind: NameKind;
  readonly names: readonly Name[];
  /** Number of names that the menu does not list. */
  readonly more?: number;
}

function serverNames({ servers }: PanelState): readonly Name[] {
  return servers.map(({ id, calls, undecided }) => ({ id, calls, note: undecided === null ? '' : ', not decided' }));
}

/** A menu that filters by a server or an agent; null when there is only one. It writes `server:NAME` into the filter box, and reads it there. */
function NameMenu({ kind, names, more = 0 }: NameMenuProps): JSX.Element | null {
  const store = useStore();
  if (names.length < 2) return null;
  const chosen = kind === 'server' ? store.filter.value.servers : store.filter.value.agents;
  const [only] = chosen;
  const value = only === undefined ? everyName : chosen.length > 1 ? severalNames : valueOf(only, names);
  const listed = [
    { value: everyName, text: `All ${kind}s` },
    ...names.map(({ id, calls, note = '' }) => ({ value: `=${id}`, text: `${id} (${formatCount(calls)}${note})` })),
  ];
  // The filter box may name several, or one that no call has.
  const options = listed.some((option) => option.value === value)
    ? listed
    : [...listed, { value, text: chosen.join(', ') }];
  const rest = more > 0 ? `. ${formatCount(more)} with fewer calls are not listed: type ${kind}:NAME` : '';
  return (
    <Dropdown
      value={value}
      label={`Filter by ${kind}`}
      title={`Show only the calls of one ${kind}, like ${kind}:NAME in the filter box${rest}`}
      options={options}
      onChange={(now) => store.chooseName(kind, now.startsWith('=') ? now.slice(1) : null)}
      testId={`filter-${kind}`}
    />
  );
}

const everyName = 'all';
const severalNames = 'several';

/** The option of a name in any case of letters. */
function valueOf(name: string, names: readonly Name[]): string {
  return `=${names.find(({ id }) => id.toLowerCase() === name.toLowerCase())?.id ?? name}`;
}

/**
 * Number of calls with a status or a mark. The run counts outcomes; pending and skipped calls follow from the calls of each server, and
 * from the total of the run, which leaves out the look-ups.
 */
function countOf({ run, servers, trace, live }: PanelState, status: ChipId): number {
  if (isMark(status)) return run.marks[status];
  const done = Object.values(run.counts).reduce((sum, count) => sum + count, 0);
  const left = servers.reduce((sum, { calls, undecided }) => sum + (undecided === null ? 0 : calls), 0);
  const toDecide = run.total === 0 ? trace.calls - left : Math.min(run.total, trace.calls - left);
  const running = Math.min(live?.running ?? 0, Math.max(0, toDecide - done));
  if (status === 'running') return running;
  if (status === 'pending') return Math.max(0, toDecide - done - running);
  if (status === 'skipped') return Math.max(0, trace.calls - toDecide);
  return run.counts[status];
}
