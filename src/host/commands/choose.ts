/** Lets the user pick the guard, the policy or the mode of a trace from what the workspace has. */
import * as vscode from 'vscode';
import type { EnforcementMode } from '../../core/difc/record/decision.ts';
import { commands } from '../base/ids.ts';
import type { TraceDocument } from '../base/traceDocument.ts';
import { excludeGlob } from '../base/settings.ts';
import { type Feature, gather, type Services, showFailure } from '../base/services.ts';

interface FileItem extends vscode.QuickPickItem {
  /** undefined: the item that opens a file dialog. */
  readonly uri: vscode.Uri | undefined;
}

const modes: readonly { readonly label: EnforcementMode; readonly detail: string }[] = [
  { label: 'strict', detail: 'A response with any item that the agent may not see is withheld as a whole' },
  { label: 'filter', detail: 'Items that the agent may not see are removed' },
  { label: 'propagate', detail: 'Reads are allowed and the agent takes on their labels' },
];

/** The commands that choose for the active session. */
export const chooseCommands: Feature = (services) =>
  gather((store) => {
    const onActive = (run: (services: Services, document: TraceDocument) => Promise<void>) => async () => {
      const { active } = services.sessions;
      if (active === undefined) {
        void vscode.window.showInformationMessage('Open a trace first: run "Guardscope: Open Trace…"');
        return;
      }
      try {
        await run(services, active);
      } catch (thrown) {
        showFailure(services.log, thrown);
      }
    };
    store.add(vscode.commands.registerCommand(commands.chooseGuard, onActive(chooseGuard)));
    store.add(vscode.commands.registerCommand(commands.choosePolicy, onActive(choosePolicy)));
    store.add(vscode.commands.registerCommand(commands.chooseMode, onActive(chooseMode)));
  });

export async function chooseGuard(_services: Services, document: TraceDocument): Promise<void> {
  const picked = await pickGuardFile('Choose the guard to replay the trace through');
  if (picked !== undefined) await document.choose({ guard: picked.fsPath });
}

export async function choosePolicy(_services: Services, document: TraceDocument): Promise<void> {
  const picked = await pickPolicyFile('Choose the guard policy');
  if (picked !== undefined) await document.choose({ policy: picked.fsPath });
}

/** A guard of the workspace or from the disk; `likely` (a path) stands first. */
export function pickGuardFile(placeHolder: string, likely: string | null = null): Promise<vscode.Uri | undefined> {
  return pickFile(placeHolder, '**/*.wasm', { 'WASM guards': ['wasm'] }, likely);
}

/** A policy of the workspace or from the disk; `likely` (a path) stands first. */
export function pickPolicyFile(placeHolder: string, likely: string | null = null): Promise<vscode.Uri | undefined> {
  return pickFile(placeHolder, '**/*policy*.{json,jsonc}', { Policies: ['json', 'jsonc'] }, likely);
}

async function chooseMode(_services: Services, document: TraceDocument): Promise<void> {
  const placeHolder = "Enforcement mode of servers whose guard names none; a guard's own difc_mode wins";
  const picked = await vscode.window.showQuickPick(modes, { placeHolder });
  if (picked !== undefined) await document.choose({ mode: picked.label });
}

async function pickFile(
  placeHolder: string,
  glob: string,
  filters: Record<string, string[]>,
  likely: string | null,
): Promise<vscode.Uri | undefined> {
  const found = await vscode.workspace.findFiles(glob, excludeGlob(), 500);
  const first = likely === null ? [] : [vscode.Uri.file(likely)];
  const others = found.filter(({ fsPath }) => fsPath !== likely);
  const item = (uri: vscode.Uri): FileItem => ({ label: vscode.workspace.asRelativePath(uri), uri });
  const items = [...first.map(item), ...others.map(item).sort((a, b) => a.label.localeCompare(b.label))];
  const browse: FileItem = { label: '$(folder-opened) Browse…', uri: undefined };
  const picked = await vscode.window.showQuickPick([...items, browse], { placeHolder, matchOnDescription: true });
  if (picked === undefined || picked.uri !== undefined) return picked?.uri;
  const [file] = (await vscode.window.showOpenDialog({ canSelectMany: false, filters, title: placeHolder })) ?? [];
  return file;
}
