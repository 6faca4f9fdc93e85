/** Shared parts of the commands about client configurations: finding files and servers, and the command line of the tap. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Failure } from '../../core/base/failure.ts';
import { clientTable } from '../../core/clientConfigs/clientTable.ts';
import {
  findClientFiles,
  type PlatformInfo,
  possibleClientFiles,
  readClientFile,
} from '../../engine/clientConfigs/clientFiles.ts';
import type { ClientConfig, ClientFile, ConfiguredServer, TapCommand } from '../../core/clientConfigs/clientModel.ts';
import { serverFlag } from '../../core/clientConfigs/tapMarks.ts';
import { requireClear } from '../../core/clientConfigs/wrap.ts';
import { sessionPattern } from '../../engine/recording/format/captureName.ts';
import { RecordFolder } from '../../engine/clientConfigs/changeRecords.ts';

/** The existing configuration files of this machine and the current folder. */
export function ownClientFiles(): readonly ClientFile[] {
  return findClientFiles(platformInfo());
}

/** All paths where a configuration file may be. */
export function possibleFiles(): readonly ClientFile[] {
  return possibleClientFiles(platformInfo());
}

function platformInfo(): PlatformInfo {
  const { env, platform } = process;
  return { home: homedir(), platform, env, workspaceFolders: [process.cwd()] };
}

/** The records of changed files, in the user's `~/.guardscope`. */
export function recordFolder(): RecordFolder {
  return new RecordFolder(join(homedir(), '.guardscope'));
}

/** A server, and the configuration that holds it. */
export interface FoundEntry {
  readonly config: ClientConfig;
  readonly server: ConfiguredServer;
}

/** Which of several servers of one name is meant. */
export interface Choice {
  /** Servers in this state are preferred. */
  readonly wrapped: boolean;
  /** Folder of a project, or `none` for the entries outside of projects; undefined for any. */
  readonly project: string | undefined;
}

/**
 * Finds a server in the configuration with a path, or in the configurations of the client with an id. Throws `clients/unknown-client`,
 * `clients/unknown-file`, `clients/unreadable`, `clients/unsupported` for an entry that is not a server, `clients/several` with a list when
 * several servers have the name, or `clients/no-such-server` with the existing servers.
 */
export async function requireConfiguredServer(
  fileOrClient: string,
  name: string,
  { wrapped, project }: Choice,
): Promise<FoundEntry> {
  const configs = await readConfigs(fileOrClient);
  const all = configs.flatMap((config) => config.servers.map((server) => ({ config, server })));
  const named = all.filter(({ server }) => server.name === name && isOfProject(server, project));
  const fitting = named.filter(({ server }) => server.wrapped === wrapped);
  const [chosen, ...others] = fitting.length > 0 ? fitting : named;
  if (chosen !== undefined && others.length === 0) return chosen;
  if (chosen !== undefined) throw several(name, [chosen, ...others]);
  requireReadable(configs);
  for (const config of configs) {
    const entry = config.faults.find(({ path }) => path.at(-1) === name);
    if (entry !== undefined && project === undefined) requireClear(config, entry.path);
  }
  const paths = configs.map(({ file }) => `"${file.path}"`).join(' and ');
  const where = project === undefined ? '' : ` of the project "${project}"`;
  const existing = [...new Set(all.map(({ server }) => describeEntry(server)))].join(', ');
  const hint = existing === '' ? 'The configuration has no servers' : `Existing servers: ${existing}`;
  throw new Failure('clients/no-such-server', `There is no server "${name}"${where} in ${paths}`, hint);
}

/** The wrapped servers in all files of a client. Throws like `requireConfiguredServer`. */
export async function requireWrapped(fileOrClient: string): Promise<readonly FoundEntry[]> {
  const configs = await readConfigs(fileOrClient);
  const found = configs.flatMap((config) =>
    config.servers.filter(({ wrapped }) => wrapped).map((server) => ({ config, server })),
  );
  if (found.length === 0) requireReadable(configs);
  return found;
}

