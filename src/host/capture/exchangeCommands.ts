/** "Import Session…", "Export Session…" and "Compare Tools with Another Session…". */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { compareTools, describeChange } from '../../core/interchange/toolDrift.ts';
import { type ExportKind, exportTrace } from '../../engine/traceFiles/exportTrace.ts';
import { importTrace } from '../../engine/traceFiles/importTrace.ts';
import { readOfferedTools } from '../../engine/traceFiles/offeredTools.ts';
import { commands } from '../base/ids.ts';
import { openTrace } from '../commands/openTrace.ts';
import { rememberChoice, rememberedChoice, sessionSettings } from '../base/settings.ts';
import { type Feature, gather, fileCommand, type Services } from '../base/services.ts';
import { showText, textUri } from '../base/textDocuments.ts';
import { pickCapture } from './chooseCapture.ts';
import { shortPath } from './clientServers.ts';
import { readCaptureName } from '../../engine/captureHome/sessionRow.ts';

export const exchangeCommands: Feature = (services) =>
  gather((store) => {
    const command = (id: string, run: (uri: vscode.Uri | undefined) => Promise<void>): void => {
      store.add(fileCommand(services, id, run));
    };
    command(commands.importTrace, (uri) => importSession(services, uri));
    command(commands.exportTrace, async (uri) => {
      const capture = uri ?? services.sessions.active?.uri ?? (await pickCapture('Select the session to export'));
      if (capture !== undefined) await exportSession(services, capture);
    });
    command(commands.compareTools, async (uri) => {
      const capture = uri ?? (await pickCapture('Select the session whose tools to compare'));
      if (capture !== undefined) await compare(capture);
    });
  });

async function importSession({ context }: Services, given: vscode.Uri | undefined): Promise<void> {
  const filters = { 'HAR, Cassettes, Bundles, Messages': ['har', 'json', 'jsonl', 'guardbundle'], 'All Files': ['*'] };
  const [file] =
    given !== undefined
      ? [given]
      : ((await vscode.window.showOpenDialog({ canSelectMany: false, filters, title: 'Import Session' })) ?? []);
  if (file === undefined) return;
  const { captures, policy, problems } = await importTrace(file.fsPath, { version: versionOf(context) });
  const [first] = captures;
  if (first === undefined) return;
  const uri = vscode.Uri.file(first);
  if (policy !== null) await rememberChoice(context.workspaceState, uri, { policy });
  await openTrace(uri);
  const names = captures.map((capture) => basename(capture)).join(', ');
  const [problem] = problems;
  const sentence = `Imported ${basename(file.fsPath)} as ${names}.`;
  if (problem === undefined) void vscode.window.showInformationMessage(sentence);
  else void vscode.window.showWarningMessage(`${sentence} ${problem.message}`);
}

/** The formats that a session can be exported to. */
const formats: readonly (vscode.QuickPickItem & {
  readonly format: ExportKind;
  readonly withGuard: boolean;
  readonly ending: string;
})[] = [
  {
    label: 'Bundle',
    detail: 'The session without secrets, the policy, and the hash of the guard',
    format: 'bundle',
    withGuard: false,
    ending: 'guardbundle.json',
  },
  {
    label: 'Bundle with guard',
    detail: 'The session without secrets, the policy, and the guard module, so that decisions can be reproduced',
    format: 'bundle',
    withGuard: true,
    ending: 'guardbundle.json',
  },
  { label: 'HAR', detail: 'HTTP archive for other tools', format: 'har', withGuard: false, ending: 'har' },
  {
    label: 'mcp-recorder cassette',
    detail: 'Replays the server in tests',
    format: 'cassette',
    withGuard: false,
    ending: 'cassette.json',
  },
];

async function exportSession({ context }: Services, capture: vscode.Uri): Promise<void> {
  const placeHolder = `Select the format to export ${basename(capture.fsPath)} to`;
  const picked = await vscode.window.showQuickPick(formats, { placeHolder, matchOnDetail: true });
  if (picked === undefined) return;
  const stem = capture.fsPath.replace(/(?:\.guardtrace)?\.jsonl$/, '');
  const defaultUri = vscode.Uri.file(`${stem}.${picked.ending}`);
  const target = await vscode.window.showSaveDialog({ defaultUri, title: 'Export Session' });
  if (target === undefined) return;
  const { guard, policy } = sessionSettings(capture, rememberedChoice(context.workspaceState, capture));
  const { withGuard, format } = picked;
  // The save dialog already asked whether an existing file may be replaced.
  const options = { version: versionOf(context), guard, policy, withGuard, replace: true };
  const { path, note } = await exportTrace(capture.fsPath, format, target.fsPath, options);
  void vscode.window.showInformationMessage(`Exported to ${shortPath(path)}${note === '' ? '' : ` (${note})`}`);
}

/** Compares two sessions of the user's choice, from the older to the newer one. */
async function compare(capture: vscode.Uri): Promise<void> {
  const server = readCaptureName(capture.fsPath)?.server;
  const first = (uri: vscode.Uri): boolean => readCaptureName(uri.fsPath)?.server === server;
  const placeHolder = `Select the session to compare the tools of ${server ?? basename(capture.fsPath)} with`;
  const other = await pickCapture(placeHolder, { first, exclude: capture });
  if (other === undefined) return;
  const start = (uri: vscode.Uri): number => readCaptureName(uri.fsPath)?.start ?? 0;
  const [old, now] = start(other) <= start(capture) ? [other, capture] : [capture, other];
  const [before, after] = await Promise.all([readOfferedTools(old.fsPath), readOfferedTools(now.fsPath)]);
  const changes = compareTools(before, after);
  if (changes.length === 0) {
    const same = after.length === 1 ? 'tool' : `${after.length} tools`;
    void vscode.window.showInformationMessage(`No tools changed. Both sessions offer the same ${same}.`);
    return;
  }
  const lines = [
    `Tools in ${shortPath(old.fsPath)} and in ${shortPath(now.fsPath)}`,
    '+ added, - removed, ~ changed; "!" marks text that a model reads',
    '',
    ...changes.flatMap(describeChange),
  ];
  await showText('tool changes.txt', `${lines.join('\n')}\n`);
  const count = changes.length === 1 ? '1 tool changed.' : `${changes.length} tools changed.`;
  const asDiff = 'Show Diff';
  if ((await vscode.window.showInformationMessage(count, asDiff)) !== asDiff) return;
  const text = (tools: typeof before): string =>
    JSON.stringify(
      tools.map(({ definition }) => definition),
      null,
      2,
    );
  const [left, right] = [textUri('before/tools.json', text(before)), textUri('after/tools.json', text(after))];
  await vscode.commands.executeCommand('vscode.diff', left, right, 'Tools: Before ↔ After');
}

function versionOf(context: vscode.ExtensionContext): string {
  return String(context.extension.packageJSON.version);
}
