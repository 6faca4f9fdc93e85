/** Messages below the toolbar: failed commands, a guard or policy that cannot be used, a poisoned guard, a run that stopped. */
import type { JSX } from 'preact';
import type { PanelState } from '../../src/core/protocol/panel.ts';
import { formatCount } from '../models/format.ts';
import { ActionLink, Note } from '../widgets/small.tsx';
import { useStore } from './context.ts';

export function Notices({ session }: { session: PanelState }): JSX.Element | null {
  const store = useStore();
  const { guard, policy, run, restricted } = session;
  // A run that failed because of its inputs has the same message, and replaying the same files would fail again.
  const isInputFailed = guard.status === 'failed' || policy.status === 'failed';
  const chooseGuard = (
    <ActionLink onClick={() => void store.command({ run: 'chooseGuard' })}>Choose another guard…</ActionLink>
  );
  const inspectGuard = (
    <ActionLink onClick={() => void store.command({ run: 'inspectGuard' })}>Inspect guard</ActionLink>
  );
  const guardActions = (
    <>
      {inspectGuard}
      {chooseGuard}
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
    guard.status === 'failed' ? (
      <Note kind="error" key="guard" testId="note-guard" actions={guard.unreadable ? chooseGuard : guardActions}>
        Cannot load the guard: <span class="quoted">{guard.message}</span>
      </Note>
    ) : null,
    guard.status === 'poisoned' ? (
      <Note kind="error" key="poisoned" testId="note-poisoned" actions={replay}>
        The guard is poisoned. As in the gateway, every later call fails until the guard is loaded again.{' '}
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
