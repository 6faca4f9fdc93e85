/** The Guards view: the WASM modules of the workspace, and whether the gateway would load them. */
import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { sizeText } from '../../core/base/size.ts';
import { inspectModule } from '../../core/wasm/inspect.ts';
import { readRegular } from '../../engine/files/regularFile.ts';
import { commands, contextKeys, views } from '../base/ids.ts';
import { setContext } from '../base/setContext.ts';
import { excludeGlob } from '../base/settings.ts';
import { type Feature, gather, type Services } from '../base/services.ts';

const guardGlob = '**/*.wasm';
/** Larger modules are listed without inspection; a guard has a few hundred kilobytes. */
const maxInspectedBytes = 32 * 1024 * 1024;

interface GuardFile {
  readonly uri: vscode.Uri;
  readonly bytes: number;
  /** Why the gateway would not load the module as a guard; null if it would. */
  readonly refusal: string | null;
  /** Pages of memory at start; null if the module has no memory or was not inspected. */
  readonly pages: number | null;
}

export const guardsView: Feature = (services) =>
  gather((store) => {
    const provider = new GuardsProvider(services);
    store.add(vscode.window.registerTreeDataProvider(views.guards, provider));
    store.add(vscode.commands.registerCommand(commands.refreshGuards, () => provider.refresh()));
    const watcher = store.add(vscode.workspace.createFileSystemWatcher(guardGlob));
    for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) {
      store.add(event(() => provider.refresh()));
    }
    store.add(services.sessions.onDidChange(() => provider.refresh()));
  });

/** Asks for one of the workspace's modules. */
export async function pickGuard(): Promise<vscode.Uri | undefined> {
  const found = await vscode.workspace.findFiles(guardGlob, excludeGlob(), 500);
  const items = found.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Select a guard' });
  return picked?.uri;
}

class GuardsProvider implements vscode.TreeDataProvider<GuardFile> {
  readonly #services: Services;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(services: Services) {
    this.#services = services;
  }

  refresh(): void {
    this.#changed.fire();
  }

  async getChildren(parent?: GuardFile): Promise<GuardFile[]> {
    if (parent !== undefined) return [];
    const found = await vscode.workspace.findFiles(guardGlob, excludeGlob(), 500);
    const guards = await Promise.all(found.map(describe));
    setContext(contextKeys.hasListedGuards, true);
    // Guards before other modules, each group sorted by path.
    const rank = (guard: GuardFile): string => `${guard.refusal === null ? 0 : 1}${guard.uri.fsPath}`;
    return guards.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  }

  getTreeItem({ uri, bytes, refusal, pages }: GuardFile): vscode.TreeItem {
    const item = new vscode.TreeItem(uri);
    const isGuard = refusal === null;
    const inUse = this.#services.sessions.active?.session.settings.guard === uri.fsPath;
    const size = sizeText(bytes);
    item.label = vscode.workspace.asRelativePath(uri);
    item.description = [inUse ? 'in use' : '', isGuard ? size : 'not a guard']
      .filter((part) => part !== '')
      .join(' · ');
    item.iconPath = new vscode.ThemeIcon(isGuard ? (inUse ? 'pass-filled' : 'shield') : 'circle-slash');
    item.contextValue = isGuard ? 'guard' : 'module';
    item.tooltip = isGuard
      ? `${uri.fsPath}\n${size}${pages === null ? '' : `, ${pages} pages of memory at start`}`
      : `${uri.fsPath}\nThe gateway would reject this module: ${refusal}`;
    item.command = { command: commands.inspectGuard, title: 'Inspect Guard', arguments: [uri] };
    return item;
  }
}

async function describe(uri: vscode.Uri): Promise<GuardFile> {
  try {
    const { size } = await stat(uri.fsPath);
    if (size > maxInspectedBytes)
      return { uri, bytes: size, refusal: 'larger than 32 MiB, not inspected', pages: null };
    const { value } = inspectModule(await readRegular(uri.fsPath, maxInspectedBytes));
    return { uri, bytes: size, refusal: value.loadError, pages: value.memory?.minPages ?? null };
  } catch (thrown) {
    return { uri, bytes: 0, refusal: thrown instanceof Error ? thrown.message : String(thrown), pages: null };
  }
}
