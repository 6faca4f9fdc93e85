/** Captures from and for others: import, export, and what changed in the tools of a server. */
import { rm } from 'node:fs/promises';
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
      const capture = uri ?? services.sessions.active?.uri ?? (await pickCapture('Choose the session to export'));
      if (capture !== undefined) await exportSession(services, capture);
    });
    command(commands.compareTools, async (uri) => {
      const capture = uri ?? (await pickCapture('Choose the session whose tools to compare'));
      if (capture !== undefined) await compare(capture);
    });
  });

async function importSession({ context }: Services, given: vscode.Uri | undefined): Promise<void> {
  const filters = { 'HAR, cassettes, bundles, messages': ['har', 'json', 'jsonl', 'guardbundle'], 'All files': ['*'] };
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
  const made = captures.map((capture) => basename(capture)).join(', ');
  const [problem] = problems;
  const sentence = `${basename(file.fsPath)} became ${made}`;
  if (problem === undefined) void vscode.window.showInformationMessage(sentence);
  else void vscode.window.showWarningMessage(`${sentence}. ${problem.message}`);
}

/** What a session can be written as. */
const formats: readonly (vscode.QuickPickItem & {
  readonly format: ExportKind;
  readonly withGuard: boolean;
  readonly ending: string;
})[] = [
  {
    label: 'Bundle without secrets',
    detail: 'Session, policy and the hash of the guard, to share with others',
    format: 'bundle',
    withGuard: false,
    ending: 'guardbundle.json',
  },
  {
    label: 'Bundle without secrets, with the guard',
    detail: 'The same with the module itself, so that the decisions can be repeated',
    format: 'bundle',
    withGuard: true,
    ending: 'guardbundle.json',
  },
  { label: 'HAR', detail: 'For tools that read HTTP archives', format: 'har', withGuard: false, ending: 'har' },
  {
    label: 'Cassette of mcp-recorder',
    detail: 'To replay the server in tests',
    format: 'cassette',
    withGuard: false,
    ending: 'cassette.json',
  },
];

async function exportSession({ context }: Services, capture: vscode.Uri): Promise<void> {
  const placeHolder = `What to write ${basename(capture.fsPath)} as`;
  const picked = await vscode.window.showQuickPick(formats, { placeHolder, matchOnDetail: true });
  if (picked === undefined) return;
  const stem = capture.fsPath.replace(/(?:\.guardtrace)?\.jsonl$/, '');
  const defaultUri = vscode.Uri.file(`${stem}.${picked.ending}`);
  const target = await vscode.window.showSaveDialog({ defaultUri, title: 'Export Session' });
  if (target === undefined) return;
  const { guard, policy } = sessionSettings(capture, rememberedChoice(context.workspaceState, capture));
  // The dialog has asked whether what is there may go.
  await rm(target.fsPath, { force: true });
  const { withGuard, format } = picked;
  const options = { version: versionOf(context), guard, policy, withGuard };
  const { path, note } = await exportTrace(capture.fsPath, format, target.fsPath, options);
  void vscode.window.showInformationMessage(`Wrote ${shortPath(path)}${note === '' ? '' : `; ${note}`}`);
}

/** The older session is the one before. */
async function compare(capture: vscode.Uri): Promise<void> {
  const named = readCaptureName(capture.fsPath);
  const ofSameServer = (uri: vscode.Uri): boolean => readCaptureName(uri.fsPath)?.server === named?.server;
  const other = await pickCapture(
    `Compare the tools of ${named?.server ?? basename(capture.fsPath)} with`,
    ofSameServer,
    capture,
  );
  if (other === undefined) return;
  const start = (uri: vscode.Uri): number => readCaptureName(uri.fsPath)?.start ?? 0;
  const [old, now] = start(other) <= start(capture) ? [other, capture] : [capture, other];
  const [before, after] = await Promise.all([readOfferedTools(old.fsPath), readOfferedTools(now.fsPath)]);
  const changes = compareTools(before, after);
  if (changes.length === 0) {
    void vscode.window.showInformationMessage(`Both sessions were offered the same ${after.length} tools`);
    return;
  }
  const lines = [
    `Tools offered in ${shortPath(old.fsPath)}, and in ${shortPath(now.fsPath)}`,
    '+ came, - went, ~ changed; "!" marks what a model reads',
    '',
    ...changes.flatMap(describeChange),
  ];
  await showText('tool changes.txt', `${lines.join('\n')}\n`);
  const count = changes.length === 1 ? '1 tool is' : `${changes.length} tools are`;
  const asDiff = 'Show Both';
  if ((await vscode.window.showInformationMessage(`${count} not as before`, asDiff)) !== asDiff) return;
  const text = (tools: typeof before): string =>
    JSON.stringify(
      tools.map(({ definition }) => definition),
      null,
      2,
    );
  const [left, right] = [textUri('before/tools.json', text(before)), textUri('after/tools.json', text(after))];
  await vscode.commands.executeCommand('vscode.diff', left, right, 'Tools: before and after');
}

function versionOf(context: vscode.ExtensionContext): string {
  return String(context.extension.packageJSON.version);
}
