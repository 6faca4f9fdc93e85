/** The commands of the lenses on clauses: show the calls that a clause decides, and find them also when it takes long. */
import * as vscode from 'vscode';
import { commands } from '../base/ids.ts';
import { type Feature, gather } from '../base/services.ts';
import type { TraceDocument } from '../base/traceDocument.ts';

export const clauseCommands: Feature = ({ sessions }) =>
  gather((store) => {
    // A trace that was closed since the lens was drawn has no panel to show anything in.
    const open = (uri: vscode.Uri): TraceDocument | undefined =>
      sessions.all.find((document) => document.uri.toString() === uri.toString());
    store.add(
      vscode.commands.registerCommand(commands.showClause, (uri: vscode.Uri, clause: string) => {
        open(uri)?.showQuery(`clause:${/[\s,]/.test(clause) ? `"${clause}"` : clause}`);
      }),
    );
    store.add(
      vscode.commands.registerCommand(commands.findClauses, (uri?: vscode.Uri) => {
        (uri instanceof vscode.Uri ? open(uri) : sessions.active)?.clauses.findAnyway();
      }),
    );
  });
