/** Registers the toolkit's elements and creates them for Preact. */
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeLink,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { type ComponentChildren, createElement, type Ref, type VNode } from 'preact';

type ElementName = 'button' | 'checkbox' | 'dropdown' | 'link' | 'option' | 'progress-ring' | 'text-field';

/** Registers the elements. Called once before the first render. */
export function registerToolkit(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeCheckbox(),
    vsCodeDropdown(),
    vsCodeLink(),
    vsCodeOption(),
    vsCodeProgressRing(),
    vsCodeTextField(),
  );
}

/**
 * Creates an element of the toolkit. Preact sets the element's own properties as properties and all others as attributes. The toolkit writes
 * a name of its own ("Icon Button", "Text field") when an element is connected, so `aria-label` is set again after each render.
 */
export function toolkitElement(
  name: ElementName,
  props: Readonly<Record<string, unknown>>,
  ...children: ComponentChildren[]
): VNode {
  const label = props['aria-label'];
  if (typeof label !== 'string') return createElement(`vscode-${name}`, props, ...children);
  const outer = props['ref'] as Ref<HTMLElement> | undefined;
  const ref = (element: HTMLElement | null): void => {
    if (typeof outer === 'function') outer(element);
    else if (outer !== undefined && outer !== null) outer.current = element;
    element?.setAttribute('aria-label', label);
  };
  return createElement<Readonly<Record<string, unknown>>>(`vscode-${name}`, { ...props, ref }, ...children);
}
