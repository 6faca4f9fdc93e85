/** Decides the open traces with a policy or a gateway configuration that is being typed, after each pause, before it is saved. */
import * as vscode from 'vscode';
import { settingDefaults, settingsSection } from '../base/ids.ts';
import { type Feature, gather } from '../base/services.ts';
import type { TraceDocument } from '../base/traceDocument.ts';

/** Milliseconds after the last change before the calls are decided. */
const pauseMs = 150;

export const whatIf: Feature = ({ sessions }) =>
  gather((store) => {
    const timers = new Map<string, ReturnType<typeof setTimeout>>();
    const decide = (document: vscode.TextDocument): void => {
      const { uri } = document;
      if (uri.scheme !== 'file') return;
      const key = uri.toString();
      clearTimeout(timers.get(key));
      timers.delete(key);
      const text = document.isDirty && !document.isClosed && isWanted(document) ? document.getText() : null;
      for (const open of sessions.all) {
        if (isDecidedWith(open, uri)) void open.session.whatIf.decide(uri.fsPath, text, Date.now());
      }
    };
    const decideSoon = (document: vscode.TextDocument): void => {
      if (!sessions.all.some((open) => isDecidedWith(open, document.uri))) return;
      const key = document.uri.toString();
      clearTimeout(timers.get(key));
      timers.set(
        key,
        setTimeout(() => decide(document), pauseMs),
      );
    };
    store.add(vscode.workspace.onDidChangeTextDocument(({ document }) => decideSoon(document)));
    store.add(vscode.workspace.onDidSaveTextDocument(decide));
    store.add(vscode.workspace.onDidCloseTextDocument(decide));
    store.add(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(`${settingsSection}.whatIf`)) vscode.workspace.textDocuments.forEach(decide);
      }),
    );
    store.add({ dispose: () => timers.forEach((timer) => clearTimeout(timer)) });
  });

/** Whether a trace is decided with a file as its policy, or as the configuration that has the policies. */
function isDecidedWith({ session: { settings } }: TraceDocument, { fsPath }: vscode.Uri): boolean {
  return settings.policy === fsPath || settings.config === fsPath;
}

function isWanted(document: vscode.TextDocument): boolean {
  const section = vscode.workspace.getConfiguration(settingsSection, document);
  return section.get<boolean>('whatIf', settingDefaults.whatIf);
}
