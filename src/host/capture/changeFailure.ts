/** Says why a configuration was not changed, and opens it at the server's entry when the user asks. */
import * as vscode from 'vscode';
import type { Position } from '../../core/base/parsed.ts';
import { toFailure } from '../../core/base/failure.ts';
import { showFailure } from '../base/services.ts';
import { openAt } from './clientServers.ts';

/** Failures of the file itself get the action; others are shown as everywhere. */
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
