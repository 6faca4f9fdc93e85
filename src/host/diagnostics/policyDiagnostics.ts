/** What the gateway holds against a policy, in the editor and in the Problems view while the policy is typed. */
import * as vscode from 'vscode';
import { parsePolicyText } from '../../core/policy/parse.ts';
import { type Feature, gather, type Services } from '../base/services.ts';
import { toDiagnostic } from './toDiagnostic.ts';

/** Milliseconds without typing after which a policy is looked at again. */
const restMs = 150;

/** A key that only a guard's policy has, in any of the spellings that the gateway takes or that people try. */
const policyKey = /"(?:allow[-_]?only|write[-_]?sink)"/i;

/** Longer files are no policies. */
const longestPolicy = 1_000_000;

export const policyDiagnostics: Feature = (services) =>
  gather((store) => {
    const found = store.add(vscode.languages.createDiagnosticCollection('guardscope.policy'));
    const resting = new Map<string, ReturnType<typeof setTimeout>>();
    const look = (document: vscode.TextDocument): void => {
      found.set(document.uri, isPolicy(document, services) ? problemsOf(document) : []);
    };
    const lookSoon = (document: vscode.TextDocument): void => {
      const key = document.uri.toString();
      clearTimeout(resting.get(key));
      const timer = setTimeout(() => {
        resting.delete(key);
        if (!document.isClosed) look(document);
      }, restMs);
      resting.set(key, timer);
    };
    const lookAtAll = (): void => {
      for (const document of vscode.workspace.textDocuments) look(document);
    };
    store.add(vscode.workspace.onDidOpenTextDocument(look));
    store.add(vscode.workspace.onDidChangeTextDocument(({ document }) => lookSoon(document)));
    store.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => found.delete(uri)));
    // Which policy a session is replayed with may have changed.
    store.add(services.sessions.onDidChange(lookAtAll));
    store.add({ dispose: () => resting.forEach((timer) => clearTimeout(timer)) });
    lookAtAll();
  });

function problemsOf(document: vscode.TextDocument): readonly vscode.Diagnostic[] {
  const { problems } = parsePolicyText(document.getText(), document.uri.fsPath);
  return problems.map((problem) => toDiagnostic(problem, document));
}

/** A JSON file that a session is replayed with, or that has the key of a policy. */
function isPolicy(document: vscode.TextDocument, { sessions }: Services): boolean {
  if (document.uri.scheme !== 'file' || !/^jsonc?$/.test(document.languageId)) return false;
  const text = document.getText();
  if (text.length > longestPolicy) return false;
  return sessions.all.some(({ session }) => session.settings.policy === document.uri.fsPath) || isOfAGuard(text);
}

/** The gateway's configuration and captures hold such keys, too, but deeper. */
function isOfAGuard(text: string): boolean {
  const key = policyKey.exec(text);
  return key !== null && /^[\s\uFEFF]*\{(?:\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*$/.test(text.slice(0, key.index));
}
