/** Shows a planned change of a configuration as a diff with masked secrets, and asks for confirmation. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Plan } from '../../core/clientConfigs/wrap.ts';
import { serverDetails } from '../../core/clientConfigs/serverDetails.ts';
import { textUri } from '../base/textDocuments.ts';
import { shortPath } from './clientServers.ts';
import { maskSecrets } from '../../core/redaction/maskSecrets.ts';

export interface ChangeQuestion {
  readonly question: string;
  /** Label of the row that makes the change. */
  readonly accept: string;
  /** Second line of that row. */
  readonly detail: string;
}

/**
 * Asks with a quick pick, which stays open while the user reads the diff; a notification would hide itself, a modal dialog would cover
 * the diff. Closes the diff after the answer. Returns whether the user accepted the change.
 */
export async function confirmChange(plan: Plan, { question, accept, detail }: ChangeQuestion): Promise<boolean> {
  const { before, after, config } = plan;
  const names = config.servers.flatMap((server) => [
    ...Object.keys(server.env ?? {}),
    ...Object.keys(serverDetails(config, server).headers),
  ]);
  const name = basename(config.file.path);
  const left = textUri(`before/${name}`, maskSecrets(before, names));
  const right = textUri(`after/${name}`, maskSecrets(after, names));
  const title = `${shortPath(config.file.path)}: Proposed Change`;
  await vscode.commands.executeCommand('vscode.diff', left, right, title, { preview: true });
  // A server is often one long line, whose change would be outside the view.
  if (!wrapsDiffs()) await vscode.commands.executeCommand('editor.action.toggleWordWrap');
  const choices = [
    { label: `$(check) ${accept}`, detail, accepted: true },
    { label: '$(close) Cancel', accepted: false },
  ];
  const answer = await vscode.window.showQuickPick(choices, { placeHolder: question, ignoreFocusOut: true });
  await closeDiff(left);
  return answer?.accepted === true;
}

/** Whether the user's settings wrap the lines of a diff. */
function wrapsDiffs(): boolean {
  const inDiffs = vscode.workspace.getConfiguration('diffEditor').get<string>('wordWrap', 'inherit');
  const inEditors = vscode.workspace.getConfiguration('editor').get<string>('wordWrap', 'off');
  return (inDiffs === 'inherit' ? inEditors : inDiffs) !== 'off';
}

async function closeDiff(left: vscode.Uri): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const own = tabs.filter(
    ({ input }) => input instanceof vscode.TabInputTextDiff && input.original.toString() === left.toString(),
  );
  await vscode.window.tabGroups.close(own);
}
