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

/**
 * Finds a server in the configuration with a path, or in the configurations of the client with an id. Several servers may have the name;
 * those whose state equals `wrapped` are preferred. Throws `clients/unknown-client`, `clients/unknown-file`, `clients/unreadable`, or
 * `clients/no-such-server`, which lists the existing servers.
 */
export async function requireConfiguredServer(
  fileOrClient: string,
  name: string,
  { wrapped }: { readonly wrapped: boolean },
): Promise<{ readonly config: ClientConfig; readonly server: ConfiguredServer }> {
  const configs = await readConfigs(fileOrClient);
  const candidates = configs.flatMap((config) =>
    config.servers.filter((server) => server.name === name).map((server) => ({ config, server })),
  );
  const chosen = candidates.find(({ server }) => server.wrapped === wrapped) ?? candidates[0];
  if (chosen !== undefined) return chosen;
  requireReadable(configs);
  const paths = configs.map(({ file }) => `"${file.path}"`).join(' and ');
  const others = configs.flatMap(({ servers }) => servers.map((each) => `"${each.name}"`)).join(', ');
  const hint = others === '' ? 'The configuration has no servers' : `Existing servers: ${others}`;
  throw new Failure('clients/no-such-server', `There is no server "${name}" in ${paths}`, hint);
}

/** The names of the wrapped servers in all files of a client. Throws like `requireConfiguredServer`. */
export async function requireWrappedNames(fileOrClient: string): Promise<readonly string[]> {
  const configs = await readConfigs(fileOrClient);
  const names = configs.flatMap(({ servers }) => servers.filter(({ wrapped }) => wrapped).map(({ name }) => name));
  if (names.length === 0) requireReadable(configs);
  return names;
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
  const out = join(resolve(folder), '{server}-{time}-{pid}.guardtrace.jsonl');
  const cli = join(__dirname, 'cli.js');
  return { command: process.execPath, args: [cli, 'tap', '--out', out, ...serverFlag(server), '--'] };
}
