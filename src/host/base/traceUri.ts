/** The address of a trace: a file, or the first of several captures that are one session, with the others in the query. */
import * as vscode from 'vscode';
import type { TracePaths } from '../../engine/traceFiles/followTraces.ts';

/** The files of a trace's address. */
export function pathsOf({ fsPath, query }: vscode.Uri): TracePaths {
  return [fsPath, ...new URLSearchParams(query).getAll('with')];
}

/** The address of files that are one session. */
export function uriOf([first, ...others]: TracePaths): vscode.Uri {
  const query = new URLSearchParams(others.map((path): [string, string] => ['with', path])).toString();
  return vscode.Uri.file(first).with({ query });
}
