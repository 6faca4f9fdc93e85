/** Lenses above the three functions of a guard in source: replay the open session, and what it decided. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Disposable } from '../../core/base/lifecycle.ts';
import { isLabelFunction } from '../../core/source/guardNames.ts';
import { lensText } from '../../core/source/lensText.ts';
import { commands, settingDefaults, settingsSection } from '../base/ids.ts';
import { type Feature, gather } from '../base/services.ts';
import type { TraceDocument } from '../base/traceDocument.ts';
import { traceEditorOf } from '../commands/openTrace.ts';
import { guardSources, namesIn } from './guardDocuments.ts';

export const guardLenses: Feature = ({ sessions }) =>
  gather((store) => {
    const changed = store.add(new vscode.EventEmitter<void>());
    let shown = '';
    let listening: Disposable | undefined;
    const update = (): void => {
      const document = sessions.active;
      const now = document === undefined ? '' : `${document.uri.toString()} ${lensText(document.session.run)}`;
      if (now !== shown) changed.fire();
      shown = now;
    };
    const follow = (): void => {
      listening?.dispose();
      listening = sessions.active?.session.onDidChange(update);
      update();
    };
    follow();
    store.add(sessions.onDidChange(follow));
    store.add({ dispose: () => listening?.dispose() });
    store.add(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(`${settingsSection}.codeLens`)) changed.fire();
      }),
    );
    store.add(
      vscode.languages.registerCodeLensProvider(guardSources, {
        onDidChangeCodeLenses: changed.event,
        provideCodeLenses(document) {
          const section = vscode.workspace.getConfiguration(settingsSection, document);
          if (!section.get<boolean>('codeLens', settingDefaults.codeLens)) return [];
          return namesIn(document)
            .filter(isLabelFunction)
            .flatMap(({ at }) => {
              const place = document.positionAt(at);
              const range = new vscode.Range(place, place);
              return commandsFor(sessions.active).map((command) => new vscode.CodeLens(range, command));
            });
        },
      }),
    );
  });

/** Without an open session, the lens opens one. */
function commandsFor(document: TraceDocument | undefined): readonly vscode.Command[] {
  if (document === undefined) return [{ title: 'Open a session to replay', command: commands.openTrace }];
  const { uri, session } = document;
  const name = basename(uri.fsPath);
  return [
    {
      title: '$(debug-rerun) Replay',
      tooltip: `Replay ${name}`,
      command: commands.replay,
      arguments: [{ reveal: true }],
    },
    {
      title: lensText(session.run),
      tooltip: `Show ${name}`,
      command: 'vscode.openWith',
      arguments: [uri, traceEditorOf(uri)],
    },
  ];
}
