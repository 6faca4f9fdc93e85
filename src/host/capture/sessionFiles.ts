/** Commands on session files: reveal, delete, and follow a gateway's log directory. */
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

/** The file name of the gateway's log (gateway spec 4.1). */
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
      const uri = given ?? (await pickCapture('Select the session to delete'));
      if (uri === undefined) return;
      if (services.live.get(uri.fsPath) !== undefined) {
        const hint = 'Stop its server first';
        throw new Failure('capture/live', `"${basename(uri.fsPath)}" is still being captured`, hint);
      }
      await deleteSession(uri);
    });
    command(commands.followLog, async (given) => {
      const folder = given ?? (await pickFolder());
      if (folder !== undefined) await followLog(folder);
    });
  });

async function deleteSession(uri: vscode.Uri): Promise<void> {
  const question = `Delete the session "${basename(uri.fsPath)}"?`;
  const accept = 'Delete';
  if ((await vscode.window.showWarningMessage(question, { modal: true }, accept)) !== accept) return;
  try {
    await vscode.workspace.fs.delete(uri, { useTrash: true });
  } catch {
    // Some file systems have no trash. A file that is gone is what the user wants.
    if ((await stat(uri.fsPath).catch(() => null)) !== null) await vscode.workspace.fs.delete(uri);
  }
  for (const companion of [liveFileOf(uri.fsPath), controlFileOf(uri.fsPath)]) {
    await Promise.resolve(vscode.workspace.fs.delete(vscode.Uri.file(companion))).catch(() => undefined);
  }
}

async function pickFolder(): Promise<vscode.Uri | undefined> {
  const title = "Select the Gateway's Log Directory";
  const picked = await vscode.window.showOpenDialog({ canSelectFiles: false, canSelectFolders: true, title });
  return picked?.[0];
}

/** Opens the log in the panel, which follows it as it grows. Throws `trace/no-log`. */
async function followLog(folder: vscode.Uri): Promise<void> {
  const path = join(folder.fsPath, gatewayLog);
  const there = await stat(path).catch(() => null);
  if (there === null || there.isDirectory()) {
    const hint = "Choose the folder of the gateway's --log-dir; the gateway creates the file with its first request";
    throw new Failure('trace/no-log', `"${folder.fsPath}" does not contain ${gatewayLog}`, hint);
  }
  await openTrace(vscode.Uri.file(path));
}
