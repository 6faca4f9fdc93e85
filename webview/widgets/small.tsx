/** Small pieces: count badge, link, progress ring, notes and empty states. */
import type { ComponentChildren, JSX } from 'preact';
import { formatCount } from '../models/format.ts';
import { Icon, type IconName } from './icon.tsx';
import { toolkitElement } from './toolkit.ts';

/** A count. The toolkit's own badge is not used: it writes a style attribute, which the content security policy refuses. */
export function Badge({ count }: { count: number }): JSX.Element {
  return <span class="badge">{formatCount(count)}</span>;
}

export function ProgressRing({ label }: { label: string }): JSX.Element {
  return toolkitElement('progress-ring', { class: 'progress-ring', 'aria-label': label });
}

/** A link that does something here instead of leading away. */
export function ActionLink(props: {
  children: ComponentChildren;
  onClick: () => void;
  testId?: string;
  title?: string;
}): JSX.Element {
  const { children, onClick, testId, title } = props;
  return toolkitElement(
    'link',
    {
      class: 'action-link',
      href: '#',
      onClick: (event: Event) => {
        event.preventDefault();
        onClick();
      },
      title,
      'data-testid': testId,
    },
    children,
  );
}

export interface NoteProps {
  readonly kind: 'error' | 'warning' | 'info';
  readonly children: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly testId?: string;
}

const noteIcons: Record<NoteProps['kind'], IconName> = { error: 'error', warning: 'warning', info: 'info' };

/** A message within the view, with what can be done about it. */
export function Note({ kind, children, actions, testId }: NoteProps): JSX.Element {
  return (
    <div class={`note note-${kind}`} role={kind === 'error' ? 'alert' : 'status'} data-testid={testId}>
      <Icon name={noteIcons[kind]} />
      <div class="note-text">{children}</div>
      {actions === undefined ? null : <div class="note-actions">{actions}</div>}
    </div>
  );
}

/** What a part of the view says when it has nothing to show, and the next step. */
export function Empty(props: {
  title: string;
  children?: ComponentChildren;
  actions?: ComponentChildren;
  testId?: string;
}): JSX.Element {
  const { title, children, actions, testId } = props;
  return (
    <div class="empty" data-testid={testId}>
      <p class="empty-title">{title}</p>
      {children === undefined ? null : <p class="empty-text">{children}</p>}
      {actions === undefined ? null : <div class="empty-actions">{actions}</div>}
    </div>
  );
}
