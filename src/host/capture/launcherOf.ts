/** The tap launcher of this installation: created when the first server is captured, renewed after an update. */
import { join } from 'node:path';
import type * as vscode from 'vscode';
import type { Feature, Services } from '../base/services.ts';
import { requireTrust, whenTrusted } from '../base/trust.ts';
import { hasLauncher, installLauncher, type Launcher } from '../../engine/captureHome/launcher.ts';

/** Switches the launcher that captured servers start to the version of this extension. */
export const renewLauncher: Feature = (services) =>
  whenTrusted(() => {
    void hasLauncher(home(services.context))
      .then((there) => (there ? tapLauncher(services.context) : undefined))
      .catch((thrown: unknown) => services.log.error('Cannot renew the tap launcher:', thrown));
  });

/**
 * Installs the launcher in the version of this extension, if necessary. Everything that starts or configures a tap begins here. Rejects
 * with `capture/launcher`, and with `host/untrusted` in an untrusted workspace.
 */
export async function tapLauncher(context: Services['context']): Promise<Launcher> {
  requireTrust('Capture');
  const { execPath, platform, versions } = process;
  const runtime = { execPath, platform, electron: versions['electron'] !== undefined };
  return installLauncher({ extension: context.extensionPath, home: home(context), runtime });
}

function home({ globalStorageUri }: vscode.ExtensionContext): string {
  return join(globalStorageUri.fsPath, 'tap');
}
