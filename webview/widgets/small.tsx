/** Small widgets: count badge, progress ring, action link, note and empty state. */
import type { ComponentChildren, JSX } from 'preact';
import { formatCount } from '../models/format.ts';
import { Icon, type IconName } from './icon.tsx';
import { toolkitElement } from './toolkit.ts';

/** A count badge. The toolkit's badge is not used because it sets a style attribute, which the content security policy forbids. */
export function Badge({ count }: { count: number }): JSX.Element {
  return <span class="badge">{formatCount(count)}</span>;
}

export function ProgressRing({ label }: { label: string }): JSX.Element {
  return toolkitElement('progress-ring', { class: 'progress-ring', 'aria-label': label });
}

/** A link that runs an action instead of navigating. */
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

/** An inline message with optional actions. */
export function Note({ kind, children, actions, testId }: NoteProps): JSX.Element {
  return (
    <div class={`note note-${kind}`} role={kind === 'error' ? 'alert' : 'status'} data-testid={testId}>
      <Icon name={noteIcons[kind]} />
      <div class="note-text">{children}</div>
      {actions === undefined ? null : <div class="note-actions">{actions}</div>}
    </div>
  );
}

/** The empty state of a view: a title, an explanation and optional actions. */
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
