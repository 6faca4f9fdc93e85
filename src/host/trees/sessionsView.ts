/** The Sessions view: live sessions first, then the traces of the workspace, of the capture folders and of open panels, the newest first. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { captureFolders } from '../base/captureFolders.ts';
import type { LiveSessions } from '../../engine/captureHome/liveSessions.ts';
import { type SessionFile, sessionOrder, sessionRow } from '../../engine/captureHome/sessionRow.ts';
import { commands, contextKeys, views } from '../base/ids.ts';
import { setContext } from '../base/setContext.ts';
import type { TraceDocument } from '../base/traceDocument.ts';
import { traceGlob } from '../commands/openTrace.ts';
import { excludeGlob } from '../base/settings.ts';
import { type Feature, gather, type Services } from '../base/services.ts';

/** The argument of the commands in the view's context menu. */
export interface SessionItem {
  readonly uri: vscode.Uri;
}

/** A row. A file keeps its row object, so that VS Code can refresh a growing session's row alone. */
interface Row extends SessionItem {
  bytes: number;
  changed: number;
}

const maxFiles = 1000;

export const sessionsView: Feature = (services) =>
  gather((store) => {
    const provider = new SessionsProvider(services);
    const view = store.add(vscode.window.createTreeView(views.sessions, { treeDataProvider: provider }));
    const watcher = store.add(vscode.workspace.createFileSystemWatcher(traceGlob));
    for (const event of [watcher.onDidCreate, watcher.onDidDelete]) store.add(event(() => provider.refresh()));
    store.add(services.sessions.onDidChange(() => provider.refresh()));
    store.add(
      services.live.onDidChange(() => {
        provider.refreshLive();
        const value = services.live.all.length;
        view.badge =
          value === 0 ? undefined : { value, tooltip: `${value} live ${value === 1 ? 'session' : 'sessions'}` };
      }),
    );
  });

class SessionsProvider implements vscode.TreeDataProvider<Row> {
  readonly #services: Services;
  readonly #changed = new vscode.EventEmitter<Row | undefined>();
  readonly #items = new Map<string, Row>();
  #shownLive = '';
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(services: Services) {
    this.#services = services;
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  /** Refreshes the whole view if a session started or ended, else only the rows of the live sessions. */
  refreshLive(): void {
    const { live } = this.#services;
    const now = live.all.map(({ path }) => path).join('\n');
    const items = live.all.map(({ path }) => this.#items.get(path));
    if (now !== this.#shownLive || items.includes(undefined)) this.#changed.fire(undefined);
    else for (const item of items) this.#changed.fire(item);
    this.#shownLive = now;
  }

  async getChildren(parent?: Row): Promise<Row[]> {
    if (parent !== undefined) return [];
    const { live, sessions } = this.#services;
    const files = await listFiles(live, sessions.all);
    for (const path of this.#items.keys()) if (!files.has(path)) this.#items.delete(path);
    for (const [path, facts] of files) {
      const item = this.#items.get(path);
      if (item === undefined) this.#items.set(path, { uri: vscode.Uri.file(path), ...facts });
      else Object.assign(item, facts);
    }
    setContext(contextKeys.hasListedSessions, true);
    return [...this.#items.values()].sort((a, b) => sessionOrder(this.#file(a), this.#file(b)));
  }

  getTreeItem(element: Row): vscode.TreeItem {
    const { uri } = element;
    const open = this.#services.sessions.all.some((document) => document.uri.fsPath === uri.fsPath);
    const relative = (path: string): string => vscode.workspace.asRelativePath(path);
    const row = sessionRow({ ...this.#file(element), open }, { relative, localTime });
    const item = new vscode.TreeItem(row.label);
    item.id = uri.fsPath;
    item.resourceUri = uri;
    item.description = row.description;
    item.iconPath = new vscode.ThemeIcon(row.icon, row.colour === null ? undefined : new vscode.ThemeColor(row.colour));
    item.tooltip = row.tooltip;
    item.contextValue = row.kind;
    item.accessibilityInformation = { label: `${row.label}, ${row.description}` };
    item.command = { command: commands.openTrace, title: 'Open Trace', arguments: [uri] };
    return item;
  }

  #file({ uri, bytes, changed }: Row): SessionFile {
    return { path: uri.fsPath, bytes, changed, live: this.#services.live.get(uri.fsPath) ?? null };
  }
}

/** The traces of the workspace and the capture folders, and those that are open from elsewhere, such as the sample. */
async function listFiles(
  live: LiveSessions,
  open: readonly TraceDocument[],
): Promise<ReadonlyMap<string, { readonly bytes: number; readonly changed: number }>> {
  const found = await vscode.workspace.findFiles(traceGlob, excludeGlob(), maxFiles);
  const captured = await Promise.all(captureFolders().map(capturesIn));
  const paths = new Set([
    ...live.all.map(({ path }) => path),
    ...captured.flat(),
    ...open.map(({ uri }) => uri.fsPath),
    ...found.map(({ fsPath }) => fsPath),
  ]);
  const files = await Promise.all(
    [...paths].map(async (path) => {
      const facts = await stat(path).catch(() => null);
      return facts === null ? [] : [[path, { bytes: facts.size, changed: facts.mtimeMs }] as const];
    }),
  );
  return new Map(files.flat());
}

async function capturesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.filter((name) => name.endsWith('.guardtrace.jsonl')).map((name) => join(folder, name));
}

function localTime(ms: number): string {
  return new Date(ms).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
