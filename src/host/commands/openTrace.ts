/** Opens traces in the panel: from a quick pick, from the Explorer, or from the packaged sample. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { Failure, toFailure } from '../../core/base/failure.ts';
import { samples } from '../../core/samples/catalog.ts';
import { capturesOfSameClient, readCaptureHead } from '../../engine/traceFiles/clientCaptures.ts';
import { commands, editors } from '../base/ids.ts';
import { uriOf } from '../base/traceUri.ts';
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
    store.add(
      fileCommand(services, commands.openTogether, async (uri) => {
        const capture = uri ?? services.sessions.active?.uri ?? (await pickTrace());
        if (capture !== undefined) await openTogether(capture.fsPath);
      }),
    );
    store.add(fileCommand(services, commands.openSample, () => openSample(services)));
  });

/** Opens a trace in the panel, also if the manifest does not associate its file name with an editor. */
export async function openTrace(uri: vscode.Uri): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', uri, traceEditorOf(uri));
}

/** The id of the custom editor that shows a trace. */
export function traceEditorOf(uri: vscode.Uri): string {
  return uri.path.endsWith('/rpc-messages.jsonl') ? editors.gatewayLog : editors.trace;
}

/**
 * Opens a capture with those that its client recorded of other servers at the same time, as one session: in the gateway, the labels of the
 * agent go from server to server. Throws `trace/no-other-captures` when there are none.
 */
async function openTogether(capture: string): Promise<void> {
  const own = await readCaptureHead(capture);
  const heads = own === null ? [] : [own, ...(await capturesOfSameClient(capture))];
  const [first, ...others] = heads.toSorted((a, b) => a.from - b.from).map(({ file }) => file);
  if (first === undefined || others.length === 0) {
    const message = `No other capture beside "${basename(capture)}" is of the same client at the same time`;
    throw new Failure('trace/no-other-captures', message, 'Put the captures of one client into one folder');
  }
  await openTrace(uriOf([first, ...others]));
}

/**
 * Opens the trace of the sample, which is copied to the extension's storage, where the user can edit it. A copy that is there stays as it
 * is, with its edits, until the user asks for a fresh one.
 */
async function openSample({ context }: Services): Promise<void> {
  const [sample] = samples;
  const [trace] = sample?.traces ?? [];
  if (sample === undefined || trace === undefined) return;
  const source = vscode.Uri.joinPath(context.extensionUri, sample.folder);
  const folder = vscode.Uri.joinPath(context.globalStorageUri, 'samples', sample.id);
  const traceUri = vscode.Uri.joinPath(folder, trace);
  const copy = async (): Promise<void> => vscode.workspace.fs.copy(source, folder, { overwrite: true });
  const isThere = await vscode.workspace.fs.stat(traceUri).then(
    () => true,
    () => false,
  );
  if (!isThere) await copy();
  await openTrace(traceUri);
  void offerSample(folder, isThere ? copy : null).catch((thrown: unknown) => {
    void vscode.window.showErrorMessage(`The sample in ${folder.fsPath}: ${toFailure(thrown).message}`);
  });
}

/** Says where the sample is, and offers its description, its folder with the source of the guard, and `refresh` when there may be edits. */
async function offerSample(folder: vscode.Uri, refresh: (() => Promise<void>) | null): Promise<void> {
  const [readme, open, afresh] = ['Open README', 'Open Folder', 'Discard Edits'];
  const sentence =
    refresh === null
      ? `The sample was copied to ${folder.fsPath}, with the source of its guard.`
      : `The sample is as you left it, in ${folder.fsPath}.`;
  const actions = refresh === null ? [readme, open] : [readme, open, afresh];
  const answer = await vscode.window.showInformationMessage(sentence, ...actions);
  if (answer === readme) await vscode.window.showTextDocument(vscode.Uri.joinPath(folder, 'README.md'));
  if (answer === open) await vscode.commands.executeCommand('vscode.openFolder', folder, { forceNewWindow: true });
  if (answer === afresh) await refresh?.();
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
