/** Reads a configuration of the gateway in a process that was not started as the gateway is: without its folder and its environment. */
import { dirname, resolve } from 'node:path';
import { listText } from '../../core/base/listText.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { Environment } from '../../core/policy/override.ts';
import { readGatewayConfig } from '../../core/gatewayConfig/config.ts';
import { readConfigFile } from './configFile.ts';
import type { GuardFiles } from './discovery.ts';
import { withVisibility } from './explainConfig.ts';
import { nodeGuardFiles } from './nodeGuardFiles.ts';
import { type SessionInputs, sessionInputsOf } from './replayInputs.ts';

/** Names in the problem of missed variables, so that it stays a sentence. */
const mostNames = 10;

/**
 * The inputs of all servers of a configuration. Relative paths of guards are below the folder of the file. References to variables that
 * are not set stay as they are written: the gateway would not start without them, but most are secrets of servers, which no guard sees.
 * `publicRepository`: the workflow's repository when the session says that it is public; null when it does not. `texts`: in place of the
 * content of files, by path. Throws a `Failure` with the code `config/unreadable`, `config/too-large` or
 * `gateway/does-not-start`.
 */
export async function readConfigElsewhere(
  path: string,
  environment: Environment,
  publicRepository: string | null = null,
  texts: ReadonlyMap<string, string> = new Map(),
): Promise<SessionInputs> {
  const text = texts.get(path) ?? (await readConfigFile(path));
  const unset = unsetVariables(text, environment);
  const env = { ...environment, ...Object.fromEntries(unset.map((name) => [name, `\${${name}}`])) };
  const asked = askedVariables(text, path, env);
  const missed = unset.filter((name) => asked.has(name));
  const folder = dirname(path);
  const files = filesBelow(folder);
  const here = { env, files, workflowVisibility: null };
  const there = publicRepository === null ? here : withVisibility(here, 'public', publicRepository);
  const { servers, problems } = await sessionInputsOf(text, path, there);
  return {
    servers: servers.map((server) => {
      const { guardPath } = server;
      return guardPath === null || guardPath === 'noop' ? server : { ...server, guardPath: resolve(folder, guardPath) };
    }),
    problems: [...problems, ...(missed.length === 0 ? [] : [notSet(missed, path)])],
  };
}

/** The variables that the text refers to and the environment does not have, in order of appearance. */
function unsetVariables(text: string, env: Environment): readonly string[] {
  const names = [...text.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g)].map(([, name]) => name ?? '');
  return [...new Set(names)].filter((name) => env[name] === undefined);
}

/** The variables that reading the configuration asks for: in a TOML file the gateway expands few references (gateway spec 5.2). */
function askedVariables(text: string, file: string, env: Environment): ReadonlySet<string> {
  const asked = new Set<string>();
  const watched: Environment = new Proxy(env, {
    get: (target, name) => {
      if (typeof name !== 'string') return undefined;
      asked.add(name);
      return target[name];
    },
  });
  readGatewayConfig(text, { file, env: watched });
  return asked;
}

function notSet(names: readonly string[], file: string): Problem {
  const references = names.map((name) => `\${${name}}`);
  const named = listText(references, mostNames);
  return {
    severity: 'info',
    code: 'gateway/variable-not-set',
    message: `The configuration refers to variables that are not set here: ${named}. The references stay as they are written`,
    hint: 'Where a guard, a policy or a mode depends on them, start the editor with the environment of the gateway',
    position: { file },
  };
}

function filesBelow(folder: string): GuardFiles {
  return {
    list: (path) => nodeGuardFiles.list(resolve(folder, path)),
    exists: (path) => nodeGuardFiles.exists(resolve(folder, path)),
    read: (path) => nodeGuardFiles.read(resolve(folder, path)),
  };
}
