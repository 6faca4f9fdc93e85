/** "Capture MCP Server…": adds a tap to a server in a client's configuration, or offers VS Code a captured twin of the server. */
import * as vscode from 'vscode';
import { applyPlan } from '../../engine/clientConfigs/applyPlan.ts';
import { rowOf } from '../../core/clientConfigs/clientTable.ts';
import type { ClientConfig, TapCommand } from '../../core/clientConfigs/clientModel.ts';
import { RecordFolder } from '../../engine/clientConfigs/changeRecords.ts';
import { planWrap } from '../../core/clientConfigs/wrap.ts';
import { commands, settingsSection } from '../base/ids.ts';
import { type Feature, gather, fileCommand, type Services } from '../base/services.ts';
import { requireTrust } from '../base/trust.ts';
import { captureOptions, prepareCaptureFolder, userFolder } from '../base/captureFolders.ts';
import { findConfigs, folderOf, type FoundServer, shortPath } from './clientServers.ts';
import { tapLauncher } from './launcherOf.ts';
import { pickServer } from './pickServer.ts';
import { releaseServer, releaseFound } from './releaseServer.ts';
import { confirmChange } from './showChange.ts';
import { stdioTap } from '../../engine/captureHome/tapArguments.ts';
import { showChangeFailure } from './changeFailure.ts';

/** `wrap` changes the configuration; `publish` offers VS Code a captured twin. */
type CaptureMethod = 'wrap' | 'publish';

export const captureServers: Feature = (services) =>
  gather((store) => {
    store.add(fileCommand(services, commands.captureServer, () => captureServer(services)));
    store.add(fileCommand(services, commands.releaseServer, () => releaseServer(services)));
  });

async function captureServer(services: Services): Promise<void> {
  requireTrust('Capture MCP Server…');
  const configs = await findConfigs(services.context);
  if (configs.every(({ servers, problems }) => servers.length === 0 && problems.length === 0)) {
    const found = configs.length === 0 ? 'No MCP client configuration' : 'No MCP server';
    const sentence = `${found} was found. Add a server to .vscode/mcp.json first.`;
    if ((await vscode.window.showInformationMessage(sentence, 'Add Server…')) !== undefined) {
      await vscode.commands.executeCommand('workbench.mcp.addConfiguration');
    }
    return;
  }
  const found = await pickServer(configs, {
    placeHolder: 'Select the MCP server to capture',
    state: (each) => captureState(services, each),
  });
  if (found === undefined || found === 'all') return;
  if (captureState(services, found) !== '') await releaseFound(services, found);
  else {
    const method = await chooseMethod(found);
    if (method === 'wrap') await wrap(services, found);
    if (method === 'publish') await publish(services, found);
  }
}

/** How a server is captured now, as shown in the list; empty if it is not captured. */
function captureState({ published }: Services, { config, server }: FoundServer): string {
  if (server.wrapped) return 'captured';
  const { client, path } = config.file;
  return client === 'vscode' && published.offers(path, server.name) ? 'captured through VS Code' : '';
}

async function chooseMethod({ config, server }: FoundServer): Promise<CaptureMethod | undefined> {
  const { file } = config;
  const wrapping = {
    label: '$(edit) Add a tap to the configuration',
    detail: `Changes ${shortPath(file.path)}. The change is shown first, and a backup is kept.`,
    method: 'wrap' as const,
  };
  const publishing = {
    label: '$(extensions) Capture through VS Code',
    detail: `Adds a second server, "${server.name} (captured)", to VS Code. No file is changed.`,
    method: 'publish' as const,
  };
  const mayPublish = file.client === 'vscode' && typeof vscode.lm?.registerMcpServerDefinitionProvider === 'function';
  const methods = [...(mayPublish ? [publishing] : []), ...(server.transport === 'stdio' ? [wrapping] : [])];
  const [only] = methods;
  if (only === undefined) {
    const sentence = `"${server.name}" in ${file.name} has a URL, so a tap cannot be added to its entry.`;
    const hint = 'Run "guardscope tap --http URL" and use the address that it prints in the configuration.';
    void vscode.window.showWarningMessage(`${sentence} ${hint}`);
    return undefined;
  }
  if (methods.length === 1) return only.method;
  return (await vscode.window.showQuickPick(methods, { placeHolder: `Select how to capture "${server.name}"` }))
    ?.method;
}

async function wrap({ context, log }: Services, { config, server }: FoundServer): Promise<void> {
  const options = captureOptions(folderOf(config.file));
  const tap: TapCommand = stdioTap(await tapLauncher(context), server.name, options);
  try {
    const plan = planWrap(config, server, tap);
    const question = `Add a tap to "${server.name}" in ${shortPath(config.file.path)}?`;
    const detail = `Sessions are captured in ${shortPath(options.folder)}. A backup of the file is kept.`;
    if (!(await confirmChange(plan, { question, accept: 'Add Tap', detail }))) return;
    await prepareCaptureFolder(options.folder, folderOf(config.file));
    const backup = applyPlan(plan, new RecordFolder(userFolder()), tap);
    log.info(`Added a tap to "${server.name}" in ${config.file.path}. Backup: ${backup ?? 'none'}`);
    await showRestart(config, `"${server.name}" is captured from its next start.`);
  } catch (thrown) {
    await showChangeFailure(log, thrown, server.position, config.file.path);
  }
}

/** Says how to restart the server: a running server has no tap until its client restarts it. */
async function showRestart({ file }: ClientConfig, done: string): Promise<void> {
  const sentence = `${done} ${rowOf(file).restart}.`;
  if (file.client !== 'vscode') void vscode.window.showInformationMessage(sentence);
  else if ((await vscode.window.showInformationMessage(sentence, 'List Servers')) !== undefined) {
    await vscode.commands.executeCommand('workbench.mcp.listServer');
  }
}

async function publish({ published, context }: Services, { config, server }: FoundServer): Promise<void> {
  // Fails now, instead of when the server starts, if the launcher cannot be installed.
  await tapLauncher(context);
  await published.add(config.file.path, server.name, config.file.scope);
  if (published.publishing === 'off') await enablePublishing();
  const sentence = `Start "${server.name} (captured)" in VS Code to capture its sessions.`;
  if ((await vscode.window.showInformationMessage(sentence, 'List Servers')) !== undefined) {
    await vscode.commands.executeCommand('workbench.mcp.listServer');
  }
}

/** Replaces `off`, because the user just asked for a captured server. Only the user's own settings have this one. */
async function enablePublishing(): Promise<void> {
  const section = vscode.workspace.getConfiguration(settingsSection);
  await section.update('capture.publish', 'list', vscode.ConfigurationTarget.Global);
}
