/** What can be done with the file of a session: show it in the file manager, delete it; and following a gateway's log folder. */
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { Failure } from '../../core/base/failure.ts';
import { liveFileOf } from '../../engine/recording/format/liveFile.ts';
import { controlFileOf } from '../../engine/liveGuard/controlFile.ts';
import { commands } from '../base/ids.ts';
import { openTrace } from '../commands/openTrace.ts';
import { type Feature, gather, fileCommand } from '../base/services.ts';
import { pickCapture } from './chooseCapture.ts';

/** Where a gateway writes its log (gateway spec 4.1). */
const gatewayLog = 'rpc-messages.jsonl';

export const sessionFiles: Feature = (services) =>
  gather((store) => {
    const command = (id: string, run: (uri: vscode.Uri | undefined) => Promise<void>): void => {
      store.add(fileCommand(services, id, run));
    };
    command(commands.revealSession, async (uri) => {
      if (uri !== undefined) await vscode.commands.executeCommand('revealFileInOS', uri);
    });
    command(commands.deleteSession, async (given) => {
      const uri = given ?? (await pickCapture('Choose the session to delete'));
      if (uri === undefined) return;
      if (services.live.get(uri.fsPath) !== undefined) {
        const hint = 'End it first: stop its server';
        throw new Failure('capture/live', `"${basename(uri.fsPath)}" is being captured`, hint);
      }
      await deleteSession(uri);
    });
    command(commands.followLog, async (given) => {
      const folder = given ?? (await pickFolder());
      if (folder !== undefined) await followLog(folder);
    });
  });

async function deleteSession(uri: vscode.Uri): Promise<void> {
  const question = `Delete the session ${basename(uri.fsPath)}?`;
  const yes = 'Delete';
  if ((await vscode.window.showWarningMessage(question, { modal: true }, yes)) !== yes) return;
  try {
    await vscode.workspace.fs.delete(uri, { useTrash: true });
  } catch {
    // Not every system has a trash.
    await vscode.workspace.fs.delete(uri);
  }
  for (const beside of [liveFileOf(uri.fsPath), controlFileOf(uri.fsPath)]) {
    await Promise.resolve(vscode.workspace.fs.delete(vscode.Uri.file(beside))).catch(() => undefined);
  }
}

async function pickFolder(): Promise<vscode.Uri | undefined> {
  const title = "Choose the gateway's log directory";
  const picked = await vscode.window.showOpenDialog({ canSelectFiles: false, canSelectFolders: true, title });
  return picked?.[0];
}

/** The panel follows the log as it grows. */
async function followLog(folder: vscode.Uri): Promise<void> {
  const path = join(folder.fsPath, gatewayLog);
  const there = await stat(path).catch(() => null);
  if (there === null) {
    const hint = 'Choose the folder of --log-dir, once the gateway has answered its first request';
    throw new Failure('trace/no-log', `"${folder.fsPath}" holds no ${gatewayLog}`, hint);
  }
  await openTrace(vscode.Uri.file(path));
}
