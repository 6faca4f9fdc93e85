/** The clauses of the policy that decide the selected call, each with a link to its place in the policy. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { CallClauses, ClauseRow } from '../../src/core/protocol/clauses.ts';
import { useStore } from '../views/context.ts';
import { ActionLink, ProgressRing } from '../widgets/small.tsx';

/** What is said above the clauses that do not decide the call. */
const groups: readonly { readonly how: ClauseRow['how']; readonly title: string }[] = [
  { how: 'reason', title: 'Change only the reason' },
  { how: 'labels', title: 'Change only labels' },
  { how: 'named', title: 'Named by the reason' },
];

/** Null while nothing is known, and without a policy. */
export function ClauseCard({ index }: { index: number }): JSX.Element | null {
  const store = useStore();
  useEffect(() => store.clauses.watch(index), [index]);
  const clauses = store.clauses.value.value;
  if (clauses === null || clauses.index !== index || clauses.state === 'none') return null;
  const rowsOf = (how: ClauseRow['how']): readonly ClauseRow[] => clauses.rows.filter((row) => row.how === how);
  return (
    <section class="label-card clauses" data-testid="clauses" aria-busy={clauses.state === 'searching'}>
      <h3>
        Policy <span class="hint">clauses that decide this call</span>
      </h3>
      <Search clauses={clauses} />
      {rowsOf('decides').length === 0 ? null : (
        <ul>
          {rowsOf('decides').map((row) => (
            <li key={row.id} data-testid="clause-decides">
              <Clause row={row} />
              <span class="clause-would">
                {row.without}: <strong>{row.would}</strong>
              </span>
            </li>
          ))}
        </ul>
      )}
      {groups.map(({ how, title }) => (
        <Group key={how} title={title} rows={rowsOf(how)} />
      ))}
    </section>
  );
}

/** How far the search is, and what it did not find. */
function Search({ clauses: { state, message, rows } }: { clauses: CallClauses }): JSX.Element | null {
  const store = useStore();
  switch (state) {
    case 'searching':
      return (
        <p class="clauses-search" role="status" data-testid="clauses-searching">
          <ProgressRing label="Finding clauses" />
          Deciding the calls again without each clause
        </p>
      );
    case 'long':
      return (
        <p>
          <ActionLink testId="clauses-find" onClick={() => void store.command({ run: 'findClauses' })}>
            Find the clauses ({message})
          </ActionLink>
        </p>
      );
    case 'impossible':
      return <p class="hint">Not known: {message}</p>;
    case 'found':
      return rows.some(({ how }) => how === 'decides') ? null : (
        <p class="hint" data-testid="clauses-none">
          No clause alone decides this call: its outcome is the same without each of them
        </p>
      );
    case 'none':
      return null;
  }
}

function Group({ title, rows }: { title: string; rows: readonly ClauseRow[] }): JSX.Element | null {
  if (rows.length === 0) return null;
  return (
    <p class="clauses-other">
      {title}:{' '}
      {rows.map((row, at) => (
        <span key={row.id}>
          {at === 0 ? '' : ', '}
          <Clause row={row} />
        </span>
      ))}
    </p>
  );
}

function Clause({ row: { id, title, file } }: { row: ClauseRow }): JSX.Element {
  const store = useStore();
  return (
    <ActionLink
      testId="clause"
      title={`Open ${file} at this clause`}
      onClick={() => void store.command({ run: 'openClause', clause: id })}
    >
      <span class="clause-title">{title}</span>
    </ActionLink>
  );
}
