/** The toolkit's elements that the widgets are made of: the one list of them, and the one way to write them. */
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
import { type ComponentChildren, createElement, type VNode } from 'preact';

type ElementName = 'button' | 'checkbox' | 'dropdown' | 'link' | 'option' | 'progress-ring' | 'text-field';

/** Called once, before anything is drawn. */
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

/** One of the toolkit's elements. Preact sets what the element has as property, and the rest as attributes. */
export function toolkitElement(
  name: ElementName,
  props: Readonly<Record<string, unknown>>,
  ...children: ComponentChildren[]
): VNode {
  return createElement(`vscode-${name}`, props, ...children);
}
