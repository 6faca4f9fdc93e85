/** What the commands about clients share: where the files are, which one is meant, and the tap that they put before a server. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Failure } from '../core/base/failure.ts';
import { clientTable, findClientFiles } from '../engine/clients/clientTable.ts';
import type { ClientConfig, ClientFile, ConfiguredServer, TapCommand } from '../engine/clients/model.ts';
import { readClientFile } from '../engine/clients/readConfig.ts';
import { RecordFolder } from '../engine/clients/records.ts';

/** The files of this machine and of the folder that the command runs in. */
export function ownClientFiles(): readonly ClientFile[] {
  const { env, platform } = process;
  return findClientFiles({ home: homedir(), platform, env, workspaceFolders: [process.cwd()] });
}

/** A folder of Guardscope's own in the user's. */
export function recordFolder(): RecordFolder {
  return new RecordFolder(join(homedir(), '.guardscope'));
}

/** The configuration that a path or the id of a client means. Throws `clients/unknown-file`, `clients/unreadable`. */
export async function requireConfig(fileOrClient: string, server: string | undefined): Promise<ClientConfig> {
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
  const files =
    ofClient.length > 0
      ? ofClient
      : [known.find((each) => each.path === path) ?? { client: 'file', name: path, path, scope: 'user' as const }];
  const configs = await Promise.all(files.map((file) => readClientFile(file)));
  const chosen = configs.find(({ servers }) => servers.some(({ name }) => name === server)) ?? configs[0];
  const problem = chosen?.problems[0];
  if (chosen === undefined || problem !== undefined) {
    const { line, column } = problem?.position ?? {};
    const place = line === undefined ? '' : ` (${path}:${line}:${column ?? 1})`;
    throw new Failure(
      problem?.code ?? 'clients/unknown-file',
      `${problem?.message ?? `"${path}" is not there`}${place}`,
      problem?.hint,
    );
  }
  return chosen;
}

/** Throws `clients/no-such-server` with those that there are. */
export function requireConfigured({ file, servers }: ClientConfig, name: string): ConfiguredServer {
  const server = servers.find((each) => each.name === name);
  if (server !== undefined) return server;
  const others = servers.map((each) => `"${each.name}"`).join(', ');
  const hint = others === '' ? 'It names no servers at all' : `It names ${others}`;
  throw new Failure('clients/no-such-server', `"${file.path}" names no server "${name}"`, hint);
}

/** This very program as a tap. */
export function ownTap(server: string, folder: string): TapCommand {
  const out = join(resolve(folder), '{server}-{time}-{pid}.guardtrace.jsonl');
  const cli = join(__dirname, 'cli.js');
  return { command: process.execPath, args: [cli, 'tap', '--out', out, '--server', server, '--'] };
}
