/** Diagnostics of guard policies in text editors, updated while the user types. */
import * as vscode from 'vscode';
import { parsePolicyText } from '../../core/policy/parse.ts';
import { type Feature, gather, type Services } from '../base/services.ts';
import { toDiagnostic } from './toDiagnostic.ts';

/** Milliseconds after the last change before a policy is checked. */
const debounceMs = 150;

/** A key that only guard policies have, in every spelling that the gateway accepts or that users try. */
const policyKey = /"(?:allow[-_]?only|write[-_]?sink)"/i;

/** White space and comments; each text has only one match, so that matching takes time proportional to its length. */
const blank = String.raw`(?:[\s\uFEFF]|\/\/[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*`;

/** What may stand before the first key of an object. */
const beforeFirstKey = new RegExp(String.raw`^${blank}\{${blank}$`);

/** Longer files are not checked. */
const maxPolicyLength = 1_000_000;

export const policyDiagnostics: Feature = (services) =>
  gather((store) => {
    const found = store.add(vscode.languages.createDiagnosticCollection('guardscope.policy'));
    const timers = new Map<string, ReturnType<typeof setTimeout>>();
    const check = (document: vscode.TextDocument): void => {
      found.set(document.uri, isPolicy(document, services) ? problemsOf(document) : []);
    };
    const checkSoon = (document: vscode.TextDocument): void => {
      const key = document.uri.toString();
      clearTimeout(timers.get(key));
      const timer = setTimeout(() => {
        timers.delete(key);
        if (!document.isClosed) check(document);
      }, debounceMs);
      timers.set(key, timer);
    };
    const checkAll = (): void => {
      for (const document of vscode.workspace.textDocuments) check(document);
    };
    store.add(vscode.workspace.onDidOpenTextDocument(check));
    store.add(vscode.workspace.onDidChangeTextDocument(({ document }) => checkSoon(document)));
    store.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => found.delete(uri)));
    // The policy of an open trace may have changed.
    store.add(services.sessions.onDidChange(checkAll));
    store.add({ dispose: () => timers.forEach((timer) => clearTimeout(timer)) });
    checkAll();
  });

function problemsOf(document: vscode.TextDocument): readonly vscode.Diagnostic[] {
  const { problems } = parsePolicyText(document.getText(), document.uri.fsPath);
  return problems.map((problem) => toDiagnostic(problem, document));
}

/** Whether the document is a JSON file that an open trace uses as its policy, or that has the key of a policy. */
function isPolicy(document: vscode.TextDocument, { sessions }: Services): boolean {
  if (document.uri.scheme !== 'file' || !/^jsonc?$/.test(document.languageId)) return false;
  const text = document.getText();
  if (text.length > maxPolicyLength) return false;
  return (
    sessions.all.some(({ session }) => session.settings.policy === document.uri.fsPath) || startsWithPolicyKey(text)
  );
}

/** Whether the first key is that of a policy. Gateway configurations and captures contain such keys at deeper levels. */
function startsWithPolicyKey(text: string): boolean {
  const key = policyKey.exec(text);
  return key !== null && beforeFirstKey.test(text.slice(0, key.index));
}
