/** Explains what the gateway does with each server of a configuration (gateway `NewUnified`, `registerGuard`, spec 3.9 to 3.12). */
import { quoteGo } from '../../core/go/goText.ts';
import type { Problem } from '../../core/base/parsed.ts';
import { type Environment, type PolicyFlags, resolvePolicyOverride } from '../../core/policy/override.ts';
import { keyHint } from '../../core/policy/hints.ts';
import type { ConfigAccount, ServerAccount } from '../../core/gatewayConfig/account/account.ts';
import type { GuardFiles } from './discovery.ts';
import { workflowRepositoryOf } from '../../core/gatewayConfig/model/environment.ts';
import { explainServer } from './explainServer.ts';
import { serverWideMode } from '../../core/gatewayConfig/account/mode.ts';
import type { GatewayConfig } from '../../core/gatewayConfig/model/configModel.ts';
import {
  decideForcePublic,
  type Visibility,
  type WorkflowRepository,
} from '../../core/gatewayConfig/account/visibility.ts';

/** How the gateway is started: everything besides its configuration that it depends on. */
export interface Circumstances {
  readonly env: Environment;
  readonly files: GuardFiles;
  /** Flags that set a policy for all servers. */
  readonly policyFlags?: PolicyFlags;
  /** Value of `--guards-mode`. */
  readonly modeFlag?: string;
  /** GitHub's answer about the workflow's repository; null when there is none. */
  readonly workflowVisibility: Visibility | null;
}

/**
 * The circumstances of a gateway that GitHub told that its workflow's repository has this visibility. The gateway needs the repository's name and a
 * token to ask; where the environment has none, they are assumed.
 */
export function withVisibility(
  circumstances: Circumstances,
  visibility: Visibility,
  repository: string | null = null,
): Circumstances {
  const { env } = circumstances;
  const { GITHUB_REPOSITORY: name = '', GITHUB_TOKEN: token = '' } = env;
  const assumed = {
    GITHUB_REPOSITORY: repository ?? (name === '' ? 'OWNER/REPOSITORY' : name),
    GITHUB_TOKEN: token.trim() === '' ? 'assumed' : token,
  };
  return { ...circumstances, env: { ...env, ...assumed }, workflowVisibility: visibility };
}

/** The account of every server. If the gateway refuses the configuration, it covers what could be read. Never throws. */
export async function explainConfig(config: GatewayConfig, circumstances: Circumstances): Promise<ConfigAccount> {
  const { env, files, policyFlags = {}, modeFlag = null, workflowVisibility } = circumstances;
  const mode = serverWideMode(config, env, modeFlag);
  const override = resolvePolicyOverride(policyFlags, env);
  const workflow = { ...workflowRepositoryOf(env), visibility: workflowVisibility };
  const rules = {
    override: override.ok ? override.value : null,
    mode,
    force: decideForcePublic(config, env, workflow),
    facts: { env, files, workflow },
  };
  const servers: ServerAccount[] = [];
  for (const server of config.servers) servers.push(await explainServer(config, server, rules));
  const startErrors = [
    config.refusal === null ? null : `failed to load config: ${config.refusal}`,
    mode.error,
    override.ok ? null : `invalid guard policy configuration: ${override.error}`,
    ...servers.map(({ startError }) => startError),
  ];
  return {
    startError: startErrors.find((error) => error !== null) ?? null,
    servers: servers.map((account) => ({
      ...account,
      problems: [...account.problems, ...noopProblems(account, servers)],
    })),
    problems: [
      ...startProblems([mode.error, override.ok ? null : `invalid guard policy configuration: ${override.error}`]),
      ...mode.problems,
      ...unknownExempt(config),
      ...unknownVisibility(workflow, config, env),
    ],
  };
}

function startProblems(errors: readonly (string | null)[]): readonly Problem[] {
  return errors
    .filter((error) => error !== null)
    .map((message) => ({ severity: 'error', code: 'gateway/does-not-start', message }));
}

/** The visibility matters, but GitHub's answer is not given. */
function unknownVisibility(workflow: WorkflowRepository, config: GatewayConfig, env: Environment): readonly Problem[] {
  const { name, hasToken, visibility } = workflow;
  const ifPublic = decideForcePublic(config, env, { ...workflow, visibility: 'public' });
  if (name === '' || !hasToken || visibility !== null || !ifPublic.force) return [];
  const message = `The gateway asks GitHub whether ${name} is public; if so, it forces every allow-only policy to public and treats every sink as public`;
  const hint = 'Set the visibility to see its effect';
  return [{ severity: 'info', code: 'gateway/visibility-unknown', message, hint }];
}

/** The gateway's warning about exempt servers that do not exist. */
function unknownExempt({ sinkVisibilityExemptServers, servers }: GatewayConfig): readonly Problem[] {
  const ids = servers.map(({ id }) => id);
  return sinkVisibilityExemptServers
    .filter((id) => id !== '*' && !ids.includes(id))
    .map((id): Problem => {
      const message = `sinkVisibilityExemptServers contains unknown server ID ${quoteGo(id)} — ignoring (not in mcpServers config)`;
      const hint = keyHint(id, ids, (meant) => sinkVisibilityExemptServers.includes(meant));
      return { severity: 'warning', code: 'gateway/unknown-server', message, hint };
    });
}

/** The noop guard denies calls of agents that have labels from the guard of another server. */
function noopProblems({ server, guard }: ServerAccount, all: readonly ServerAccount[]): readonly Problem[] {
  if (guard.kind !== 'noop') return [];
  const labelling = all
    .filter((other) => other.guard.kind === 'wasm' && other.policy !== null)
    .map((other) => other.server);
  if (labelling.length === 0) return [];
  const named = labelling.map((id) => `"${id}"`).join(', ');
  const message = `Calls of "${server}" are denied once the agent has tags from the guard of ${named}: the noop guard treats every call as a read and a write of a resource without tags`;
  return [
    {
      severity: 'info',
      code: 'gateway/noop-beside-guards',
      message,
      hint: 'Give the server a guard or a write-sink policy',
    },
  ];
}
