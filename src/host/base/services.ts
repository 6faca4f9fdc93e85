/** The services that every feature of the extension receives, and helpers to register commands and show failures. */
import * as vscode from 'vscode';
import { DisposableStore } from '../../core/base/lifecycle.ts';
import { toFailure } from '../../core/base/failure.ts';
import type { SessionServices } from '../../engine/session/keptSessions.ts';
import type { LiveSessions } from '../../engine/captureHome/liveSessions.ts';
import type { PublishedList } from './publishedList.ts';
import type { OpenSessions } from './openSessions.ts';
import { manageTrust, untrustedCode } from './trust.ts';

export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly engine: SessionServices;
  readonly sessions: OpenSessions;
  /** The sessions that are being captured. */
  readonly live: LiveSessions;
  /** The servers that VS Code is offered as captured twins. */
  readonly published: PublishedList;
  readonly log: vscode.LogOutputChannel;
}

/** Registers a feature and returns the disposable that removes it. */
export type Feature = (services: Services) => vscode.Disposable;

/** Runs `register` and returns one disposable for everything that it added to the store. */
export function gather(register: (store: DisposableStore) => void): vscode.Disposable {
  const store = new DisposableStore();
  register(store);
  return store;
}

/** Shows a failure with its next step as an error message; the code and the stack go to the log. */
export function showFailure(log: vscode.LogOutputChannel, thrown: unknown): void {
  const { code, message, hint } = toFailure(thrown);
  const sentence = hint === '' ? message : `${message}. ${hint}`;
  if (code === untrustedCode) {
    log.info(message);
    void offerTrust(sentence);
    return;
  }
  log.error(`${code}: ${message}`, thrown instanceof Error ? (thrown.stack ?? '') : '');
  void vscode.window.showErrorMessage(sentence);
}

async function offerTrust(sentence: string): Promise<void> {
  const manage = 'Manage Workspace Trust';
  if ((await vscode.window.showWarningMessage(sentence, manage)) === manage) await manageTrust();
}

/** The argument of a command: a file from the Explorer, an item of a view, or `undefined` from the Command Palette. */
type CommandArgument = vscode.Uri | { readonly uri?: vscode.Uri } | undefined;

/** Registers a command that takes an optional file; a failure is shown with `showFailure`. */
export function fileCommand(
  { log }: Pick<Services, 'log'>,
  id: string,
  run: (uri: vscode.Uri | undefined) => Promise<void>,
): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (argument: CommandArgument) => {
    try {
      await run(argument instanceof vscode.Uri ? argument : argument?.uri);
    } catch (thrown) {
      showFailure(log, thrown);
    }
  });
}
