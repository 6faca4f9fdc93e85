/** The toolbar: the inputs of the replay, its progress and its actions. */
import type { JSX } from 'preact';
import type { InputState, PanelState } from '../../src/core/protocol/panel.ts';
import type { EnforcementMode } from '../../src/core/difc/record/decision.ts';
import { formatCount, formatMs, plural } from '../models/format.ts';
import { Button, IconButton } from '../widgets/button.tsx';
import { Dropdown } from '../widgets/fields.tsx';
import { Icon, type IconName } from '../widgets/icon.tsx';
import { ProgressRing } from '../widgets/small.tsx';
import { useStore } from './context.ts';
import { LiveChip } from './liveChip.tsx';

const modes: readonly EnforcementMode[] = ['strict', 'filter', 'propagate'];

export function Toolbar({ session }: { session: PanelState }): JSX.Element {
  const store = useStore();
  const { guard, policy, mode, guardMode, servers, run } = session;
  const server = servers.find(({ selected }) => selected)?.id ?? servers[0]?.id ?? '';
  return (
    <div class="toolbar" role="toolbar" aria-label="Replay">
      <Input icon="shield" what="guard" input={guard} onClick={() => void store.command({ run: 'chooseGuard' })} />
      <Input icon="policy" what="policy" input={policy} onClick={() => void store.command({ run: 'choosePolicy' })} />
      <Dropdown
        value={mode}
        label="Enforcement mode"
        title={
          guardMode === null
            ? 'Enforcement mode if the guard does not set difc_mode'
            : `The guard sets difc_mode ${guardMode} in label_agent, which takes precedence`
        }
        disabled={guardMode !== null}
        options={modes.map((value) => ({ value, text: value }))}
        onChange={(value) => void store.command({ run: 'setMode', mode: value as EnforcementMode })}
        testId="toolbar-mode"
      />
      {guardMode === null || guardMode === mode ? null : (
        <span
          class="toolbar-note"
          title="label_agent returned this difc_mode, which takes precedence over the selected mode"
          data-testid="guard-mode"
        >
          Mode set by guard: {guardMode}
        </span>
      )}
      {servers.length > 1 ? (
        <Dropdown
          value={server}
          label="Server"
          title="Server whose calls are replayed"
          options={servers.map(({ id, calls }) => ({ value: id, text: `${id} (${formatCount(calls)})` }))}
          onChange={(value) => void store.command({ run: 'setServer', server: value })}
          testId="toolbar-server"
        />
      ) : null}
      <LiveChip />
      <div class="toolbar-end">
        <RunText session={session} />
        <span class="toolbar-actions">
          <IconButton
            icon="search"
            label="Inspect guard"
            disabled={guard.title === null}
            onClick={() => void store.command({ run: 'inspectGuard' })}
          />
          <IconButton
            icon="open"
            label="Open policy in editor"
            disabled={policy.title === null}
            onClick={() => void store.command({ run: 'openPolicy' })}
          />
          <IconButton
            icon="export"
            label="Export decisions as JSON Lines"
            disabled={run.done === 0}
            onClick={() => void store.command({ run: 'exportDecisions' })}
          />
        </span>
        {run.status === 'running' ? (
          <Button icon="stop" onClick={() => void store.command({ run: 'cancel' })} testId="toolbar-cancel">
            Cancel
          </Button>
        ) : (
          <Button
            kind="primary"
            icon="play"
            disabled={guard.title === null || guard.status === 'loading' || session.trace.calls === 0}
            title={
              session.restricted ? 'Replay is off: this workspace is not trusted' : 'Replay all calls through the guard'
            }
            onClick={() => void store.command({ run: 'replay' })}
            testId="toolbar-replay"
          >
            Replay
          </Button>
        )}
      </div>
    </div>
  );
}

interface InputProps {
  readonly icon: IconName;
  readonly what: 'guard' | 'policy';
  readonly input: InputState;
  readonly onClick: () => void;
}

/** The guard or the policy of the replay, as a button that chooses another one. */
function Input({ icon, what, input, onClick }: InputProps): JSX.Element {
  const { title, path, status, message } = input;
  if (title === null) {
    return (
      <Button icon={icon} kind="secondary" onClick={onClick} testId={`toolbar-${what}`}>
        Choose {what}…
      </Button>
    );
  }
  const bad = status === 'failed' || status === 'poisoned';
  const hint = [
    path ?? title,
    message === '' ? status : `${status}: ${message}`,
    `Click to choose another ${what}`,
  ].join('\n');
  return (
    <span class={`input input-${status}`}>
      <Button kind="quiet" icon={icon} title={hint} onClick={onClick} testId={`toolbar-${what}`}>
        <span class="input-title">{title}</span>
        {status === 'loading' ? <span class="input-status">loading…</span> : null}
        {bad ? <span class="input-status">{status}</span> : null}
        <Icon name="down" />
      </Button>
    </span>
  );
}

/** The progress of a replay, or its result. */
function RunText({ session }: { session: PanelState }): JSX.Element {
  const { status, done, total, durationMs, message } = session.run;
  const counted = `${formatCount(done)} of ${formatCount(total)}`;
  const text = {
    idle: '',
    running: counted,
    done: `${plural(done, 'call')} in ${formatMs(durationMs)}`,
    cancelled: `cancelled after ${formatCount(done)}`,
    failed: `stopped after ${formatCount(done)}`,
  }[status];
  return (
    <span
      class={`run-text run-${status}`}
      title={message === '' ? `Calls replayed: ${text}` : message}
      data-testid="run-text"
    >
      {status === 'running' ? <ProgressRing label="Replaying" /> : null}
      <span aria-live={status === 'running' ? 'off' : 'polite'}>{text}</span>
    </span>
  );
}
