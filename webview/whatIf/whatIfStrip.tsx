/** The strip that says what the user changed by hand, what it does, and how it is undone. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { PanelState } from '../../src/core/protocol/panel.ts';
import { formatCount, plural } from '../models/format.ts';
import { useStore } from '../views/context.ts';
import { Icon } from '../widgets/icon.tsx';
import { ActionLink } from '../widgets/small.tsx';

/** Null while nothing is changed. */
export function WhatIfStrip({ session }: { session: PanelState }): JSX.Element | null {
  const store = useStore();
  const [isOpen, setOpen] = useState(false);
  const { whatIf, run, comparison } = session;
  const { changes, total, mode, canUndo, canRedo } = whatIf;
  const [first] = changes;
  if (first === undefined) return null;
  const flips = comparison.kinds.outcome ?? 0;
  const action = (
    name: 'undoChange' | 'redoChange' | 'dropChanges' | 'writeChanges',
    text: string,
    title: string,
  ): JSX.Element => (
    <ActionLink testId={`what-if-${name}`} title={title} onClick={() => void store.command({ run: name })}>
      {text}
    </ActionLink>
  );
  return (
    <section class="what-if" aria-label="What if" data-testid="what-if">
      <div class="what-if-line">
        <Icon name="edit" />
        <strong>What if</strong>
        <button
          type="button"
          class="what-if-toggle"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          data-testid="what-if-toggle"
        >
          <Icon name={isOpen ? 'down' : 'right'} />
          {plural(total, 'change')}
        </button>
        <span role="status" title={`Compared with ${comparison.label}`} data-testid="what-if-flips">
          {run.status === 'running'
            ? 'deciding…'
            : `${plural(flips, 'outcome')} flipped, ${plural(run.marks.changed, 'decision')} changed`}
        </span>
        {isOpen ? null : (
          <span class="what-if-first" title={changeText(first)}>
            {changeText(first)}
            {total > 1 ? '…' : ''}
          </span>
        )}
        <span class="change-actions">
          {canUndo ? action('undoChange', 'Undo', 'Take the last change back') : null}
          {canRedo ? action('redoChange', 'Redo', 'Make the change again that was undone') : null}
          {action('dropChanges', 'Drop all', 'Decide the session as it was captured')}
          {action('writeChanges', 'Write to file…', 'Write the changes for "guardscope replay --changes"')}
        </span>
      </div>
      {mode === null ? null : (
        <p class="what-if-note" data-testid="what-if-mode">
          All calls are decided in {mode} mode. Production would not do this: there, the answer of label_agent sets the
          mode, else the configuration.
        </p>
      )}
      {isOpen ? (
        <ol class="what-if-changes" aria-label="Changes">
          {changes.map((change) => (
            <li key={`${change.call} ${change.text}`}>
              <ActionLink
                title={`Show call ${formatCount(change.call + 1)}`}
                onClick={() => void store.reveal(change.call)}
              >
                call {formatCount(change.call + 1)}
              </ActionLink>
              : {change.text}
            </li>
          ))}
          {total > changes.length ? <li>and {formatCount(total - changes.length)} more</li> : null}
        </ol>
      ) : null}
    </section>
  );
}

function changeText({ call, text }: { readonly call: number; readonly text: string }): string {
  return `call ${formatCount(call + 1)}: ${text}`;
}
