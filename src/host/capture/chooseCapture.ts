/** Lets the user pick a capture, where a command was not called on one. */
import * as vscode from 'vscode';
import { excludeGlob } from '../base/settings.ts';
import { captureFolders } from '../base/captureFolders.ts';
import { shortPath } from './clientServers.ts';
import { readCaptureName } from '../../engine/captureHome/sessionRow.ts';

/** Every native capture of the workspace and of the folders for captures, the newest first. */
async function findCaptures(): Promise<readonly vscode.Uri[]> {
  const glob = '*.guardtrace.jsonl';
  const found = await vscode.workspace.findFiles(`**/${glob}`, excludeGlob(), 500);
  const inFolders = await Promise.all(
    captureFolders().map(async (folder) => {
      const uri = vscode.Uri.file(folder);
      const entries = await Promise.resolve(vscode.workspace.fs.readDirectory(uri)).catch(() => []);
      return entries
        .map(([name]) => name)
        .filter((name) => name.endsWith('.guardtrace.jsonl'))
        .map((name) => vscode.Uri.joinPath(uri, name));
    }),
  );
  const all = new Map([...found, ...inFolders.flat()].map((uri) => [uri.fsPath, uri]));
  const started = (uri: vscode.Uri): number => readCaptureName(uri.fsPath)?.start ?? 0;
  return [...all.values()].sort((a, b) => started(b) - started(a) || (a.fsPath < b.fsPath ? -1 : 1));
}

/** `first` stand before the others. */
export async function pickCapture(
  placeHolder: string,
  first: (uri: vscode.Uri) => boolean = () => false,
  leaveOut?: vscode.Uri,
): Promise<vscode.Uri | undefined> {
  const all = (await findCaptures()).filter(({ fsPath }) => fsPath !== leaveOut?.fsPath);
  if (all.length === 0) {
    void vscode.window.showInformationMessage('There is no other capture here');
    return undefined;
  }
  const sorted = [...all.filter(first), ...all.filter((uri) => !first(uri))];
  const items = sorted.map((uri) => {
    const named = readCaptureName(uri.fsPath);
    if (named === null) return { label: shortPath(uri.fsPath), uri };
    return {
      label: named.server,
      description: new Date(named.start).toLocaleString(),
      detail: shortPath(uri.fsPath),
      uri,
    };
  });
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDetail: true }))?.uri;
}
