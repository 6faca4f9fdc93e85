/** "Use Guard for the Open Trace", "Inspect Guard" and "Check Guard". */
import * as vscode from 'vscode';
import { lintModule } from '../../core/lint/loading/moduleLint.ts';
import { inspectModule } from '../../core/wasm/inspect.ts';
import { formatInspection } from '../../core/present/formatInspection.ts';
import { readInput } from '../../engine/guard/readInput.ts';
import { commands } from '../base/ids.ts';
import { chooseGuard } from '../commands/choose.ts';
import { showText } from '../base/textDocuments.ts';
import { type Feature, gather, showFailure } from '../base/services.ts';
import { activeGuard, checkAndShow } from './checkCommand.ts';
import { pickGuard } from './guardsView.ts';
import { requireTrust } from '../base/trust.ts';

/** The argument of a command: a file from the Explorer, or an item of the Guards view. */
type GuardArgument = vscode.Uri | { readonly resourceUri?: vscode.Uri } | undefined;

export const guardCommands: Feature = (services) =>
  gather((store) => {
    const { sessions, log } = services;
    const onFile =
      (run: (uri: vscode.Uri) => Promise<void>, usual?: () => vscode.Uri | undefined) =>
      async (argument: GuardArgument) => {
        try {
          const uri =
            argument instanceof vscode.Uri ? argument : (argument?.resourceUri ?? usual?.() ?? (await pickGuard()));
          if (uri !== undefined) await run(uri);
        } catch (thrown) {
          showFailure(log, thrown);
        }
      };
    store.add(
      vscode.commands.registerCommand(
        commands.useGuard,
        onFile(async (uri) => {
          requireTrust('Use Guard for the Open Trace');
          if (sessions.active !== undefined) await chooseGuard(sessions.active, uri);
        }),
      ),
    );
    store.add(
      vscode.commands.registerCommand(
        commands.inspectGuard,
        onFile(async (uri) => {
          const bytes = await readInput(uri.fsPath, 'guard');
          const inspected = inspectModule(bytes);
          const lint = inspected.value.loadError === null ? lintModule(bytes) : [];
          const report = { ...inspected, problems: [...inspected.problems, ...lint] };
          const title = vscode.workspace.asRelativePath(uri);
          await showText(`${title}.txt`, formatInspection(title, report));
        }),
      ),
    );
    store.add(
      vscode.commands.registerCommand(
        commands.checkGuard,
        onFile(
          (uri) => checkAndShow(uri, services),
          () => activeGuard(services),
        ),
      ),
    );
  });
