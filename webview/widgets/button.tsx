/** Buttons of the toolkit, with text, an icon or both. */
import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icon.tsx';
import { toolkitElement } from './toolkit.ts';

export interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick: () => void;
  readonly kind?: 'primary' | 'secondary' | 'quiet';
  readonly icon?: IconName;
  readonly disabled?: boolean;
  readonly title?: string;
  /** The accessible name, which contains the text; a quiet button needs one, because the toolkit names it "Icon Button". */
  readonly label?: string;
  readonly testId?: string;
}

/** A button with text and an optional icon. */
export function Button({
  children,
  onClick,
  kind = 'secondary',
  icon,
  disabled,
  title,
  label,
  testId,
}: ButtonProps): JSX.Element {
  return toolkitElement(
    'button',
    {
      appearance: kind === 'quiet' ? 'icon' : kind,
      class: `button button-${kind}`,
      disabled: disabled === true,
      onClick,
      title,
      'aria-label': label,
      'data-testid': testId,
    },
    <div class="button-content">
      {icon === undefined ? null : <Icon name={icon} />}
      <div class="button-words">{children}</div>
    </div>,
  );
}

export interface IconButtonProps {
  readonly icon: IconName;
  /** The tooltip and the accessible name. */
  readonly label: string;
  readonly onClick: () => void;
  readonly disabled?: boolean;
  readonly testId?: string;
}

/** A button with an icon only. */
export function IconButton({ icon, label, onClick, disabled, testId }: IconButtonProps): JSX.Element {
  return toolkitElement(
    'button',
    {
      appearance: 'icon',
      class: 'icon-button',
      'aria-label': label,
      title: label,
      disabled: disabled === true,
      onClick,
      'data-testid': testId,
    },
    <Icon name={icon} />,
  );
}
