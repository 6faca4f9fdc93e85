/** The empty states of the call list, each with a next step. */
import type { JSX } from 'preact';
import type { PanelState } from '../../src/core/protocol/panel.ts';
import { isEmptyFilter } from '../models/filter.ts';
import { Button } from '../widgets/button.tsx';
import { Empty } from '../widgets/small.tsx';
import { useStore } from './context.ts';

/** The empty state that applies; null when the list has rows or its first rows are being loaded. */
export function EmptyList({ session }: { session: PanelState }): JSX.Element | null {
  const store = useStore();
  const { rows } = store;
  if (rows.failure.value !== '' && rows.total.value === 0) {
    return (
      <Empty
        title="Cannot load the calls"
        testId="empty-failed"
        actions={<Button onClick={() => rows.refresh()}>Try again</Button>}
      >
        {rows.failure.value}
      </Empty>
    );
  }
  if (session.trace.calls === 0 && session.live !== null) {
    return (
      <Empty title="No tool calls yet" testId="empty-live">
        The session is being recorded. Calls appear here when the client makes them.
      </Empty>
    );
  }
  if (session.trace.calls === 0) {
    return (
      <Empty title="This trace contains no tool calls" testId="empty-calls">
        {session.problemsTotal > 0
          ? 'Parts of the file cannot be read. See the problems above.'
          : 'Record a session in which a client calls a tool, or open another trace.'}
      </Empty>
    );
  }
  if (rows.waiting.value || rows.total.value > 0) return null;
  if (isEmptyFilter(store.filter.value)) return null;
  return (
    <Empty
      title="No calls match the filter"
      testId="empty-filter"
      actions={<Button onClick={() => store.clearFilter()}>Clear filter</Button>}
    >
      A call matches if its tool, arguments, server, agent or reason contain every word. Use <code>is:denied</code> to
      filter by outcome, <code>server:NAME</code> and <code>agent:NAME</code> by server and agent,{' '}
      <code>clause:NAME</code> by a clause of the policy that decides them.
    </Empty>
  );
}

/** The prompt to choose a guard or a configuration, shown above the list while there is neither. */
export function ChooseGuard({ session }: { session: PanelState }): JSX.Element | null {
  const store = useStore();
  const { guard, config, servers, trace } = session;
  if (guard.title !== null || config.title !== null || trace.calls === 0) return null;
  return (
    <div class="choose-guard" data-testid="empty-guard">
      <div>
        <p class="empty-title">Choose a guard to replay this trace</p>
        <p class="empty-text">
          Guardscope replays each call through a WASM guard and shows why it is allowed, filtered or denied.
          {servers.length > 1
            ? ` The trace has ${servers.length} servers: the gateway's configuration decides the calls of all of them as one session.`
            : ''}
        </p>
      </div>
      {servers.length > 1 ? (
        <Button
          icon="servers"
          onClick={() => void store.command({ run: 'chooseConfig' })}
          testId="choose-configuration"
        >
          Choose configuration…
        </Button>
      ) : null}
      <Button
        kind="primary"
        icon="shield"
        onClick={() => void store.command({ run: 'chooseGuard' })}
        testId="choose-guard"
      >
        Choose guard…
      </Button>
    </div>
  );
}
