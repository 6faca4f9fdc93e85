/** Writes the changes of a trace's calls to a file for the command line, or drops them. */
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { jsonText } from '../../core/base/jsonText.ts';
import type { TraceDocument } from '../base/traceDocument.ts';
import { renewTexts } from './editCalls.ts';

/** Asks for a file, writes the changes of all calls, and says what to run. The dialog asks before it replaces a file. */
export async function writeChanges({ session, uri }: TraceDocument): Promise<void> {
  const suggestion = `${uri.fsPath.replace(/(\.guardtrace)?\.jsonl$/, '')}.guardchanges.json`;
  const target = await vscode.window.showSaveDialog({
    title: 'Write Changes',
    defaultUri: vscode.Uri.file(suggestion),
    filters: { Changes: ['json'] },
  });
  if (target === undefined) return;
  await writeFile(target.fsPath, `${jsonText(session.changes.written(), 2)}\n`, { mode: 0o600 });
  const command = commandOf(session, target.fsPath);
  const [copy, open] = ['Copy Command', 'Open File'];
  const said = `Wrote the changes to ${basename(target.fsPath)}. To decide with them on the command line: ${command}`;
  const answer = await vscode.window.showInformationMessage(said, copy, open);
  if (answer === copy) await vscode.env.clipboard.writeText(command);
  if (answer === open) await vscode.window.showTextDocument(target);
}

/** Drops all changes, and offers to take that back. */
export async function dropChanges(document: TraceDocument): Promise<void> {
  const { changes } = document.session;
  const { total } = changes.state;
  await changes.dropAll(Date.now());
  await renewTexts(document);
  const undo = 'Undo';
  void vscode.window
    .showInformationMessage(`Dropped ${total === 1 ? '1 change' : `${total} changes`} of the session`, undo)
    .then(async (answer) => {
      if (answer !== undo) return;
      await changes.undo(Date.now());
      await renewTexts(document);
    });
}

/** The command that decides the trace of a view with the changes of a file. */
function commandOf({ paths, settings }: TraceDocument['session'], changes: string): string {
  const { config, guard, policy, mode, server } = settings;
  const flag = (name: string, value: string | null): readonly string[] =>
    value === null ? [] : [`--${name}`, quoted(value)];
  const inputs = [
    ...flag('config', config),
    ...flag('guard', guard),
    ...flag('policy', policy),
    ...(mode === null || config !== null ? [] : flag('mode', mode)),
    ...flag('server', server),
  ];
  return ['guardscope replay', ...paths.map(quoted), ...inputs, ...flag('changes', changes)].join(' ');
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
