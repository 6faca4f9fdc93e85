/** Opens traces in the panel: from a quick pick, from the Explorer, or from the packaged sample. */
import * as vscode from 'vscode';
import { samples } from '../../core/samples/catalog.ts';
import { commands, editors } from '../base/ids.ts';
import { excludeGlob } from '../base/settings.ts';
import { type Feature, gather, fileCommand, type Services } from '../base/services.ts';

interface TraceItem extends vscode.QuickPickItem {
  readonly uri: vscode.Uri | undefined;
}

/** The traces that views and pickers list. */
export const traceGlob = '**/{*.guardtrace.jsonl,rpc-messages.jsonl,*.stderr.log,gateway.log}';

export const openTraceCommands: Feature = (services) =>
  gather((store) => {
    store.add(
      fileCommand(services, commands.openTrace, async (uri) => {
        const chosen = uri ?? (await pickTrace());
        if (chosen !== undefined) await openTrace(chosen);
      }),
    );
    store.add(fileCommand(services, commands.openSample, () => openSample(services)));
  });

/** Opens a trace in the panel, also if the manifest does not associate its file name with an editor. */
export async function openTrace(uri: vscode.Uri): Promise<void> {
  const editor = uri.path.endsWith('/rpc-messages.jsonl') ? editors.gatewayLog : editors.trace;
  await vscode.commands.executeCommand('vscode.openWith', uri, editor);
}

/** Copies the sample to the extension's storage, where the user can edit it, and opens its trace. */
async function openSample({ context }: Services): Promise<void> {
  const [sample] = samples;
  const [trace] = sample?.traces ?? [];
  if (sample === undefined || trace === undefined) return;
  const source = vscode.Uri.joinPath(context.extensionUri, sample.folder);
  const target = vscode.Uri.joinPath(context.globalStorageUri, 'samples', sample.id);
  await vscode.workspace.fs.copy(source, target, { overwrite: true });
  await openTrace(vscode.Uri.joinPath(target, trace));
}

async function pickTrace(): Promise<vscode.Uri | undefined> {
  const found = await vscode.workspace.findFiles(traceGlob, excludeGlob(), 500);
  if (found.length > 0) {
    const items: TraceItem[] = found
      .map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }))
      .sort((a, b) => a.label.localeCompare(b.label));
    const browse: TraceItem = { label: '$(folder-opened) Browse…', uri: undefined };
    const placeHolder = 'Select the trace to open';
    const picked = await vscode.window.showQuickPick([...items, browse], { placeHolder });
    if (picked === undefined || picked.uri !== undefined) return picked?.uri;
  }
  const filters = { Traces: ['jsonl', 'log'], 'All Files': ['*'] };
  const [file] = (await vscode.window.showOpenDialog({ canSelectMany: false, filters, title: 'Open Trace' })) ?? [];
  return file;
}
