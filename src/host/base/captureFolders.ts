/** Where captures go, and where the Sessions view looks for them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { Failure } from '../../core/base/failure.ts';
import { settingDefaults, settingsSection } from './ids.ts';
import type { CaptureOptions } from '../../engine/captureHome/tapArguments.ts';

/** Below the workspace folder, unless the settings name another place. */
const usualFolder = join('.guardscope', 'captures');

/** Guardscope's own folder of the user, which the command line uses, too: captures, records of changed files, and their backups. */
export function userFolder(): string {
  return join(homedir(), '.guardscope');
}

/** What a new capture is told. Servers of no workspace (`undefined`) are captured into a folder of the user's. */
export function captureOptions(workspace: vscode.WorkspaceFolder | undefined): CaptureOptions {
  const section = vscode.workspace.getConfiguration(settingsSection, workspace ?? null);
  return {
    folder: captureFolder(workspace),
    redact: section.get<boolean>('capture.redact', settingDefaults['capture.redact']),
    maxFileMiB: section.get<number>('capture.maxFileSizeMiB', settingDefaults['capture.maxFileSizeMiB']),
    keepSessions: section.get<number>('capture.keepSessions', settingDefaults['capture.keepSessions']),
  };
}

/** Every folder that holds captures by the settings as they are now. */
export function captureFolders(): readonly string[] {
  return [undefined, ...(vscode.workspace.workspaceFolders ?? [])].map((each) => captureFolder(each));
}

/**
 * Makes the folder, for its owner's eyes only. The usual one tells git to leave it alone: captures are large, and may hold what nobody
 * meant to share.
 */
export async function prepareCaptureFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (folder.endsWith(usualFolder)) await writeFile(join(folder, '.gitignore'), '*\n', { flag: 'wx' });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const hint = 'Choose another one in the setting guardscope.capture.folder';
    throw new Failure('capture/folder', `The folder for captures "${folder}" cannot be made: ${reason}`, hint);
  }
}

function captureFolder(workspace: vscode.WorkspaceFolder | undefined): string {
  const section = vscode.workspace.getConfiguration(settingsSection, workspace ?? null);
  const chosen = section.get<string>('capture.folder', settingDefaults['capture.folder']);
  if (isAbsolute(chosen)) return chosen;
  if (workspace === undefined) return join(userFolder(), 'captures');
  return join(workspace.uri.fsPath, chosen === '' ? usualFolder : chosen);
}
