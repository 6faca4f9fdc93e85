/** "Capture MCP Server…": puts a tap before a server of any client's configuration, or lets VS Code start a tapped twin of it. */
import * as vscode from 'vscode';
import { applyPlan } from '../../engine/clientConfigs/applyPlan.ts';
import { rowOf } from '../../core/clientConfigs/clientTable.ts';
import type { ClientConfig, TapCommand } from '../../core/clientConfigs/clientModel.ts';
import { RecordFolder } from '../../engine/clientConfigs/changeRecords.ts';
import { planWrap } from '../../core/clientConfigs/wrap.ts';
import { commands, settingsSection } from '../ids.ts';
import { type Feature, gather, fileCommand, type Services } from '../services.ts';
import { captureOptions, prepareCaptureFolder, userFolder } from './captureFolders.ts';
import { findConfigs, folderOf, type FoundServer, shortPath } from './clientServers.ts';
import { tapLauncher } from './launcherOf.ts';
import { pickServer } from './pickServer.ts';
import { releaseServer, releaseFound } from './releaseServer.ts';
import { confirmChange } from './showChange.ts';
import { stdioTap } from '../../engine/captureHome/tapArguments.ts';
import { showChangeFailure } from './changeFailure.ts';

/** Ways to capture a server. */
type Way = 'wrap' | 'publish';

export const captureServers: Feature = (services) =>
  gather((store) => {
    store.add(fileCommand(services, commands.captureServer, () => captureServer(services)));
    store.add(fileCommand(services, commands.releaseServer, () => releaseServer(services)));
  });

async function captureServer(services: Services): Promise<void> {
  const configs = await findConfigs(services.context);
  if (configs.length === 0) {
    const sentence = 'No client of MCP has a configuration here; VS Code keeps its own in .vscode/mcp.json';
    if ((await vscode.window.showInformationMessage(sentence, 'Add Server…')) !== undefined) {
      await vscode.commands.executeCommand('workbench.mcp.addConfiguration');
    }
    return;
  }
  const found = await pickServer(
    configs,
    'Choose the MCP server to capture',
    (each) => standing(services, each),
    false,
  );
  if (found === undefined || found === 'all') return;
  if (standing(services, found) !== '') await releaseFound(services, found);
  else {
    const way = await chooseWay(found);
    if (way === 'wrap') await wrap(services, found);
    if (way === 'publish') await publish(services, found);
  }
}

/** How a server stands now; empty: it is not captured. */
function standing({ published }: Services, { config, server }: FoundServer): string {
  if (server.wrapped) return 'captured';
  const { client, path } = config.file;
  return client === 'vscode' && published.offers(path, server.name) ? 'captured through VS Code' : '';
}

async function chooseWay({ config, server }: FoundServer): Promise<Way | undefined> {
  const { file } = config;
  const wrapping = {
    label: '$(edit) Put a tap before it',
    detail: `Changes ${shortPath(file.path)}; you see the change first, and a backup is kept`,
    way: 'wrap' as const,
  };
  const publishing = {
    label: '$(extensions) Capture through VS Code (no file is changed)',
    detail: `VS Code gets a second server, "${server.name} (captured)", that you start instead`,
    way: 'publish' as const,
  };
  const mayPublish = file.client === 'vscode' && typeof vscode.lm?.registerMcpServerDefinitionProvider === 'function';
  const ways = [...(mayPublish ? [publishing] : []), ...(server.transport === 'stdio' ? [wrapping] : [])];
  const [only] = ways;
  if (only === undefined) {
    const sentence = `"${server.name}" of ${file.name} is reached by a URL, which a configuration cannot put a tap before.`;
    const hint = 'Run "guardscope tap --http URL" and write the address that it prints into the configuration.';
    void vscode.window.showWarningMessage(`${sentence} ${hint}`);
    return undefined;
  }
  if (ways.length === 1) return only.way;
  return (await vscode.window.showQuickPick(ways, { placeHolder: `How to capture "${server.name}"` }))?.way;
}

async function wrap({ context, log }: Services, { config, server }: FoundServer): Promise<void> {
  const options = captureOptions(folderOf(config.file));
  const tap: TapCommand = stdioTap(await tapLauncher(context), server.name, options);
  try {
    const plan = planWrap(config, server, tap);
    const question = `Put a tap before "${server.name}" in ${shortPath(config.file.path)}?`;
    const detail = `Its sessions are captured into ${shortPath(options.folder)}; a backup of the file is kept`;
    if (!(await confirmChange(plan, question, 'Wrap', detail))) return;
    await prepareCaptureFolder(options.folder);
    const backup = applyPlan(plan, new RecordFolder(userFolder()), tap);
    log.info(`A tap was put before "${server.name}" in ${config.file.path}; the file as it was: ${backup ?? ''}`);
    await tellRestart(config, `"${server.name}" is captured from its next start on.`);
  } catch (thrown) {
    await showChangeFailure(log, thrown, server.position, config.file.path);
  }
}

/** A server that runs goes on without its tap until its client starts it anew. */
export async function tellRestart({ file }: ClientConfig, done: string): Promise<void> {
  const sentence = `${done} ${rowOf(file).restart}.`;
  if (file.client !== 'vscode') void vscode.window.showInformationMessage(sentence);
  else if ((await vscode.window.showInformationMessage(sentence, 'List Servers')) !== undefined) {
    await vscode.commands.executeCommand('workbench.mcp.listServer');
  }
}

async function publish({ published, context }: Services, { config, server }: FoundServer): Promise<void> {
  // What is missing shows now rather than when the server starts.
  await tapLauncher(context);
  await published.add(config.file.path, server.name, config.file.scope);
  if (published.publishing === 'off') await switchOn();
  const sentence = `VS Code can start "${server.name} (captured)" now; every session of it is captured.`;
  if ((await vscode.window.showInformationMessage(sentence, 'List Servers')) !== undefined) {
    await vscode.commands.executeCommand('workbench.mcp.listServer');
  }
}

/** The user asked for it, so `off` no longer holds, wherever it was set. */
async function switchOn(): Promise<void> {
  const section = vscode.workspace.getConfiguration(settingsSection);
  const inWorkspace = section.inspect('capture.publish')?.workspaceValue !== undefined;
  const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await section.update('capture.publish', 'list', target);
}
