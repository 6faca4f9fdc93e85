/** Shows a planned change of a configuration as a diff, its secrets masked, and asks whether it shall be made. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Plan } from '../../core/clientConfigs/wrap.ts';
import { serverDetails } from '../../core/clientConfigs/serverDetails.ts';
import { textUri } from '../textDocuments.ts';
import { shortPath } from './clientServers.ts';
import { maskSecrets } from '../../core/redaction/maskSecrets.ts';

/**
 * `yes` says what is done, `detail` what else to know. The list of two stays open while the user looks through the diff (a notification
 * would hide itself, a modal dialog would hide the diff). The diff is closed again, whatever the answer is.
 */
export async function confirmChange(plan: Plan, question: string, yes: string, detail: string): Promise<boolean> {
  const { before, after, config } = plan;
  const names = config.servers.flatMap((server) => [
    ...Object.keys(server.env ?? {}),
    ...Object.keys(serverDetails(config, server).headers),
  ]);
  const name = basename(config.file.path);
  const left = textUri(`before/${name}`, maskSecrets(before, names));
  const right = textUri(`after/${name}`, maskSecrets(after, names));
  const title = `${shortPath(config.file.path)}: what changes`;
  await vscode.commands.executeCommand('vscode.diff', left, right, title, { preview: true });
  const choices = [
    { label: `$(check) ${yes}`, detail, sure: true },
    { label: '$(close) Cancel', sure: false },
  ];
  const answer = await vscode.window.showQuickPick(choices, { placeHolder: question, ignoreFocusOut: true });
  await closeDiff(left);
  return answer?.sure === true;
}

async function closeDiff(left: vscode.Uri): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const own = tabs.filter(
    ({ input }) => input instanceof vscode.TabInputTextDiff && input.original.toString() === left.toString(),
  );
  await vscode.window.tabGroups.close(own);
}
