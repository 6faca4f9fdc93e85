/** "Compare With…": chooses what the decisions of the open trace are compared with. */
import * as vscode from 'vscode';
import { commands } from '../base/ids.ts';
import { type Feature, gather, showFailure } from '../base/services.ts';
import { requireTrust } from '../base/trust.ts';
import { compareWith } from './compareWith.ts';

export const compareCommand: Feature = (services) =>
  gather((store) => {
    store.add(
      vscode.commands.registerCommand(commands.compareWith, async () => {
        const document = services.sessions.active;
        if (document === undefined) {
          void vscode.window.showInformationMessage('No trace is open. Run "Guardscope: Open Trace…" first.');
          return;
        }
        try {
          requireTrust('Compare with');
          if (document.session.run.status === 'idle') await document.replay();
          await compareWith(services, document);
        } catch (thrown) {
          showFailure(services.log, thrown);
        }
      }),
    );
  });
