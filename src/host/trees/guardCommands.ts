/** "Use Guard for the Open Trace" and "Inspect Guard". */
import * as vscode from 'vscode';
import { lintModule } from '../../core/lint/loading/moduleLint.ts';
import { inspectModule } from '../../core/wasm/inspect.ts';
import { formatInspection } from '../../core/present/formatInspection.ts';
import { readInput } from '../../engine/guard/readInput.ts';
import { commands } from '../base/ids.ts';
import { showText } from '../base/textDocuments.ts';
import { type Feature, gather, showFailure } from '../base/services.ts';
import { pickGuard } from './guardsView.ts';
import { requireTrust } from '../base/trust.ts';

/** The argument of a command: a file from the Explorer, or an item of the Guards view. */
type GuardArgument = vscode.Uri | { readonly resourceUri?: vscode.Uri } | undefined;

export const guardCommands: Feature = ({ sessions, log }) =>
  gather((store) => {
    const onFile = (run: (uri: vscode.Uri) => Promise<void>) => async (argument: GuardArgument) => {
      try {
        const uri = argument instanceof vscode.Uri ? argument : (argument?.resourceUri ?? (await pickGuard()));
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
          await sessions.active?.choose({ guard: uri.fsPath });
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
  });
