/** "New Call…": asks for a server, starts it behind a tap with the guard of the active trace, and opens the compose view. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ComposeDraft } from '../../core/protocol/compose.ts';
import { splitCommand } from '../../core/clientConfigs/commandLine.ts';
import { tapLength } from '../../core/clientConfigs/tapMarks.ts';
import { commandText, defaultCwd, findConfigs, folderOf, type FoundServer } from '../capture/clientServers.ts';
import { brokenRow, type BrokenRow, showBroken } from '../capture/pickServer.ts';
import { commands, settingDefaults, settingsSection } from '../base/ids.ts';
import { InputAnswers, InputRefused } from '../mcp/askVariables.ts';
import { serverPlace } from '../../engine/clientConfigs/serverPlace.ts';
import { resolveIn } from '../base/settings.ts';
import { serverDetails } from '../../core/clientConfigs/serverDetails.ts';
import { fillIn } from '../../core/clientConfigs/variables.ts';
import { type Feature, gather, type Services, showFailure } from '../base/services.ts';
import { requireTrust } from '../base/trust.ts';
import { ComposedServer, type ComposedLaunch } from './composedServer.ts';
import { ComposePanel } from './composePanel.ts';

export const newCalls: Feature = (services) =>
  gather((store) => {
    const answers = new InputAnswers();
    const open = new Set<ComposePanel>();
    store.add({ dispose: () => open.forEach(({ server }) => server.dispose()) });
    const compose = async (draft: ComposeDraft | null, preferred: string | null): Promise<void> => {
      const known = preferred === null ? undefined : [...open].find(({ server }) => server.state.server === preferred);
      if (known !== undefined) {
        known.show(draft);
        return;
      }
      const launch = await askLaunch(services, answers, preferred);
      if (launch === undefined) return;
      const server = new ComposedServer(services, launch);
      const panel: ComposePanel = new ComposePanel(services, server, draft, () => open.delete(panel));
      open.add(panel);
      await server.start();
    };
    store.add(
      vscode.commands.registerCommand(commands.newCall, async (draft?: ComposeDraft, server?: string) => {
        try {
          requireTrust('New Call…');
          const isDraft = typeof draft === 'object' && 'tool' in draft;
          await compose(isDraft ? draft : null, typeof server === 'string' ? server : null);
        } catch (thrown) {
          if (!(thrown instanceof InputRefused)) showFailure(services.log, thrown);
        }
      }),
    );
  });

interface LaunchItem extends vscode.QuickPickItem, Partial<Pick<BrokenRow, 'broken'>> {
  readonly found?: FoundServer;
  readonly typed?: true;
}

/** Asks for the server to start; the one with the id `preferred` is listed first. */
async function askLaunch(
  services: Services,
  answers: InputAnswers,
  preferred: string | null,
): Promise<ComposedLaunch | undefined> {
  const configs = await findConfigs(services.context);
  const found = configs.flatMap((config) => config.servers.map((server) => ({ config, server })));
  const started = found.filter(({ server }) => server.transport === 'stdio');
  const sorted = started.toSorted(
    (one, other) => Number(other.server.name === preferred) - Number(one.server.name === preferred),
  );
  const items: LaunchItem[] = sorted.map((each) => {
    const { file } = each.config;
    return {
      label: `$(server-process) ${each.server.name}`,
      description: file.name,
      detail: commandText(each.server),
      found: each,
    };
  });
  items.push(...configs.flatMap(brokenRow), {
    label: '$(terminal) Enter a command…',
    description: 'An MCP server that uses standard input and output',
    typed: true,
  });
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: 'Select the MCP server to call',
    matchOnDetail: true,
  });
  if (picked?.broken !== undefined) await showBroken(picked.broken);
  if (picked === undefined || picked.broken !== undefined) return undefined;
  const workspace = vscode.workspace.workspaceFolders?.[0];
  const guard = guardOf(services, workspace);
  if (picked.found === undefined) return typedLaunch(workspace, guard);
  return configuredLaunch(picked.found, answers, guard);
}

async function typedLaunch(
  workspace: vscode.WorkspaceFolder | undefined,
  guard: ComposedLaunch['guard'],
): Promise<ComposedLaunch | undefined> {
  const text = await vscode.window.showInputBox({
    title: 'Command That Starts the MCP Server',
    placeHolder: 'npx -y @modelcontextprotocol/server-filesystem .',
    ignoreFocusOut: true,
    validateInput: (line) => (splitCommand(line) === null ? 'A quote is not closed.' : undefined),
  });
  const [command = '', ...args] = splitCommand(text ?? '') ?? [];
  if (command === '') return undefined;
  return { server: nameOf(command, args), command, args, env: {}, cwd: workspace?.uri.fsPath, workspace, guard };
}

async function configuredLaunch(
  { config, server }: FoundServer,
  answers: InputAnswers,
  guard: ComposedLaunch['guard'],
): Promise<ComposedLaunch> {
  // A wrapped server is started without the tap of its configuration, because it gets another tap here.
  const tapped = tapLength(server.command ?? '', server.args ?? []);
  const [command = '', ...args] =
    tapped === null ? [server.command ?? '', ...(server.args ?? [])] : (server.args ?? []).slice(tapped);
  const details = serverDetails(config, server);
  const lookup = answers.lookup(config);
  const filled = await fillIn({ command, args, env: { ...server.env, ...details.env } }, lookup);
  const { cwd, env } = await serverPlace({ server, details }, defaultCwd(config.file), lookup);
  return {
    server: server.name,
    ...filled,
    env: { ...env, ...filled.env },
    cwd,
    workspace: folderOf(config.file),
    guard,
  };
}

/** The guard of the active trace, else the guard of the settings. */
function guardOf({ sessions }: Services, workspace: vscode.WorkspaceFolder | undefined): ComposedLaunch['guard'] {
  const settings = sessions.active?.session.settings;
  if (settings?.guard !== undefined && settings.guard !== null)
    return { path: settings.guard, policy: settings.policy };
  const section = vscode.workspace.getConfiguration(settingsSection, workspace ?? null);
  const inFolder = (path: string): string => (workspace === undefined ? path : resolveIn(workspace.uri.fsPath, path));
  const [guard, policy] = (['guard', 'policy'] as const).map((name) =>
    section.get<string>(name, settingDefaults[name]),
  );
  if (guard === undefined || guard === '') return null;
  return { path: inFolder(guard), policy: policy === undefined || policy === '' ? null : inFolder(policy) };
}

/** `npx -y @scope/server-memory` → `server-memory`. */
function nameOf(command: string, args: readonly string[]): string {
  const program = /^(?:node|npx|bunx|uvx|python3?|deno)$/.test(basename(command))
    ? args.find((arg) => !arg.startsWith('-'))
    : undefined;
  return basename(program ?? command)
    .replace(/\.[cm]?[jt]s$|\.py$/, '')
    .replace(/@.*$/, '');
}
