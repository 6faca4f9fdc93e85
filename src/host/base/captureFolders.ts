/** The folders that captures are written to, and that the Sessions view lists. */
import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { Failure } from '../../core/base/failure.ts';
import { settingDefaults, settingsSection } from './ids.ts';
import type { CaptureOptions } from '../../engine/captureHome/tapArguments.ts';

/** Default capture folder, below the workspace folder. */
const defaultFolder = join('.guardscope', 'captures');

/** The user's `~/.guardscope`, shared with the command line: captures, records of changed configuration files, and backups. */
export function userFolder(): string {
  return join(homedir(), '.guardscope');
}

/** Options of a new capture. `undefined` is a server outside any workspace folder; its captures go to the user's folder. */
export function captureOptions(workspace: vscode.WorkspaceFolder | undefined): CaptureOptions {
  const section = vscode.workspace.getConfiguration(settingsSection, workspace ?? null);
  return {
    folder: captureFolder(workspace),
    redact: section.get<boolean>('capture.redact', settingDefaults['capture.redact']),
    maxFileMiB: section.get<number>('capture.maxFileSizeMiB', settingDefaults['capture.maxFileSizeMiB']),
    keepSessions: section.get<number>('capture.keepSessions', settingDefaults['capture.keepSessions']),
  };
}

/** Every capture folder according to the current settings; the user's own folder is first. */
export function captureFolders(): readonly string[] {
  return [undefined, ...(vscode.workspace.workspaceFolders ?? [])].map((each) => captureFolder(each));
}

/**
 * Creates the folder, readable by its owner only. The default folder gets a `.gitignore`, because captures are large and may hold
 * confidential data. Throws `capture/folder`, and `capture/folder-elsewhere` when a folder below `workspace` leads out of it.
 */
export async function prepareCaptureFolder(
  folder: string,
  workspace: vscode.WorkspaceFolder | undefined,
): Promise<void> {
  if (workspace !== undefined) await requireInside(workspace.uri.fsPath, folder);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (folder.endsWith(defaultFolder)) await writeFile(join(folder, '.gitignore'), '*\n', { flag: 'wx' });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const hint = 'Choose another folder in the setting guardscope.capture.folder';
    throw new Failure('capture/folder', `Cannot create the capture folder "${folder}": ${reason}`, hint);
  }
}

/** A repository may contain links, and a link must not choose where captures go. */
async function requireInside(root: string, folder: string): Promise<void> {
  if (!isBelow(root, folder)) return;
  const [realRoot, real] = await Promise.all([realpath(root), realOf(folder)]);
  if (real === realRoot || isBelow(realRoot, real)) return;
  const message = `The capture folder "${folder}" is a link that leads out of the workspace, to "${real}"`;
  throw new Failure(
    'capture/folder-elsewhere',
    message,
    'Remove the link, or choose a folder in guardscope.capture.folder',
  );
}

/** The folder that the path leads to; for the parts that do not exist yet, below the folder that its existing part leads to. */
async function realOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realOf(parent), relative(parent, path));
  }
}

/** Whether `path` is below the folder `root`, by their names. */
export function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '' && way.split(sep)[0] !== '..' && !isAbsolute(way);
}

function captureFolder(workspace: vscode.WorkspaceFolder | undefined): string {
  const section = vscode.workspace.getConfiguration(settingsSection, workspace ?? null);
  const chosen = section.get<string>('capture.folder', settingDefaults['capture.folder']);
  if (isAbsolute(chosen)) return chosen;
  if (workspace === undefined) return join(userFolder(), 'captures');
  return join(workspace.uri.fsPath, chosen === '' ? defaultFolder : chosen);
}
