/** The launcher of this installation: made when a server is captured first, renewed after an update. */
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Feature, Services } from '../base/services.ts';
import { hasLauncher, installLauncher, type Launcher } from '../../engine/captureHome/launcher.ts';

/** After an update, the launcher that captured servers name is switched to the new version. */
export const renewLauncher: Feature = (services) => {
  void hasLauncher(home(services.context))
    .then((there) => (there ? tapLauncher(services.context) : undefined))
    .catch((thrown: unknown) => services.log.error('The launcher of the tap was not renewed:', thrown));
  return new vscode.Disposable(() => undefined);
};

/** Gives the launcher in the version of this extension. Throws `capture/launcher`. */
export function tapLauncher(context: Services['context']): Promise<Launcher> {
  const { execPath, platform, versions } = process;
  const runtime = { execPath, platform, electron: versions['electron'] !== undefined };
  return installLauncher({ extension: context.extensionPath, home: home(context), runtime });
}

function home({ globalStorageUri }: vscode.ExtensionContext): string {
  return join(globalStorageUri.fsPath, 'tap');
}
