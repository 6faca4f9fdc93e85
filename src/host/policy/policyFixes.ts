/** Quick fixes for problems of a policy: each hint that names a correction makes it. */
import * as vscode from 'vscode';
import { policyFix } from '../../core/policy/fix.ts';
import { type Feature, gather } from '../base/services.ts';

const documents: vscode.DocumentSelector = ['json', 'jsonc'].map((language) => ({ language, scheme: 'file' }));

export const policyFixes: Feature = () =>
  gather((store) => {
    store.add(
      vscode.languages.registerCodeActionsProvider(
        documents,
        {
          provideCodeActions: (document, _range, { diagnostics }) =>
            diagnostics.flatMap((diagnostic) => {
              const action = isOfPolicy(diagnostic) ? actionFor(document, diagnostic) : null;
              return action === null ? [] : [action];
            }),
        },
        { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
      ),
    );
  });

function isOfPolicy({ source, code }: vscode.Diagnostic): boolean {
  return source === 'Guardscope' && typeof code === 'string' && code.startsWith('policy/');
}

/** Null when the hint below the message names no correction. */
function actionFor(document: vscode.TextDocument, diagnostic: vscode.Diagnostic): vscode.CodeAction | null {
  const hint = diagnostic.message.slice(diagnostic.message.lastIndexOf('\n') + 1);
  const fix = policyFix(document.getText(), document.offsetAt(diagnostic.range.start), hint);
  if (fix === null) return null;
  const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
  action.edit = new vscode.WorkspaceEdit();
  const range = new vscode.Range(document.positionAt(fix.offset), document.positionAt(fix.offset + fix.length));
  action.edit.replace(document.uri, range, fix.text);
  action.diagnostics = [diagnostic];
  action.isPreferred = true;
  return action;
}
