/** What every feature of the extension is given: the engine, the open sessions, the log, and the extension's own folder. */
import * as vscode from 'vscode';
import { DisposableStore } from '../../core/base/lifecycle.ts';
import { toFailure } from '../../core/base/failure.ts';
import type { GuardServices } from '../../engine/guard/openGuard.ts';
import type { LiveSessions } from '../../engine/captureHome/liveSessions.ts';
import type { PublishedList } from './publishedList.ts';
import type { OpenSessions } from './openSessions.ts';

export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly engine: GuardServices;
  readonly sessions: OpenSessions;
  /** What is being captured. */
  readonly live: LiveSessions;
  /** What VS Code is offered to start captured. */
  readonly published: PublishedList;
  readonly log: vscode.LogOutputChannel;
}

/** A feature registers what it adds and hands back what undoes it. */
export type Feature = (services: Services) => vscode.Disposable;

/** Gathers the disposables of a feature. */
export function gather(register: (store: DisposableStore) => void): vscode.Disposable {
  const store = new DisposableStore();
  register(store);
  return store;
}

/** Shows a failure as one sentence with its next step; what is behind it goes to the log. */
export function showFailure(log: vscode.LogOutputChannel, thrown: unknown): void {
  const { code, message, hint } = toFailure(thrown);
  log.error(`${code}: ${message}`, thrown instanceof Error ? (thrown.stack ?? '') : '');
  void vscode.window.showErrorMessage(hint === '' ? message : `${message}. ${hint}`);
}

/** What a command is called with: a file of the explorer, a row of a view, or nothing from the palette. */
type CommandArgument = vscode.Uri | { readonly uri?: vscode.Uri } | undefined;

/** Registers a command about a file, or none; it shows its failure as one sentence. */
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
