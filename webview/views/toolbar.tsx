/** The toolbar: the inputs of the replay, its progress and its actions. */
import type { JSX } from 'preact';
import type { InputState, PanelState } from '../../src/core/protocol/panel.ts';
import type { EnforcementMode } from '../../src/core/difc/record/decision.ts';
import { formatCount, formatMs, plural } from '../models/format.ts';
import { Button, IconButton } from '../widgets/button.tsx';
import { Dropdown } from '../widgets/fields.tsx';
import { Icon, type IconName } from '../widgets/icon.tsx';
import { ProgressRing } from '../widgets/small.tsx';
import type { PanelStore } from '../store.ts';
import { useStore } from './context.ts';
import { LiveChip } from './liveChip.tsx';

const modes: readonly EnforcementMode[] = ['strict', 'filter', 'propagate'];

export function Toolbar({ session }: { session: PanelState }): JSX.Element {
  const store = useStore();
  const { config, guard, policy, replaced, mode, guardMode, servers, run, whatIf } = session;
  const hasConfig = config.title !== null;
  // A guard and a policy beside a configuration are for one server.
  const beside = { verb: hasConfig ? 'Replace' : 'Choose', note: replaced === null ? '' : `for ${replaced}` };
  return (
    <div class="toolbar" role="toolbar" aria-label="Replay">
      <Config config={config} prominent={servers.length > 1} />
      <Input
        icon="shield"
        what="guard"
        input={guard}
        {...beside}
        onClick={() => void store.command({ run: 'chooseGuard' })}
      />
      <Input
        icon="policy"
        what="policy"
        input={policy}
        {...beside}
        onClick={() => void store.command({ run: 'choosePolicy' })}
      />
      <Dropdown
        value={whatIf.mode === null ? (guardMode === null ? (mode ?? configured) : byGuard) : `${byHand}${whatIf.mode}`}
        label="Enforcement mode"
        title={
          guardMode === null
            ? `Enforcement mode if ${hasConfig ? 'a' : 'the'} guard does not set difc_mode`
            : `The guard sets difc_mode ${guardMode} in label_agent, which takes precedence; another mode can be looked at`
        }
        options={[
          ...(guardMode === null ? [] : [{ value: byGuard, text: `${guardMode} (set by the guard)` }]),
          ...(guardMode === null && hasConfig ? [{ value: configured, text: 'configured mode' }] : []),
          ...(guardMode === null ? modes.map((value) => ({ value, text: value })) : []),
          ...modes.map((value) => ({ value: `${byHand}${value}`, text: `what if: ${value}` })),
        ]}
        onChange={(value) => void chooseMode(store, session, value)}
        testId="toolbar-mode"
      />
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
          {hasConfig && policy.title === null ? (
            <IconButton
              icon="open"
              label="Open configuration in editor"
              onClick={() => void store.command({ run: 'openConfig' })}
            />
          ) : (
            <IconButton
              icon="open"
              label="Open policy in editor"
              disabled={policy.title === null}
              onClick={() => void store.command({ run: 'openPolicy' })}
            />
          )}
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
            disabled={(guard.title === null && !hasConfig) || guard.status === 'loading' || session.trace.calls === 0}
            title={session.restricted ? 'Replay is off: this workspace is not trusted' : replayHint(hasConfig)}
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

/** Sets the mode, or looks at one that production would not have. */
async function chooseMode(store: PanelStore, { whatIf }: PanelState, value: string): Promise<void> {
  const asked = modes.find((known) => value === `${byHand}${known}`) ?? null;
  if (asked !== null || whatIf.mode !== null) await store.command({ run: 'setWhatIfMode', mode: asked });
  if (asked !== null || value === byGuard) return;
  await store.command({ run: 'setMode', mode: modes.find((known) => known === value) ?? null });
}

/** The value of the mode menu for a mode that the user looks at, before the mode. */
const byHand = 'by hand ';

/** The value of the mode menu for the modes of the configuration. */
const configured = 'configured';

/** The value of the mode menu for the mode that the guard sets. */
const byGuard = 'by the guard';

function replayHint(hasConfig: boolean): string {
  return hasConfig ? 'Replay the calls of all servers of the configuration' : 'Replay all calls through the guard';
}

/** The gateway's configuration. Without one, the button has words only where the trace has several servers to decide. */
function Config({ config, prominent }: { config: InputState; prominent: boolean }): JSX.Element {
  const store = useStore();
  const onClick = (): void => void store.command({ run: 'chooseConfig' });
  if (config.title === null && !prominent) {
    return (
      <IconButton
        icon="servers"
        label="Choose gateway configuration…"
        onClick={onClick}
        testId="toolbar-configuration"
      />
    );
  }
  return (
    <Input
      icon="servers"
      what="configuration"
      input={config}
      verb="Choose"
      note=""
      title="The gateway's configuration decides the calls of all servers as one session; a guard decides those of one"
      onClick={onClick}
    />
  );
}

interface InputProps {
  readonly icon: IconName;
  readonly what: 'configuration' | 'guard' | 'policy';
  readonly input: InputState;
  /** What the button does while nothing is chosen. */
  readonly verb: string;
  /** What is said behind the name of the file; may be empty. */
  readonly note: string;
  /** The tooltip while nothing is chosen. */
  readonly title?: string;
  readonly onClick: () => void;
}

/** An input of the replay, as a button that chooses another one. */
function Input({ icon, what, input, verb, note, title: purpose, onClick }: InputProps): JSX.Element {
  const { title, path, status, message } = input;
  if (title === null) {
    return (
      <Button
        icon={icon}
        kind="secondary"
        {...(purpose === undefined ? {} : { title: purpose })}
        onClick={onClick}
        testId={`toolbar-${what}`}
      >
        {verb} {what}…
      </Button>
    );
  }
  const bad = status === 'failed' || status === 'poisoned';
  const hint = [
    note === '' ? (path ?? title) : `${path ?? title}, ${note}`,
    message === '' ? status : `${status}: ${message}`,
    `Click to choose another ${what}`,
  ].join('\n');
  const name = [what, title, note, status === 'loading' ? 'loading…' : '', bad ? status : ''];
  return (
    <span class={`input input-${status}`}>
      <Button
        kind="quiet"
        icon={icon}
        label={name.filter((part) => part !== '').join(' ')}
        title={hint}
        onClick={onClick}
        testId={`toolbar-${what}`}
      >
        <span class="input-title">{title}</span>
        {note === '' ? null : <span class="input-status input-note">{note}</span>}
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
