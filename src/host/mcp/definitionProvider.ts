/** Offers VS Code captured twins of its MCP servers. No file is changed; a session is captured when the user starts a twin. */
import * as vscode from 'vscode';
import { toFailure } from '../../core/base/failure.ts';
import { captureOptions, prepareCaptureFolder } from '../base/captureFolders.ts';
import { findConfigs, folderOf, ownUserFile, defaultCwd } from '../capture/clientServers.ts';
import { tapLauncher } from '../capture/launcherOf.ts';
import { httpTap, stdioTap } from '../../engine/captureHome/tapArguments.ts';
import { serverDefinitions, settingsSection } from '../base/ids.ts';
import { type Feature, gather, type Services, showFailure } from '../base/services.ts';
import { isTrusted } from '../base/trust.ts';
import { InputAnswers, InputRefused } from './askVariables.ts';
import { serverPlace } from '../../engine/clientConfigs/serverPlace.ts';
import { TwinConsent } from './twinConsent.ts';
import { HttpTapProcess } from '../../engine/captureHome/httpTapProcess.ts';
import { type Twin, twinsOf } from '../../core/clientConfigs/twins.ts';
import { fillIn } from '../../core/clientConfigs/variables.ts';

/** Does nothing in editors without the MCP API. */
export const capturedServers: Feature = (services) =>
  gather((store) => {
    // The types declare it as always present, but some editors built from VS Code do not have it.
    const languageModels = vscode.lm as Partial<typeof vscode.lm> | undefined;
    if (languageModels?.registerMcpServerDefinitionProvider === undefined) return;
    const provider = new CapturedServers(services);
    store.add(provider);
    store.add(languageModels.registerMcpServerDefinitionProvider(serverDefinitions, provider));
    store.add(services.published.onDidChange(() => provider.refresh()));
    store.add(vscode.workspace.onDidGrantWorkspaceTrust(() => provider.refresh()));
    store.add(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(`${settingsSection}.capture`)) provider.refresh();
      }),
    );
    store.add(vscode.workspace.onDidChangeWorkspaceFolders(() => provider.refresh()));
    const own = vscode.Uri.file(ownUserFile(services.context).path);
    for (const pattern of [
      '**/.vscode/mcp.json',
      new vscode.RelativePattern(vscode.Uri.joinPath(own, '..'), 'mcp.json'),
    ]) {
      const watcher = store.add(vscode.workspace.createFileSystemWatcher(pattern));
      for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) {
        store.add(event(() => provider.refresh()));
      }
    }
  });

class CapturedServers implements vscode.McpServerDefinitionProvider {
  readonly #services: Services;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #twins = new Map<string, Twin>();
  readonly #answers = new InputAnswers();
  readonly #consent: TwinConsent;
  readonly #taps = new Map<string, HttpTapProcess>();
  readonly onDidChangeMcpServerDefinitions = this.#changed.event;

  constructor(services: Services) {
    this.#services = services;
    this.#consent = new TwinConsent(services.context.workspaceState);
  }

  refresh(): void {
    this.#changed.fire();
  }

  async provideMcpServerDefinitions(): Promise<vscode.McpServerDefinition[]> {
    const { context, published, log } = this.#services;
    this.#twins.clear();
    const { publishing } = published;
    if (publishing === 'off' || !isTrusted()) return [];
    const configs = await findConfigs(context);
    for (const { file, problems } of configs) {
      if (file.client !== 'vscode') continue;
      for (const { code, message } of problems) log.warn(`${code}: ${message} (${file.path})`);
    }
    const definitions = twinsOf(configs, publishing, published.chosen).map(async (twin) => {
      try {
        const definition = await this.#define(twin);
        this.#twins.set(twin.label, twin);
        return [definition];
      } catch (thrown) {
        // The other servers are offered all the same.
        const { code, message } = toFailure(thrown);
        log.error(`${code}: "${twin.label}" is not offered: ${message}`);
        return [];
      }
    });
    return (await Promise.all(definitions)).flat();
  }

  /** VS Code calls this before it starts the server: asks for consent, resolves variables and starts an HTTP tap. */
  async resolveMcpServerDefinition(given: vscode.McpServerDefinition): Promise<vscode.McpServerDefinition | undefined> {
    const twin = this.#twins.get(given.label);
    if (twin === undefined || !isTrusted()) return undefined;
    try {
      if (!(await this.#consent.given(twin))) return undefined;
      const workspace = folderOf(twin.config.file);
      await prepareCaptureFolder(captureOptions(workspace).folder, workspace);
      const lookup = this.#answers.lookup(twin.config);
      if (given instanceof vscode.McpHttpServerDefinition) {
        const url = await fillIn(twin.server.url ?? '', lookup);
        given.uri = vscode.Uri.parse((await this.#httpTap(twin, url)).url, true);
        given.headers = await fillIn(given.headers, lookup);
        return given;
      }
      given.args = await fillIn(given.args, lookup);
      const { cwd, env } = await serverPlace(twin, defaultCwd(twin.config.file), lookup);
      given.env = { ...env, ...(await fillIn(given.env, lookup)) };
      given.cwd = vscode.Uri.file(cwd);
      return given;
    } catch (thrown) {
      if (!(thrown instanceof InputRefused)) showFailure(this.#services.log, thrown);
      return undefined;
    }
  }

  dispose(): void {
    this.#changed.dispose();
    for (const tap of this.#taps.values()) tap.dispose();
  }

  /** The definition with unresolved variables, as shown in VS Code's list of servers. */
  async #define({ label, config, server, details }: Twin): Promise<vscode.McpServerDefinition> {
    const { context } = this.#services;
    const version = String(context.extension.packageJSON.version);
    if (server.transport !== 'stdio') {
      return new vscode.McpHttpServerDefinition(
        label,
        vscode.Uri.parse(server.url ?? ''),
        { ...details.headers },
        version,
      );
    }
    const tap = stdioTap(await tapLauncher(context), server.name, captureOptions(folderOf(config.file)));
    const args = [...tap.args, server.command ?? '', ...(server.args ?? [])];
    const env = { ...details.env, ...tap.env };
    const definition = new vscode.McpStdioServerDefinition(label, tap.command, args, env, version);
    definition.cwd = vscode.Uri.file(details.cwd ?? defaultCwd(config.file));
    return definition;
  }

  /** Reuses the running tap of a server, because VS Code may start the server repeatedly. */
  async #httpTap({ label, config, server }: Twin, url: string): Promise<HttpTapProcess> {
    const key = `${label}\n${url}`;
    const known = this.#taps.get(key);
    if (known?.running === true) return known;
    const { context, log } = this.#services;
    const command = httpTap(await tapLauncher(context), server.name, url, captureOptions(folderOf(config.file)));
    const tap = await HttpTapProcess.start(command, (text) => log.info(text));
    this.#taps.set(key, tap);
    return tap;
  }
}
