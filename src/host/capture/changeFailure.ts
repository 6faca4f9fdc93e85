/** Shows why a configuration was not changed, with an action that opens the file at the server's entry. */
import * as vscode from 'vscode';
import type { Position } from '../../core/base/parsed.ts';
import { toFailure } from '../../core/base/failure.ts';
import { showFailure } from '../base/services.ts';
import { openAt } from './clientServers.ts';

/** Adds the action to failures of the file (`clients/…`); other failures are shown with `showFailure`. */
export async function showChangeFailure(
  log: vscode.LogOutputChannel,
  thrown: unknown,
  position: Position,
  path: string,
): Promise<void> {
  const { code, message, hint } = toFailure(thrown);
  if (!code.startsWith('clients/')) {
    showFailure(log, thrown);
    return;
  }
  log.error(`${code}: ${message}`);
  const open = position.line === undefined ? 'Open File' : `Open File at Line ${position.line}`;
  const sentence = hint === '' ? message : `${message}. ${hint}`;
  if ((await vscode.window.showErrorMessage(sentence, open)) === open) await openAt({ position }, path);
}
