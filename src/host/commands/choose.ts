/** Quick picks for the configuration, the guard, the policy and the mode of a trace. */
import * as vscode from 'vscode';
import type { EnforcementMode } from '../../core/difc/record/decision.ts';
import { commands } from '../base/ids.ts';
import type { TraceDocument } from '../base/traceDocument.ts';
import { excludeGlob } from '../base/settings.ts';
import type { ReplaySettings } from '../../engine/session/runInputs.ts';
import { findNeighbours } from '../../engine/traceFiles/neighbours.ts';
import { type Feature, gather, showFailure } from '../base/services.ts';
import { requireTrust } from '../base/trust.ts';

interface FileItem extends vscode.QuickPickItem {
  /** undefined for the item that opens a file dialog. */
  readonly uri: vscode.Uri | undefined;
}

interface ServerItem extends vscode.QuickPickItem {
  readonly server: string | null;
}

const modes: readonly { readonly label: EnforcementMode; readonly detail: string }[] = [
  { label: 'strict', detail: 'Withholds a whole response if the agent may not see one of its items' },
  { label: 'filter', detail: 'Removes the items that the agent may not see' },
  { label: 'propagate', detail: 'Allows reads; the agent takes on the labels of what it reads' },
];

/** Beside the file or the mode of a list that is in use now. */
const inUseNote = 'in use';

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
    const chooseConfigTitle = 'Choose Gateway Configuration for Trace…';
    store.add(vscode.commands.registerCommand(commands.chooseConfig, onActive(chooseConfigTitle, chooseConfig)));
    store.add(
      vscode.commands.registerCommand(
        commands.chooseGuard,
        onActive('Choose Guard for Trace…', (document) => chooseGuard(document)),
      ),
    );
    store.add(
      vscode.commands.registerCommand(commands.choosePolicy, onActive('Choose Policy for Trace…', choosePolicy)),
    );
    store.add(
      vscode.commands.registerCommand(commands.chooseMode, onActive('Choose Enforcement Mode for Trace…', chooseMode)),
    );
  });

/** Asks for a configuration of the gateway and replays all its servers; one item goes back to a single guard. */
export async function chooseConfig(document: TraceDocument): Promise<void> {
  const { config } = document.session.settings;
  const placeHolder = "Select the gateway's configuration: all its servers are decided as one session";
  const none: FileItem = { label: '$(circle-slash) No configuration', detail: noConfigDetail, uri: undefined };
  const likely = config ?? findNeighbours(document.uri.fsPath).config;
  const extra = config === null ? [] : [none];
  const picked = await pickFile({
    placeHolder,
    glob: configGlob,
    filters: configFilters,
    likely,
    inUse: config,
    extra,
  });
  if (picked === none) await document.choose({ config: null });
  else if (picked?.uri !== undefined) await document.choose({ config: picked.uri.fsPath });
}

/**
 * Asks for a guard, unless it is given, and replays the trace through it. Beside a configuration, it replaces the guard of one server.
 */
export async function chooseGuard(document: TraceDocument, guard?: vscode.Uri): Promise<void> {
  const server = await pickReplaced(document, 'guard');
  if (server === undefined) return;
  if (server === null) return document.choose({ guard: null });
  const inUse = inUseFor(document, 'guard', server);
  const placeHolder = `Select the guard to replay ${server === '' ? 'the trace' : server} through`;
  const picked = guard ?? (await pickGuardFile(placeHolder, inUse, inUse));
  if (picked !== undefined) await document.choose({ ...replacing(document, server), guard: picked.fsPath });
}

/** Asks for a policy and replays the trace with it. Beside a configuration, it replaces the policy of one server. */
export async function choosePolicy(document: TraceDocument): Promise<void> {
  const server = await pickReplaced(document, 'policy');
  if (server === undefined) return;
  if (server === null) return document.choose({ policy: null });
  const inUse = inUseFor(document, 'policy', server);
  const placeHolder = server === '' ? 'Select the guard policy' : `Select the policy of ${server}`;
  const picked = await pickPolicyFile(placeHolder, inUse, inUse);
  if (picked !== undefined) await document.choose({ ...replacing(document, server), policy: picked.fsPath });
}

/**
 * Asks for the server that a guard or a policy is for, when several servers have calls. Null: the one that was chosen is taken away, so
 * that of the configuration counts; the empty text: the only server; undefined: the user gave up.
 */
