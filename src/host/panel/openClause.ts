/** Opens the policy of a panel at one of its clauses. */
import * as vscode from 'vscode';
import { Failure } from '../../core/base/failure.ts';
import { clausesOf } from '../../engine/session/clauses/policyFiles.ts';
import type { TraceDocument } from '../base/traceDocument.ts';

/** Opens the policy beside the panel with the clause selected, also when its text was edited. Throws `policy/clause-gone` when it has no such clause. */
export async function openClause({ clauses }: TraceDocument, id: string): Promise<void> {
  const file = clauses.clauses.find((clause) => clause.id === id)?.file;
  if (file === undefined) throw gone(id);
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file.path));
  const { place } = clausesOf(file, document.getText()).find((clause) => clause.id === id) ?? {};
  if (place === undefined) throw gone(id);
  const selection = new vscode.Range(document.positionAt(place.start), document.positionAt(place.end));
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, selection });
}

function gone(id: string): Failure {
  return new Failure('policy/clause-gone', `The policy has no clause "${id}" any more`, 'Replay the trace again');
}
