/** The toolkit's text field, dropdown and checkbox as controlled components. */
import type { JSX, Ref } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon, type IconName } from './icon.tsx';
import { toolkitElement } from './toolkit.ts';

/** A toolkit element with a `value` property. */
interface ValueElement extends HTMLElement {
  value: string;
}

export interface TextFieldProps {
  readonly value: string;
  readonly label: string;
  readonly placeholder: string;
  readonly icon: IconName;
  readonly onInput: (value: string) => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly inputRef?: Ref<HTMLElement>;
  readonly testId?: string;
}

export function TextField(props: TextFieldProps): JSX.Element {
  const { value, label, placeholder, icon, onInput, onKeyDown, inputRef, testId } = props;
  return toolkitElement(
    'text-field',
    {
      class: 'text-field',
      value,
      placeholder,
      'aria-label': label,
      ref: inputRef,
      onInput: (event: Event) => onInput((event.target as ValueElement).value),
      onKeyDown,
      'data-testid': testId,
    },
    <Icon name={icon} slot="start" />,
  );
}

export interface DropdownOption {
  readonly value: string;
  readonly text: string;
}

export interface DropdownProps {
  readonly value: string;
  readonly options: readonly DropdownOption[];
  readonly label: string;
  readonly onChange: (value: string) => void;
  readonly title?: string;
  readonly disabled?: boolean;
  readonly testId?: string;
}

/** A dropdown. The element accepts a value only once it has its options, so the value is set after each render. */
export function Dropdown(props: DropdownProps): JSX.Element {
  const { value, options, label, onChange, title, disabled, testId } = props;
  const element = useRef<ValueElement>(null);
  const known = options.map((option) => option.value).join('\n');
  useLayoutEffect(() => {
    const dropdown = element.current;
    if (dropdown === null) return undefined;
    const set = (): void => void (dropdown.value = value);
    set();
    const later = requestAnimationFrame(set);
    return () => cancelAnimationFrame(later);
  }, [value, known]);
  return toolkitElement(
    'dropdown',
    {
      class: 'dropdown',
      ref: element,
      'aria-label': label,
      title,
      disabled: disabled === true,
      onChange: (event: Event) => {
        const chosen = (event.target as ValueElement).value;
        if (chosen !== value) onChange(chosen);
      },
      'data-testid': testId,
    },
    options.map((option) =>
      toolkitElement('option', { value: option.value, key: option.value, 'aria-label': option.text }, option.text),
    ),
  );
}

export interface CheckboxProps {
  readonly checked: boolean;
  readonly children: string;
  readonly onChange: (checked: boolean) => void;
  readonly testId?: string;
}

export function Checkbox({ checked, children, onChange, testId }: CheckboxProps): JSX.Element {
  return toolkitElement(
    'checkbox',
    {
      class: 'checkbox',
      'aria-label': children,
      checked,
      onChange: (event: Event) => {
        const now = (event.target as HTMLInputElement).checked;
        if (now !== checked) onChange(now);
      },
      'data-testid': testId,
    },
    children,
  );
}
