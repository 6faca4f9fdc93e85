/** "Release MCP Server…": restores the configuration byte for byte, or removes the captured twin from VS Code. */
import * as vscode from 'vscode';
import { Failure } from '../../core/base/failure.ts';
import type { ClientConfig, ConfiguredServer } from '../../core/clientConfigs/clientModel.ts';
import { applyPlan } from '../../engine/clientConfigs/applyPlan.ts';
import { rowOf } from '../../core/clientConfigs/clientTable.ts';
import { readClientFile } from '../../engine/clientConfigs/clientFiles.ts';
import { RecordFolder } from '../../engine/clientConfigs/changeRecords.ts';
import { planUnwrap } from '../../core/clientConfigs/wrap.ts';
import type { Services } from '../base/services.ts';
import { requireTrust } from '../base/trust.ts';
import { userFolder } from '../base/captureFolders.ts';
import { showChangeFailure } from './changeFailure.ts';
import { findConfigs, type FoundServer, shortPath } from './clientServers.ts';
import { pickServer, showBroken } from './pickServer.ts';
import { confirmChange } from './showChange.ts';

/** Asks for a captured server, or all of them, and releases it. */
export async function releaseServer(services: Services): Promise<void> {
  requireTrust('Release MCP Server…');
  const configs = await findConfigs(services.context);
  const state = ({ config, server }: FoundServer): string | null =>
    server.wrapped ? 'captured' : isPublished(services, { config, server }) ? 'captured through VS Code' : null;
  const all = configs.flatMap((config) => config.servers.map((server) => ({ config, server })));
  const captured = all.filter((found) => state(found) !== null);
  if (captured.length === 0) {
    void vscode.window.showInformationMessage('No MCP server is captured.');
    // A file that cannot be read may have a tap.
    for (const config of configs) void showBroken(config);
    return;
  }
  const picked = await pickServer(configs, { placeHolder: 'Select the MCP server to release', state, offerAll: true });
  if (picked === 'all') await releaseAll(services, captured);
  else if (picked !== undefined) await releaseFound(services, picked);
}

/** Releases one server after the user confirmed the change. */
export async function releaseFound(services: Services, found: FoundServer): Promise<void> {
  const { config, server } = found;
  if (!server.wrapped) {
    await removeTwin(services, found);
    return;
  }
  try {
    const records = new RecordFolder(userFolder());
    const plan = planUnwrap(config, server, records.read());
    const question = `Remove the tap from "${server.name}" in ${shortPath(config.file.path)}?`;
    const detail = 'Existing captures are kept.';
    if (!(await confirmChange(plan, { question, accept: 'Remove Tap', detail }))) return;
    applyPlan(plan, records);
    const done = `The entry of "${server.name}" was restored. ${rowOf(config.file).restart}.`;
    void vscode.window.showInformationMessage(done);
  } catch (thrown) {
    await showChangeFailure(services.log, thrown, server.position, config.file.path);
  }
}

async function releaseAll(services: Services, all: readonly FoundServer[]): Promise<void> {
  const detail = all.map(({ config, server }) => `${server.name}: ${shortPath(config.file.path)}`).join('\n');
  const question = `Release ${all.length} servers?`;
  const accept = 'Release All';
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, accept)) !== accept) return;
  let released = 0;
  for (const found of all) {
    const { config, server } = found;
    if (!server.wrapped) await services.published.remove(config.file.path, server.name);
    if (server.wrapped ? await unwrapReread(services, found) : !isPublished(services, found)) released++;
  }
  const sentence = `Released ${released} of ${all.length} servers. Restart their clients.`;
  const isOffered = all.some((found) => !found.server.wrapped && isPublished(services, found));
  if (!isOffered) void vscode.window.showInformationMessage(sentence);
  else await showPublishing(`${sentence} ${offersAll}`);
}

const offersAll = 'The setting guardscope.capture.publish offers every server to VS Code as captured.';

async function showPublishing(sentence: string): Promise<void> {
  if ((await vscode.window.showInformationMessage(sentence, 'Open Setting')) === undefined) return;
  await vscode.commands.executeCommand('workbench.action.openSettings', 'guardscope.capture.publish');
}

/** Reads the file again before the change, because a change of another entry moves the positions in it. */
async function unwrapReread({ log }: Services, { config, server }: FoundServer): Promise<boolean> {
  const now = await readClientFile(config.file);
  const twin = now.servers.find(({ path }) => path.join('\0') === server.path.join('\0'));
  if (twin === undefined) {
    void showMissing(log, now, server);
    return false;
  }
  try {
    const records = new RecordFolder(userFolder());
    applyPlan(planUnwrap(now, twin, records.read()), records);
    return true;
  } catch (thrown) {
    void showChangeFailure(log, thrown, twin.position, config.file.path);
    return false;
  }
}

/** Says why a server that was listed cannot be found in its file any more. */
async function showMissing(log: Services['log'], now: ClientConfig, server: ConfiguredServer): Promise<void> {
  if (now.problems.length > 0) return showBroken(now);
  const message = `"${server.name}" is no longer in "${now.file.path}"`;
  const missing = new Failure('clients/no-such-server', message, 'Nothing was written');
  return showChangeFailure(log, missing, {}, now.file.path);
}

async function removeTwin({ published }: Services, { config, server }: FoundServer): Promise<void> {
  if (published.publishing === 'all') {
    await showPublishing(offersAll);
    return;
  }
  await published.remove(config.file.path, server.name);
  void vscode.window.showInformationMessage(`Removed "${server.name} (captured)" from VS Code.`);
}

function isPublished({ published }: Services, { config, server }: FoundServer): boolean {
  return config.file.client === 'vscode' && published.offers(config.file.path, server.name);
}