async function pickReplaced(document: TraceDocument, what: 'guard' | 'policy'): Promise<string | null | undefined> {
  const { settings, trace, server: current } = document.session;
  const counts = new Map<string, number>();
  for (const { server } of trace.calls) {
    if (document.session.inputs.isConfigured(server)) counts.set(server, (counts.get(server) ?? 0) + 1);
  }
  const canRemove = settings.config !== null && settings[what] !== null;
  if (counts.size < 2 && !canRemove) return '';
  const back: ServerItem = { label: `$(discard) Use the ${what} of the configuration`, server: null };
  const items = [...counts].map(([server, calls]): ServerItem => {
    const isCurrent = server === current && settings[what] !== null;
    const description = `${calls} ${calls === 1 ? 'call' : 'calls'}${isCurrent ? ', chosen now' : ''}`;
    return { label: server, description, server };
  });
  const first = items.filter(({ server }) => server === current);
  const others = items.filter(({ server }) => server !== current);
  const placeHolder =
    settings.config === null
      ? `Select the server that the ${what} is for; the calls of the others are not decided`
      : `Select the server whose ${what} is replaced; the others keep that of the configuration`;
  const picked = await vscode.window.showQuickPick([...(canRemove ? [back] : []), ...first, ...others], {
    placeHolder,
  });
  return picked?.server;
}

/** A guard and a policy are for one server: beside a configuration, choosing one for another server takes away the other. */
function replacing({ session }: TraceDocument, server: string): Partial<ReplaySettings> {
  if (server === '') return {};
  const { config, guard, policy } = session.settings;
  if (config === null || server === session.server) return { server };
  return { server, ...(guard === null ? {} : { guard: null }), ...(policy === null ? {} : { policy: null }) };
}

/** The guard or the policy that a server is decided with now; null when that is not one of its own. */
function inUseFor({ session }: TraceDocument, what: 'guard' | 'policy', server: string): string | null {
  return server === '' || server === session.server ? session.settings[what] : null;
}

/** Asks for a guard of the workspace or from a file dialog. `likely`, a path, is listed first; `inUse` is marked. */
export function pickGuardFile(
  placeHolder: string,
  likely: string | null = null,
  inUse: string | null = null,
): Promise<vscode.Uri | undefined> {
  return pickUri({ placeHolder, glob: '**/*.wasm', filters: { 'WASM guards': ['wasm'] }, likely, inUse });
}

/** Asks for a policy of the workspace or from a file dialog. `likely`, a path, is listed first; `inUse` is marked. */
export function pickPolicyFile(
  placeHolder: string,
  likely: string | null = null,
  inUse: string | null = null,
): Promise<vscode.Uri | undefined> {
  const filters = { Policies: ['json', 'jsonc'] };
  return pickUri({ placeHolder, glob: '**/*policy*.{json,jsonc}', filters, likely, inUse });
}

async function chooseMode(document: TraceDocument): Promise<void> {
  const placeHolder = 'Select the enforcement mode to use if the guard does not set difc_mode';
  const configured = { label: 'configured', detail: 'The modes of the configuration' };
  const { config, mode } = document.session.settings;
  const items = [...(config === null ? [] : [configured]), ...modes].map((item) =>
    item.label === (mode ?? configured.label) ? { ...item, description: inUseNote } : item,
  );
  const picked = await vscode.window.showQuickPick(items, { placeHolder });
  if (picked === undefined) return;
  await document.choose({ mode: modes.find(({ label }) => label === picked.label)?.label ?? null });
}

const configGlob = '**/{config,*gateway*,*mcpg*}.{toml,json}';
const configFilters = { Configurations: ['toml', 'json'] };
const noConfigDetail = 'Decide the calls of one server, with the guard and the policy that are chosen';

interface FileQuestion {
  readonly placeHolder: string;
  readonly glob: string;
  readonly filters: Record<string, string[]>;
  /** A path that is listed first. */
  readonly likely: string | null;
  /** The path that is in use now, which is marked. */
  readonly inUse: string | null;
  /** Items before the files. */
  readonly extra?: readonly FileItem[];
}

async function pickUri(question: FileQuestion): Promise<vscode.Uri | undefined> {
  return (await pickFile(question))?.uri;
}

/** Asks for a file of the workspace or from a file dialog. */
async function pickFile({
  placeHolder,
  glob,
  filters,
  likely,
  inUse,
  extra = [],
}: FileQuestion): Promise<FileItem | undefined> {
  const found = await vscode.workspace.findFiles(glob, excludeGlob(), 500);
  const first = likely === null ? [] : [vscode.Uri.file(likely)];
  const others = found.filter(({ fsPath }) => fsPath !== likely);
  const item = (uri: vscode.Uri): FileItem => ({
    label: vscode.workspace.asRelativePath(uri),
    ...(uri.fsPath === inUse ? { description: inUseNote } : {}),
    uri,
  });
  const files = [...first.map(item), ...others.map(item).sort((a, b) => a.label.localeCompare(b.label))];
  const browse: FileItem = { label: '$(folder-opened) Browse…', uri: undefined };
  const items = [...extra, ...files, browse];
  const picked = await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true });
  if (picked !== browse) return picked;
  const [file] = (await vscode.window.showOpenDialog({ canSelectMany: false, filters, title: placeHolder })) ?? [];
  return file === undefined ? undefined : item(file);
}
