/** Makes configurations and their accounts for the tests of this folder. */
import type { Problem } from '../../../src/core/base/parsed.ts';
import type { Environment } from '../../../src/core/policy/override.ts';
import type { ConfigAccount, ServerAccount } from '../../../src/core/gatewayConfig/account/account.ts';
import { readGatewayConfig } from '../../../src/core/gatewayConfig/config.ts';
import { type Circumstances, explainConfig } from '../../../src/engine/gateway/explainConfig.ts';
import { type FileKind, memoryFiles } from './memoryFiles.ts';

/** Flags, environment and files of a configuration; every part has a default. */
export interface Surroundings extends Partial<Omit<Circumstances, 'files'>> {
  readonly files?: Readonly<Record<string, FileKind>>;
}

/** An environment with a repository and a token for requests to GitHub. */
export const workflow: Environment = { GITHUB_REPOSITORY: 'o/r', GITHUB_TOKEN: 'token' };

/** An environment with /g as the folder of guards. */
export const guardsDir: Environment = { MCP_GATEWAY_WASM_GUARDS_DIR: '/g' };

/** A server with further TOML lines; `P` in them means its guard policies. */
export function serverToml(lines: string, id = 's'): string {
  return `[servers.${id}]\ntype = "http"\nurl = "http://localhost"\n${lines.replaceAll('[P', `[servers.${id}.guard_policies`)}\n`;
}

export const allowOnlyToml = '[P.allow-only]\nrepos = "all"\nmin-integrity = "approved"';
export const writeSinkToml = '[P.write-sink]\naccept = ["private:o/r"]';

/** The account of a TOML configuration. */
export async function accountOf(text: string, around: Surroundings = {}): Promise<ConfigAccount> {
  return explainConfig(readGatewayConfig(text, { form: 'toml', env: around.env ?? {} }).value, circumstances(around));
}

/** The account of one server. */
export async function serverAccount(text: string, around: Surroundings = {}, id = 's'): Promise<ServerAccount> {
  const found = (await accountOf(text, around)).servers.find(({ server }) => server === id);
  if (found === undefined) throw new Error(`the configuration has no server ${id}`);
  return found;
}

export function circumstances({
  files = {},
  env = {},
  workflowVisibility = null,
  ...rest
}: Surroundings): Circumstances {
  return { env, files: memoryFiles(files), workflowVisibility, ...rest };
}

/** `code: message` of problems. */
export function problemTexts(problems: readonly Problem[]): readonly string[] {
  return problems.map(({ code, message }) => `${code}: ${message}`);
}
