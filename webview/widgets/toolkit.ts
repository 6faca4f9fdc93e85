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
import { type ComponentChildren, createElement, type VNode } from 'preact';

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

/** Creates an element of the toolkit. Preact sets the element's own properties as properties and all others as attributes. */
export function toolkitElement(
  name: ElementName,
  props: Readonly<Record<string, unknown>>,
  ...children: ComponentChildren[]
): VNode {
  return createElement(`vscode-${name}`, props, ...children);
}
