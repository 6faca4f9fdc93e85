/** Workspace trust: what may run or write only in a trusted workspace, and what starts once the workspace is trusted. */
import * as vscode from 'vscode';
import { Failure } from '../../core/base/failure.ts';
import { toDisposable } from '../../core/base/lifecycle.ts';

/** The code of `requireTrust`; `showFailure` offers to manage the trust for it. */
export const untrustedCode = 'host/untrusted';

/** Whether the user trusts the workspace. VS Code reloads the window when trust is taken back, so it only changes from false to true. */
export function isTrusted(): boolean {
  return vscode.workspace.isTrusted;
}

/** Throws `host/untrusted` in an untrusted workspace. `what` names the command or the part of Guardscope that is off. */
export function requireTrust(what: string): void {
  if (isTrusted()) return;
  const message = `"${what}" is off because this workspace is not trusted`;
  const hint = 'Until you trust it, Guardscope shows traces but runs no guard, server or tap, and captures nothing';
  throw new Failure(untrustedCode, message, hint);
}

/** Calls `start` once: at once in a trusted workspace, otherwise when the user trusts it. */
export function whenTrusted(start: () => void): vscode.Disposable {
  if (!isTrusted()) return vscode.workspace.onDidGrantWorkspaceTrust(start);
  start();
  return toDisposable(() => undefined);
}

/** Opens VS Code's editor of workspace trust. */
export async function manageTrust(): Promise<void> {
  await vscode.commands.executeCommand('workbench.trust.manage');
}
