/** The rows of a tree view as the user sees them. */
import type { Event } from '../../../src/core/base/event.ts';
import { fake, ThemeIcon, type TreeItem } from '../../support/vscode/api.ts';

/** A row of a view. */
export interface ShownRow {
  readonly label: unknown;
  readonly description: unknown;
  /** Id of the icon, followed by its colour when it has one. */
  readonly icon: string;
  readonly tooltip: unknown;
  /** `viewItem` in the conditions of menus. */
  readonly kind: unknown;
  /** The command of a click, with its first argument as a path. */
  readonly click: string;
}

interface ClickableItem extends TreeItem {
  readonly description?: unknown;
  readonly iconPath?: unknown;
  readonly tooltip?: unknown;
  readonly contextValue?: unknown;
  readonly command?: { readonly command: string; readonly arguments: readonly { readonly fsPath: string }[] };
}

interface Provider {
  getChildren(parent?: unknown): Promise<readonly unknown[]>;
  getTreeItem(element: unknown): ClickableItem;
  readonly onDidChangeTreeData: Event<unknown>;
}

function providerOf(view: string): Provider {
  const provider = fake.trees.get(view)?.provider;
  if (provider === undefined) throw new Error(`The view "${view}" is not registered`);
  return provider as Provider;
}

/** The rows of a view, in order. */
export async function rowsOf(view: string): Promise<readonly ShownRow[]> {
  const provider = providerOf(view);
  return (await provider.getChildren()).map((element) => rowOf(provider, element));
}

function rowOf(provider: Provider, element: unknown): ShownRow {
  const { label, description, iconPath, tooltip, contextValue, command } = provider.getTreeItem(element);
  const icon = iconPath instanceof ThemeIcon ? [iconPath.id, iconPath.color?.id ?? ''].join(' ').trim() : '';
  const click = command === undefined ? '' : `${command.command} ${command.arguments[0]?.fsPath ?? ''}`;
  return { label, description, icon, tooltip, kind: contextValue, click };
}

/** Collects what a view refreshes from now on: `all`, or the label of one row. */
export function refreshesOf(view: string): readonly unknown[] {
  const provider = providerOf(view);
  const seen: unknown[] = [];
  provider.onDidChangeTreeData((element) => {
    seen.push(element === undefined ? 'all' : provider.getTreeItem(element).label);
  });
  return seen;
}
