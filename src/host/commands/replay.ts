/** "Replay", "Cancel Replay" and "Show Log". */
import * as vscode from 'vscode';
import { commands } from '../base/ids.ts';
import { type Feature, gather, showFailure } from '../base/services.ts';
import { openTrace } from './openTrace.ts';

export const replayCommands: Feature = ({ sessions, log }) =>
  gather((store) => {
    store.add(
      vscode.commands.registerCommand(commands.replay, async (argument?: unknown) => {
        const document = sessions.active;
        if (document === undefined) {
          void vscode.window.showInformationMessage('No trace is open. Run "Guardscope: Open Trace…" first.');
          return;
        }
        try {
          if (reveals(argument)) await openTrace(document.uri);
          await document.replay();
        } catch (thrown) {
          showFailure(log, thrown);
        }
        return document.session.run;
      }),
    );
    store.add(vscode.commands.registerCommand(commands.cancelReplay, () => sessions.active?.session.cancel()));
    store.add(vscode.commands.registerCommand(commands.showLog, () => log.show()));
  });

/** The lenses in source ask for the panel; menus give a file. */
function reveals(argument: unknown): boolean {
  return typeof argument === 'object' && argument !== null && 'reveal' in argument && argument.reveal === true;
}
