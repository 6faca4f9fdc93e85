/** The tap launcher of this installation: created when the first server is captured, renewed after an update. */
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Feature, Services } from '../base/services.ts';
import { hasLauncher, installLauncher, type Launcher } from '../../engine/captureHome/launcher.ts';

/** Switches the launcher that captured servers start to the version of this extension. */
export const renewLauncher: Feature = (services) => {
  void hasLauncher(home(services.context))
    .then((there) => (there ? tapLauncher(services.context) : undefined))
    .catch((thrown: unknown) => services.log.error('Cannot renew the tap launcher:', thrown));
  return new vscode.Disposable(() => undefined);
};

/** Installs the launcher in the version of this extension, if necessary. Throws `capture/launcher`. */
export function tapLauncher(context: Services['context']): Promise<Launcher> {
  const { execPath, platform, versions } = process;
  const runtime = { execPath, platform, electron: versions['electron'] !== undefined };
  return installLauncher({ extension: context.extensionPath, home: home(context), runtime });
}

function home({ globalStorageUri }: vscode.ExtensionContext): string {
  return join(globalStorageUri.fsPath, 'tap');
}