/** The same entry in the file as it is now. */
export async function readAgain({ config, server }: FoundEntry): Promise<FoundEntry> {
  const now = await readClientFile(config.file);
  requireReadable([now]);
  const same = now.servers.find(({ path }) => path.join('\0') === server.path.join('\0'));
  return { config: now, server: same ?? server };
}

function isOfProject(server: ConfiguredServer, project: string | undefined): boolean {
  if (project === undefined) return true;
  if (project === 'none') return server.project === undefined;
  const plain = (path: string): string => path.replaceAll('\\', '/').replace(/\/+$/, '');
  const own = server.project === undefined ? null : plain(server.project);
  return own === plain(project) || own === plain(resolve(project));
}

function describeEntry({ name, project }: ConfiguredServer): string {
  return project === undefined ? `"${name}"` : `"${name}" of the project "${project}"`;
}

function several(name: string, found: readonly FoundEntry[]): Failure {
  const placeOf = ({ server }: FoundEntry): string =>
    server.project ?? `outside of projects, in "${server.path[0] ?? ''}"`;
  const lines = found.map((each) => `${each.config.file.path}: ${placeOf(each)}`);
  const files = new Set(found.map(({ config }) => config.file.path));
  const projects = new Set(found.map(({ config, server }) => `${config.file.path}\0${server.project ?? ''}`));
  const inFile =
    projects.size < found.length
      ? ['keep one of the two sections of the file that have the server']
      : files.size < found.length
        ? ['choose one with --project DIR (or --project none)']
        : [];
  const ofFile = files.size > 1 ? ['give the path of the file in place of the client'] : [];
  const [first = '', ...rest] = [...ofFile, ...inFile];
  const hint = [`${first.charAt(0).toUpperCase()}${first.slice(1)}`, ...rest].join(', and ');
  return new Failure('clients/several', `There are ${found.length} servers "${name}": ${lines.join('; ')}`, hint);
}

async function readConfigs(fileOrClient: string): Promise<readonly ClientConfig[]> {
  const known = ownClientFiles();
  const ofClient = known.filter(({ client }) => client === fileOrClient);
  const path = resolve(fileOrClient);
  if (ofClient.length === 0 && clientTable.some(({ id }) => id === fileOrClient)) {
    throw new Failure(
      'clients/unknown-file',
      `No configuration file of "${fileOrClient}" was found`,
      'Run "guardscope clients" to list the existing files',
    );
  }
  // A name without a dot or a slash that is not a file is probably a misspelled client.
  if (ofClient.length === 0 && /^[^./\\]+$/.test(fileOrClient) && !existsSync(path)) {
    const ids = clientTable.map(({ id }) => id).join(', ');
    throw new Failure(
      'clients/unknown-client',
      `"${fileOrClient}" is not a known client and not a file`,
      `Known clients: ${ids}. For another client, give the path of its configuration`,
    );
  }
  const files =
    ofClient.length > 0
      ? ofClient
      : [known.find((each) => each.path === path) ?? { client: 'file', name: path, path, scope: 'user' as const }];
  return Promise.all(files.map((file) => readClientFile(file)));
}

function requireReadable(configs: readonly ClientConfig[]): void {
  for (const { file, problems } of configs) {
    const [problem] = problems;
    if (problem === undefined) continue;
    const { line, column } = problem.position ?? {};
    const place = line === undefined ? '' : ` (${file.path}:${line}:${column ?? 1})`;
    throw new Failure(problem.code, `${problem.message}${place}`, problem.hint);
  }
}

/** The command line that starts this program as a tap. */
export function ownTap(server: string, folder: string): TapCommand {
  const out = join(resolve(folder), sessionPattern);
  const cli = join(__dirname, 'cli.js');
  return { command: process.execPath, args: [cli, 'tap', '--out', out, ...serverFlag(server), '--'] };
}
