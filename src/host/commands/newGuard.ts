/** Writes a new guard project and opens its folder. */
import { join } from 'node:path';
import * as vscode from 'vscode';
import { toFailure } from '../../core/base/failure.ts';
import { type GuardLanguage, guardLanguages, requireProjectName } from '../../core/newGuard/guardProject.ts';
import { createGuardProject } from '../../engine/newGuard/createProject.ts';
import { commands } from '../base/ids.ts';
import { type Feature, fileCommand } from '../base/services.ts';

export const newGuardCommand: Feature = (services) =>
  fileCommand(services, commands.newGuard, () => newGuard(services.context.extensionPath));

/** Asks for the language, the name and the place, and writes the project there. Closing a question writes nothing. */
async function newGuard(extension: string): Promise<void> {
  const language = await pickLanguage();
  if (language === undefined) return;
  const name = await vscode.window.showInputBox({
    title: 'Name of the new guard, and of its folder',
    value: 'my-guard',
    validateInput: refusalOf,
  });
  if (name === undefined) return;
  const [parent] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      title: `Folder to create "${name}" in`,
    })) ?? [];
  if (parent === undefined) return;
  const templates = join(extension, 'media', 'templates');
  const { folder } = await createGuardProject({ templates, folder: join(parent.fsPath, name), language, name });
  const forceNewWindow = vscode.workspace.workspaceFolders !== undefined;
  await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(folder), { forceNewWindow });
}

async function pickLanguage(): Promise<GuardLanguage | undefined> {
  const items = guardLanguages.map((language) => ({
    label: language.title,
    description: `builds with ${language.needs}`,
    language,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'Select the language of the new guard' }))?.language;
}

/** Why a text is not a name; undefined for a name. */
function refusalOf(text: string): string | undefined {
  try {
    requireProjectName(text);
    return undefined;
  } catch (thrown) {
    return toFailure(thrown).message;
  }
}
