/** Says what the gateway would do with a configuration, server by server (gateway `NewUnified`, `registerGuard`, spec 3.9 to 3.12). */
import { quoteGo } from '../../core/go/goText.ts';
import type { Problem } from '../../core/base/parsed.ts';
import { type Environment, type PolicyFlags, resolvePolicyOverride } from '../../core/policy/override.ts';
import { closest } from '../../core/policy/suggest.ts';
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

/** How the gateway is started: what counts beside its configuration. */
export interface Circumstances {
  readonly env: Environment;
  readonly files: GuardFiles;
  /** Flags for a policy of all servers. */
  readonly policyFlags?: PolicyFlags;
  /** `--guards-mode` */
  readonly modeFlag?: string;
  /** GitHub's answer about the workflow's repository; null: none. */
  readonly workflowVisibility: Visibility | null;
}

/** The account of every server, also of a configuration that the gateway refuses, as far as it could be read. Never throws. */
export async function explainConfig(config: GatewayConfig, around: Circumstances): Promise<ConfigAccount> {
  const { env, files, policyFlags = {}, modeFlag = null, workflowVisibility } = around;
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
      problems: [...account.problems, ...besideOthers(account, servers)],
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

/** Where it matters and nobody said what GitHub would answer. */
function unknownVisibility(workflow: WorkflowRepository, config: GatewayConfig, env: Environment): readonly Problem[] {
  const { name, hasToken, visibility } = workflow;
  const ifPublic = decideForcePublic(config, env, { ...workflow, visibility: 'public' });
  if (name === '' || !hasToken || visibility !== null || !ifPublic.force) return [];
  const message = `The gateway asks GitHub whether ${name} is public; if it is, it forces every allow-only policy to public and takes every sink for public`;
  const hint = 'Say what it is, to see what the gateway makes of it';
  return [{ severity: 'info', code: 'gateway/visibility-unknown', message, hint }];
}

/** The gateway's warning about exempt servers that there are not. */
function unknownExempt({ sinkVisibilityExemptServers, servers }: GatewayConfig): readonly Problem[] {
  const ids = servers.map(({ id }) => id);
  return sinkVisibilityExemptServers
    .filter((id) => id !== '*' && !ids.includes(id))
    .map((id): Problem => {
      const message = `sinkVisibilityExemptServers contains unknown server ID ${quoteGo(id)} — ignoring (not in mcpServers config)`;
      const meant = closest(id, ids);
      const hint = meant === null ? {} : { hint: `Did you mean "${meant}"?` };
      return { severity: 'warning', code: 'gateway/unknown-server', message, ...hint };
    });
}

/** The guard without rules denies agents that another server's guard gave labels. */
function besideOthers({ server, guard }: ServerAccount, all: readonly ServerAccount[]): readonly Problem[] {
  if (guard.kind !== 'noop') return [];
  const labelling = all
    .filter((other) => other.guard.kind === 'wasm' && other.policy !== null)
    .map((other) => other.server);
  if (labelling.length === 0) return [];
  const named = labelling.map((id) => `"${id}"`).join(', ');
  const message = `Calls of "${server}" are denied once the agent has tags from the guard of ${named}: the guard without rules takes every call for a read and a write of something without tags`;
  return [
    {
      severity: 'info',
      code: 'gateway/noop-beside-guards',
      message,
      hint: 'Give the server a guard or a write-sink policy',
    },
  ];
}
