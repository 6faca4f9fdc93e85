/** What the commands about clients share: where the files are, which one is meant, and the tap that they put before a server. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Failure } from '../core/base/failure.ts';
import { clientTable } from '../core/clientConfigs/clientTable.ts';
import {
  findClientFiles,
  type PlatformInfo,
  possibleClientFiles,
  readClientFile,
} from '../engine/clientConfigs/clientFiles.ts';
import type { ClientConfig, ClientFile, ConfiguredServer, TapCommand } from '../core/clientConfigs/clientModel.ts';
import { serverFlag } from '../core/clientConfigs/tapMarks.ts';
import { RecordFolder } from '../engine/clientConfigs/changeRecords.ts';

/** The files of this machine and of the folder that the command runs in. */
export function ownClientFiles(): readonly ClientFile[] {
  return findClientFiles(around());
}

/** Where such files may be. */
export function possibleFiles(): readonly ClientFile[] {
  return possibleClientFiles(around());
}

function around(): PlatformInfo {
  const { env, platform } = process;
  return { home: homedir(), platform, env, workspaceFolders: [process.cwd()] };
}

/** A folder of Guardscope's own in the user's. */
export function recordFolder(): RecordFolder {
  return new RecordFolder(join(homedir(), '.guardscope'));
}

/**
 * The configuration that a path or the id of a client means, and the server in it. A client may have several files, and a file several
 * servers of a name: those before which a tap stands, or stands not, come first. Throws `clients/unknown-client`,
 * `clients/unknown-file`, `clients/unreadable`, or `clients/no-such-server` with those that there are.
 */
export async function requireServer(
  fileOrClient: string,
  name: string,
  wrapped: boolean,
): Promise<{ readonly config: ClientConfig; readonly server: ConfiguredServer }> {
  const configs = await readConfigs(fileOrClient);
  const named = configs.flatMap((config) =>
    config.servers.filter((server) => server.name === name).map((server) => ({ config, server })),
  );
  const chosen = named.find(({ server }) => server.wrapped === wrapped) ?? named[0];
  if (chosen !== undefined) return chosen;
  requireReadable(configs);
  const paths = configs.map(({ file }) => `"${file.path}"`).join(' and ');
  const others = configs.flatMap(({ servers }) => servers.map((each) => `"${each.name}"`)).join(', ');
  const hint = others === '' ? 'There are no servers at all' : `There are ${others}`;
  throw new Failure('clients/no-such-server', `No server is called "${name}" in ${paths}`, hint);
}

/** The names of the servers before which a tap stands, in all files of a client. Throws as `requireServer` does. */
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
      `${fileOrClient} has no configuration file here`,
      'Run "guardscope clients" for what there is',
    );
  }
  // A name without a dot or a slash, behind which no file is, was meant for a client.
  if (ofClient.length === 0 && /^[^./\\]+$/.test(fileOrClient) && !existsSync(path)) {
    const ids = clientTable.map(({ id }) => id).join(', ');
    throw new Failure(
      'clients/unknown-client',
      `"${fileOrClient}" is no client that is known here, and no file`,
      `Clients are ${ids}; of any other give the path of its configuration`,
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

/** This very program as a tap. */
export function ownTap(server: string, folder: string): TapCommand {
  const out = join(resolve(folder), '{server}-{time}-{pid}.guardtrace.jsonl');
  const cli = join(__dirname, 'cli.js');
  return { command: process.execPath, args: [cli, 'tap', '--out', out, ...serverFlag(server), '--'] };
}
