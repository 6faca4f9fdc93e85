/** Messages below the toolbar: failed commands, inputs that cannot be used, a poisoned guard, a run that stopped. */
import type { JSX } from 'preact';
import type { PanelState } from '../../src/core/protocol/panel.ts';
import { formatCount } from '../models/format.ts';
import { ActionLink, Note } from '../widgets/small.tsx';
import { useStore } from './context.ts';

export function Notices({ session }: { session: PanelState }): JSX.Element | null {
  const store = useStore();
  const { config, guard, policy, servers, run, restricted } = session;
  const isOne = servers.filter(({ undecided }) => undecided === null).length < 2;
  // A run that failed because of its inputs has the same message, and replaying the same files would fail again.
  const isInputFailed = [config, guard, policy].some(({ status }) => status === 'failed');
  const chooseGuard = (
    <ActionLink onClick={() => void store.command({ run: 'chooseGuard' })}>Choose another guard…</ActionLink>
  );
  const inspectGuard = (
    <ActionLink onClick={() => void store.command({ run: 'inspectGuard' })}>Inspect guard</ActionLink>
  );
  const guardActions = (
    <>
      {guard.title === null ? null : inspectGuard}
      {chooseGuard}
    </>
  );
  const chooseConfig = (text: string): JSX.Element => (
    <ActionLink onClick={() => void store.command({ run: 'chooseConfig' })}>{text}</ActionLink>
  );
  const configActions = (
    <>
      <ActionLink onClick={() => void store.command({ run: 'openConfig' })}>Open configuration</ActionLink>
      {chooseConfig('Choose another configuration…')}
    </>
  );
  const choosePolicy = (
    <ActionLink onClick={() => void store.command({ run: 'choosePolicy' })}>Choose another policy…</ActionLink>
  );
  const openPolicy = <ActionLink onClick={() => void store.command({ run: 'openPolicy' })}>Open policy</ActionLink>;
  const replay = (
    <ActionLink onClick={() => void store.command({ run: 'replay' })}>Replay with a new instance</ActionLink>
  );
  const manageTrust = (
    <ActionLink onClick={() => void store.command({ run: 'manageTrust' })}>Manage Workspace Trust</ActionLink>
  );
  const notes = [
    restricted ? (
      <Note kind="info" key="restricted" testId="note-restricted" actions={manageTrust}>
        This workspace is not trusted. The trace is shown, but no guard runs.
      </Note>
    ) : null,
    store.failure.value === '' ? null : (
      <Note kind="error" key="failure" testId="note-failure">
        {store.failure.value}
      </Note>
    ),
    store.rows.failure.value !== '' && store.rows.total.value > 0 ? (
      <Note
        kind="error"
        key="rows"
        testId="note-rows"
        actions={<ActionLink onClick={() => store.rows.refresh()}>Try again</ActionLink>}
      >
        Cannot load some calls: {store.rows.failure.value}
      </Note>
    ) : null,
    config.status === 'failed' ? (
      <Note
        kind="error"
        key="config"
        testId="note-config"
        actions={config.unreadable ? chooseConfig('Choose another configuration…') : configActions}
      >
        Cannot use the configuration: <span class="quoted">{config.message}</span>
        {config.hint === '' || config.unreadable ? null : <span class="note-hint">{config.hint}</span>}
      </Note>
    ) : null,
    guard.status === 'failed' ? (
      <Note kind="error" key="guard" testId="note-guard" actions={guard.unreadable ? chooseGuard : guardActions}>
        Cannot load the guard: <span class="quoted">{guard.message}</span>
      </Note>
    ) : null,
    guard.status === 'poisoned' ? (
      <Note kind="error" key="poisoned" testId="note-poisoned" actions={replay}>
        {isOne
          ? 'The guard is poisoned. As in the gateway, every later call fails until the guard is loaded again. '
          : 'A guard is poisoned. As in the gateway, every later call of its server fails until the guard is loaded again; the other servers go on. '}
        <span class="quoted">{guard.message}</span>
      </Note>
    ) : null,
    policy.status === 'failed' ? (
      <Note kind="error" key="policy" testId="note-policy" actions={policy.unreadable ? choosePolicy : openPolicy}>
        Cannot use the policy: <span class="quoted">{policy.message}</span>
        {policy.hint === '' || policy.unreadable ? null : <span class="note-hint">{policy.hint}</span>}
      </Note>
    ) : null,
    run.status === 'cancelled' || (run.status === 'failed' && !isInputFailed) ? (
      <Note kind={run.status === 'failed' ? 'error' : 'info'} key="run" testId="note-run" actions={replay}>
        {run.message === ''
          ? `The replay stopped after ${formatCount(run.done)} of ${formatCount(run.total)} calls`
          : run.message}
      </Note>
    ) : null,
  ].filter((note) => note !== null);
  return notes.length === 0 ? null : <div class="notices">{notes}</div>;
}
