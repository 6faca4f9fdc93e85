/** "Release MCP Server…": takes the tap away again, byte for byte, or ends the twin that VS Code was offered. */
import * as vscode from 'vscode';
import { applyPlan } from '../../engine/clientConfigs/applyPlan.ts';
import { rowOf } from '../../core/clientConfigs/clientTable.ts';
import { readClientFile } from '../../engine/clientConfigs/clientFiles.ts';
import { RecordFolder } from '../../engine/clientConfigs/changeRecords.ts';
import { planUnwrap } from '../../core/clientConfigs/wrap.ts';
import type { Services } from '../services.ts';
import { userFolder } from './captureFolders.ts';
import { showChangeFailure } from './changeFailure.ts';
import { findConfigs, type FoundServer, shortPath } from './clientServers.ts';
import { pickServer } from './pickServer.ts';
import { confirmChange } from './showChange.ts';

export async function releaseServer(services: Services): Promise<void> {
  const configs = await findConfigs(services.context);
  const state = ({ config, server }: FoundServer): string | null =>
    server.wrapped ? 'captured' : isPublished(services, { config, server }) ? 'captured through VS Code' : null;
  const all = configs.flatMap((config) => config.servers.map((server) => ({ config, server })));
  const captured = all.filter((found) => state(found) !== null);
  if (captured.length === 0) {
    void vscode.window.showInformationMessage('No server of a client here is captured');
    return;
  }
  const picked = await pickServer(configs, 'Choose the MCP server to release', state, true);
  if (picked === 'all') await releaseAll(services, captured);
  else if (picked !== undefined) await releaseFound(services, picked);
}

/** Releases one server, after the user saw what changes. */
export async function releaseFound(services: Services, found: FoundServer): Promise<void> {
  const { config, server } = found;
  if (!server.wrapped) {
    await endTwin(services, found);
    return;
  }
  try {
    const records = new RecordFolder(userFolder());
    const plan = planUnwrap(config, server, records.read());
    const question = `Take the tap before "${server.name}" out of ${shortPath(config.file.path)}?`;
    const detail = 'Captures that were made stay';
    if (!(await confirmChange(plan, question, 'Release', detail))) return;
    applyPlan(plan, records);
    const done = `"${server.name}" is as it was. ${rowOf(config.file).restart}.`;
    void vscode.window.showInformationMessage(done);
  } catch (thrown) {
    await showChangeFailure(services.log, thrown, server.position, config.file.path);
  }
}

async function releaseAll(services: Services, all: readonly FoundServer[]): Promise<void> {
  const detail = all.map(({ config, server }) => `${server.name}: ${shortPath(config.file.path)}`).join('\n');
  const question = `Release ${all.length} servers?`;
  const yes = 'Release All';
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) !== yes) return;
  let released = 0;
  for (const found of all) {
    if (!found.server.wrapped) await services.published.remove(found.config.file.path, found.server.name);
    if (!found.server.wrapped || (await unwrapAnew(services, found))) released++;
  }
  void vscode.window.showInformationMessage(
    `${released} of ${all.length} servers are as they were. Restart their clients.`,
  );
}

/** The places in a file are others once one of its entries was changed. */
async function unwrapAnew({ log }: Services, { config, server }: FoundServer): Promise<boolean> {
  const now = await readClientFile(config.file);
  const twin = now.servers.find(({ path }) => path.join('\0') === server.path.join('\0'));
  if (twin === undefined) return false;
  try {
    const records = new RecordFolder(userFolder());
    applyPlan(planUnwrap(now, twin, records.read()), records);
    return true;
  } catch (thrown) {
    void showChangeFailure(log, thrown, twin.position, config.file.path);
    return false;
  }
}

async function endTwin({ published }: Services, { config, server }: FoundServer): Promise<void> {
  if (published.publishing === 'all') {
    const sentence = `Every server is offered to VS Code as captured, by the setting guardscope.capture.publish.`;
    if ((await vscode.window.showInformationMessage(sentence, 'Open Setting')) !== undefined) {
      await vscode.commands.executeCommand('workbench.action.openSettings', 'guardscope.capture.publish');
    }
    return;
  }
  await published.remove(config.file.path, server.name);
  void vscode.window.showInformationMessage(`VS Code is no longer offered "${server.name} (captured)"`);
}

function isPublished({ published }: Services, { config, server }: FoundServer): boolean {
  return config.file.client === 'vscode' && published.offers(config.file.path, server.name);
}
