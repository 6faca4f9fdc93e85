/** Quick picks for the guard, the policy and the mode of a trace. */
import * as vscode from 'vscode';
import type { EnforcementMode } from '../../core/difc/record/decision.ts';
import { commands } from '../base/ids.ts';
import type { TraceDocument } from '../base/traceDocument.ts';
import { excludeGlob } from '../base/settings.ts';
import { type Feature, gather, showFailure } from '../base/services.ts';
import { requireTrust } from '../base/trust.ts';

interface FileItem extends vscode.QuickPickItem {
  /** undefined for the item that opens a file dialog. */
  readonly uri: vscode.Uri | undefined;
}

const modes: readonly { readonly label: EnforcementMode; readonly detail: string }[] = [
  { label: 'strict', detail: 'Withholds a whole response if the agent may not see one of its items' },
  { label: 'filter', detail: 'Removes the items that the agent may not see' },
  { label: 'propagate', detail: 'Allows reads; the agent takes on the labels of what it reads' },
];

/** The commands that choose inputs for the active trace. */
export const chooseCommands: Feature = (services) =>
  gather((store) => {
    const onActive = (title: string, run: (document: TraceDocument) => Promise<void>) => async () => {
      const { active } = services.sessions;
      if (active === undefined) {
        void vscode.window.showInformationMessage('No trace is open. Run "Guardscope: Open Trace…" first.');
        return;
      }
      try {
        requireTrust(title);
        await run(active);
      } catch (thrown) {
        showFailure(services.log, thrown);
      }
    };
    store.add(vscode.commands.registerCommand(commands.chooseGuard, onActive('Choose Guard for Trace…', chooseGuard)));
    store.add(
      vscode.commands.registerCommand(commands.choosePolicy, onActive('Choose Policy for Trace…', choosePolicy)),
    );
    store.add(
      vscode.commands.registerCommand(commands.chooseMode, onActive('Choose Enforcement Mode for Trace…', chooseMode)),
    );
  });

/** Asks for a guard and replays the trace through it. */
export async function chooseGuard(document: TraceDocument): Promise<void> {
  const picked = await pickGuardFile('Select the guard to replay the trace through');
  if (picked !== undefined) await document.choose({ guard: picked.fsPath });
}

/** Asks for a policy and replays the trace with it. */
export async function choosePolicy(document: TraceDocument): Promise<void> {
  const picked = await pickPolicyFile('Select the guard policy');
  if (picked !== undefined) await document.choose({ policy: picked.fsPath });
}

/** Asks for a guard of the workspace or from a file dialog. `likely`, a path, is listed first. */
export function pickGuardFile(placeHolder: string, likely: string | null = null): Promise<vscode.Uri | undefined> {
  return pickFile(placeHolder, '**/*.wasm', { 'WASM guards': ['wasm'] }, likely);
}

/** Asks for a policy of the workspace or from a file dialog. `likely`, a path, is listed first. */
export function pickPolicyFile(placeHolder: string, likely: string | null = null): Promise<vscode.Uri | undefined> {
  return pickFile(placeHolder, '**/*policy*.{json,jsonc}', { Policies: ['json', 'jsonc'] }, likely);
}

async function chooseMode(document: TraceDocument): Promise<void> {
  const placeHolder = 'Select the enforcement mode to use if the guard does not set difc_mode';
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
