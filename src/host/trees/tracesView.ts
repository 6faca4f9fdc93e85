/** The Traces view: the captured sessions of the workspace, newest first. */
import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { commands, views } from '../ids.ts';
import { traceGlob } from '../commands/openTrace.ts';
import { excludeGlob } from '../settings.ts';
import { type Feature, gather } from '../services.ts';

interface TraceFile {
  readonly uri: vscode.Uri;
  readonly bytes: number;
  readonly changed: number;
}

export const tracesView: Feature = ({ sessions }) =>
  gather((store) => {
    const changed = store.add(new vscode.EventEmitter<void>());
    const watcher = store.add(vscode.workspace.createFileSystemWatcher(traceGlob));
    for (const event of [watcher.onDidCreate, watcher.onDidDelete]) store.add(event(() => changed.fire()));
    store.add(sessions.onDidChange(() => changed.fire()));
    const isOpen = ({ uri }: TraceFile): boolean => sessions.all.some((document) => document.uri.fsPath === uri.fsPath);
    const provider: vscode.TreeDataProvider<TraceFile> = {
      onDidChangeTreeData: changed.event,
      getChildren: (parent) => (parent === undefined ? listTraces() : []),
      getTreeItem: (file) => treeItem(file, isOpen(file)),
    };
    store.add(vscode.window.registerTreeDataProvider(views.traces, provider));
  });

async function listTraces(): Promise<TraceFile[]> {
  const found = await vscode.workspace.findFiles(traceGlob, excludeGlob(), 1000);
  const files = await Promise.all(
    found.map(async (uri) => {
      const { size, mtimeMs } = await stat(uri.fsPath).catch(() => ({ size: 0, mtimeMs: 0 }));
      return { uri, bytes: size, changed: mtimeMs };
    }),
  );
  return files.sort((a, b) => b.changed - a.changed);
}

function treeItem({ uri, bytes, changed }: TraceFile, open: boolean): vscode.TreeItem {
  const item = new vscode.TreeItem(uri);
  item.label = vscode.workspace.asRelativePath(uri);
  item.description = `${Math.max(1, Math.round(bytes / 1024)).toLocaleString('en')} kB${open ? ' · open' : ''}`;
  item.iconPath = new vscode.ThemeIcon(open ? 'pulse' : 'history');
  item.tooltip = `${uri.fsPath}\n${new Date(changed).toLocaleString()}`;
  item.command = { command: commands.openTrace, title: 'Open Trace', arguments: [uri] };
  item.contextValue = 'trace';
  return item;
}
