/** Says where a choice was stored: settings of a workspace are files that others share. */
import * as vscode from 'vscode';
import { toFailure } from '../../core/base/failure.ts';
import type { StoredChoice } from './settings.ts';

/** How long a sentence stands in the status bar, in milliseconds. */
const shownMs = 8000;

/**
 * Says that the choice for a trace is in the settings. The first time it offers to take the choice back, which runs `undo`, and to open the
 * settings; later times it is a sentence in the status bar.
 */
export async function announceChoice(
  trace: vscode.Uri,
  { file }: StoredChoice,
  isFirst: boolean,
  undo: () => Promise<void>,
): Promise<void> {
  const name = (uri: vscode.Uri): string => vscode.workspace.asRelativePath(uri);
  const sentence = `The choice for ${name(trace)} is stored in ${name(file)} ("guardscope.traces").`;
  if (!isFirst) {
    vscode.window.setStatusBarMessage(sentence, shownMs);
    return;
  }
  const [takeBack, open] = ['Undo', 'Open Settings'];
  const answer = await vscode.window.showInformationMessage(sentence, takeBack, open);
  try {
    if (answer === takeBack) await undo();
    if (answer === open) await vscode.window.showTextDocument(file);
  } catch (thrown) {
    void vscode.window.showErrorMessage(`"${answer}" failed: ${toFailure(thrown).message}`);
  }
}
