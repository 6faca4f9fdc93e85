/** A quick pick of captures, for commands that were run without one. */
import * as vscode from 'vscode';
import { excludeGlob } from '../base/settings.ts';
import { captureFolders } from '../base/captureFolders.ts';
import { shortPath } from './clientServers.ts';
import { readCaptureName } from '../../engine/captureHome/sessionRow.ts';

/** All captures of the workspace and the capture folders, the newest first. */
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

interface PickCaptureOptions {
  readonly first?: (uri: vscode.Uri) => boolean;
  readonly exclude?: vscode.Uri;
}

/** Asks for a capture. Captures that match `first` are listed first; `exclude` is not listed. */
export async function pickCapture(
  placeHolder: string,
  { first = () => false, exclude }: PickCaptureOptions = {},
): Promise<vscode.Uri | undefined> {
  const all = (await findCaptures()).filter(({ fsPath }) => fsPath !== exclude?.fsPath);
  if (all.length === 0) {
    void vscode.window.showInformationMessage(
      exclude === undefined ? 'No captures were found.' : 'No other captures were found.',
    );
    return undefined;
  }
  const sorted = [...all.filter(first), ...all.filter((uri) => !first(uri))];
  const items = sorted.map((uri) => {
    const name = readCaptureName(uri.fsPath);
    if (name === null) return { label: shortPath(uri.fsPath), uri };
    return {
      label: name.server,
      description: new Date(name.start).toLocaleString(),
      detail: shortPath(uri.fsPath),
      uri,
    };
  });
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDetail: true }))?.uri;
}
