/** Finds the servers in the MCP clients' configuration files, and formats them for lists. */
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { Problem } from '../../core/base/parsed.ts';
import { Redactor } from '../../core/redaction/redaction.ts';
import { findClientFiles, readClientFile } from '../../engine/clientConfigs/clientFiles.ts';
import type { ClientConfig, ClientFile, ConfiguredServer } from '../../core/clientConfigs/clientModel.ts';

/** A server and the configuration that it belongs to. */
export interface FoundServer {
  readonly config: ClientConfig;
  readonly server: ConfiguredServer;
}

/** All existing configurations, those of the workspace first. A file that cannot be parsed has a problem and no servers. */
export async function findConfigs(context: vscode.ExtensionContext): Promise<readonly ClientConfig[]> {
  const workspaceFolders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const { env, platform } = process;
  const found = findClientFiles({ home: homedir(), platform, env, workspaceFolders });
  const own = ownUserFile(context);
  const files = found.some(({ path }) => path === own.path) ? found : [...found, own];
  const configs = await Promise.all(files.map((file) => readClientFile(file)));
  return configs.filter(({ file, text }) => file !== own || text !== '');
}

/** The user's `mcp.json` of the running editor and profile. */
export function ownUserFile({ globalStorageUri }: vscode.ExtensionContext): ClientFile {
  const path = join(globalStorageUri.fsPath, '..', '..', 'mcp.json');
  return { client: 'vscode', name: 'VS Code', scope: 'user', path };
}

/** The workspace folder that contains a configuration of scope `workspace`. */
export function folderOf({ path, scope }: ClientFile): vscode.WorkspaceFolder | undefined {
  return scope === 'workspace' ? vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path)) : undefined;
}

/** For example `VS Code, .vscode/mcp.json`. */
export function fileTitle({ name, path }: ClientFile): string {
  return `${name}, ${shortPath(path)}`;
}

/** A path relative to the workspace, or with `~` for the home folder. */
export function shortPath(path: string): string {
  const relative = vscode.workspace.asRelativePath(path);
  const home = homedir();
  return relative.startsWith(home) ? `~${relative.slice(home.length)}` : relative;
}

/** The command line or URL of a server, with its secrets masked. */
export function commandText({ command, args, url, wrapped }: ConfiguredServer): string {
  if (command === undefined) return new Redactor(() => '…').text(url ?? '').text;
  const own = wrapped ? (args ?? []).slice((args ?? []).indexOf('--') + 1) : [basename(command), ...(args ?? [])];
  return new Redactor(() => '…').text(own.join(' ')).text;
}

/** Opens a file at a position. */
export async function openAt({ position }: Pick<Problem, 'position'>, path: string): Promise<void> {
  const at = new vscode.Position(Math.max(0, (position?.line ?? 1) - 1), Math.max(0, (position?.column ?? 1) - 1));
  await vscode.window.showTextDocument(vscode.Uri.file(path), { selection: new vscode.Range(at, at) });
}

/** Shows a problem of a configuration, with an action that opens the file there. */
export async function showProblem({ file }: ClientConfig, problem: Problem): Promise<void> {
  const line = problem.position?.line;
  const open = line === undefined ? 'Open File' : `Open File at Line ${line}`;
  const sentence = `${problem.message} (${shortPath(file.path)}). ${problem.hint ?? ''}`.trim();
  if ((await vscode.window.showErrorMessage(sentence, open)) === open) await openAt(problem, file.path);
}

/** The working directory of a server whose entry has no `cwd`. */
export function defaultCwd(file: ClientFile): string {
  return folderOf(file)?.uri.fsPath ?? dirname(file.path);
}
