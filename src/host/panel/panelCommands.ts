/** Runs the commands of the panel's buttons and links. */
import * as vscode from 'vscode';
import type { PanelCommand, TextName } from '../../core/protocol/panel.ts';
import type { TextBlock } from '../../core/protocol/rows.ts';
import { commands } from '../base/ids.ts';
import type { Services } from '../base/services.ts';
import { showDocs } from '../base/showDocs.ts';
import { chooseConfig, chooseGuard, choosePolicy } from '../commands/choose.ts';
import { exportDecisions } from '../commands/exportDecisions.ts';
import { openCall, renewTexts } from '../whatIf/editCalls.ts';
import { dropChanges, writeChanges } from '../whatIf/writeChanges.ts';
import { showText } from '../base/textDocuments.ts';
import { manageTrust, requireTrust } from '../base/trust.ts';
import { compareWith, openComparison, pinRun } from './compareWith.ts';
import { openClause } from './openClause.ts';
import type { TraceDocument } from '../base/traceDocument.ts';

/** The commands that replay or call, as the panel names them: they need a trusted workspace. */
const trustedCommands: { readonly [K in PanelCommand['run']]?: string } = {
  replay: 'Replay',
  chooseConfig: 'Choose gateway configuration',
  chooseGuard: 'Choose guard',
  choosePolicy: 'Choose policy',
  setMode: 'Enforcement mode',
  compareWith: 'Compare with',
  changeCall: 'Change this call',
  setWhatIfMode: 'Enforcement mode',
  editAndSend: 'Edit and resend',
};

/** Runs one command; throws `host/untrusted` for one that needs trust. `readText` returns a long text of the session, or throws if it no longer exists. */
export async function runPanelCommand(
  services: Services,
  document: TraceDocument,
  command: PanelCommand,
  readText: (name: TextName) => TextBlock,
): Promise<void> {
  const { session } = document;
  const needsTrust = trustedCommands[command.run];
  if (needsTrust !== undefined) requireTrust(needsTrust);
  switch (command.run) {
    case 'replay':
      void document.replay();
      return;
    case 'cancel':
      session.cancel();
      return;
    case 'chooseConfig':
      await chooseConfig(document);
      return;
    case 'chooseGuard':
      await chooseGuard(document);
      return;
    case 'choosePolicy':
      await choosePolicy(document);
      return;
    case 'openConfig':
      if (session.settings.config !== null) await showFile(session.settings.config);
      return;
    case 'openPolicy':
      if (session.settings.policy !== null) await showFile(session.settings.policy, vscode.ViewColumn.Beside);
      return;
    case 'pinBaseline':
      pinRun(session);
      return;
    case 'unpinBaseline':
      session.comparison.unpin();
      return;
    case 'changeCall':
      await openCall(document, command.call, command.place);
      return;
    case 'writeChanges':
      await writeChanges(document);
      return;
    case 'undoChange':
      await session.changes.undo(Date.now());
      await renewTexts(document);
      return;
    case 'redoChange':
      await session.changes.redo(Date.now());
      await renewTexts(document);
      return;
    case 'dropChanges':
      await dropChanges(document);
      return;
    case 'setWhatIfMode':
      await session.changes.setMode(command.mode, Date.now());
      await renewTexts(document);
      return;
    case 'compareWith':
      await compareWith(services, document);
      return;
    case 'openComparison':
      await openComparison(document, command.call);
      return;
    case 'manageTrust':
      await manageTrust();
      return;
    case 'inspectGuard':
      if (session.settings.guard !== null) {
        await vscode.commands.executeCommand(commands.inspectGuard, vscode.Uri.file(session.settings.guard));
      }
      return;
    case 'exportDecisions':
      await exportDecisions(document);
      return;
    case 'setMode':
      await document.choose({ mode: command.mode });
      return;
    case 'setFollow':
      document.follow = command.follow;
      return;
    case 'editAndSend': {
      const call = session.call(command.call);
      if (call === undefined) return;
      const draft = { tool: call.tool, args: call.args };
      await vscode.commands.executeCommand(commands.newCall, draft, call.server);
      return;
    }
    case 'createTest':
      await vscode.commands.executeCommand(commands.createTest, { call: command.call });
      return;
    case 'revealLine':
      await showLine(command.file ?? document.uri.fsPath, command.line);
      return;
    case 'revealProblem': {
      const { file, line, column } = command.problem.position ?? {};
      await showLine(file ?? document.uri.fsPath, line ?? 1, column ?? 1);
      return;
    }
    case 'openDocs':
      await showDocs(services.context.extensionUri, command.docs);
      return;
    case 'openClause':
      await openClause(document, command.clause);
      return;
    case 'findClauses':
      document.clauses.findAnyway();
      return;
    case 'openText': {
      const { text, json } = readText(command.text);
      await showText(`${command.title}.${json ? 'json' : 'txt'}`, text);
      return;
    }
  }
}

async function showFile(path: string, viewColumn = vscode.ViewColumn.Active): Promise<void> {
  await vscode.window.showTextDocument(vscode.Uri.file(path), { viewColumn });
}

/** Opens a file as text beside the panel, with the cursor at a line. */
async function showLine(path: string, line: number, column = 1): Promise<void> {
  const at = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
  const options = { viewColumn: vscode.ViewColumn.Beside, selection: new vscode.Range(at, at) };
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(vscode.Uri.file(path)), options);
}
