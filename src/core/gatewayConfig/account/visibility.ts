/** Effects of the visibility of the workflow's repository: policies forced to public, and sinks that count as public (gateway `internal/server/guard_visibility.go`, spec 3.11, 3.12). */
import { encodeGoJson } from '../../go/goJson.ts';
import { quoteGo, toLower, trimSpace } from '../../go/goText.ts';
import { isJsonObject, type JsonObject } from '../../base/json.ts';
import type { Environment, PolicyOverride } from '../../policy/override.ts';
import type { Policy } from '../../policy/policy.ts';
import { parseServerGuardPolicy } from '../../policy/serverPolicy.ts';
import { parseGuardPolicyJson } from '../../policy/validate.ts';
import { effectiveSinkVisibility, isSafeOutputs } from '../../guard/writeSinkGuard.ts';
import { gatewayVariables, mayForcePublic } from '../model/environment.ts';
import type { GatewayConfig } from '../model/configModel.ts';

/** Who can see a repository. */
export type Visibility = 'public' | 'private' | 'internal';

/** What the gateway knows about the repository that the workflow runs in. */
export interface WorkflowRepository {
  /** `GITHUB_REPOSITORY`; empty when it is not set. */
  readonly name: string;
  /** Whether there is a token for requests to GitHub. */
  readonly hasToken: boolean;
  /** GitHub's answer; null when there is none. */
  readonly visibility: Visibility | null;
}

/** A decision, and its reason as a clause. */
export interface ForceDecision {
  readonly force: boolean;
  readonly why: string;
}

/** Whether policies are forced to `repos: public` (gateway `computeForcePublicRepos`). */
export function decideForcePublic(
  config: Pick<GatewayConfig, 'forcePublicRepos'>,
  env: Environment,
  workflow: WorkflowRepository,
): ForceDecision {
  if (config.forcePublicRepos === false) return no('the configuration disables it (force_public_repos = false)');
  if (!mayForcePublic(env)) return no(`${gatewayVariables.forcePublic} disables it`);
  if (workflow.name === '') return no(`${gatewayVariables.repository} is not set`);
  if (!workflow.hasToken) return no('there is no GitHub token');
  if (workflow.visibility === null) return no(`the visibility of ${workflow.name} is unknown`);
  if (workflow.visibility !== 'public')
    return no(`the workflow's repository ${workflow.name} is ${workflow.visibility}`);
  return { force: true, why: `the workflow's repository ${workflow.name} is public` };
}

/** The policy for all servers after forcing. A write-sink policy does not change. */
export function forceOverride(override: PolicyOverride): PolicyOverride {
  const policy = forcePolicy(override.policy);
  return policy === null ? override : { ...override, policy };
}

/** A server's policies after forcing. */
export interface ForcedPolicies {
  readonly policies: JsonObject;
  readonly changed: boolean;
  /** The gateway's warning when it cannot force them. */
  readonly warning: string | null;
}

/** Adds a policy to a server without one, makes allow-only policies public, and leaves write-sink policies unchanged (gateway `overrideToPublicScope`). */
export function forcePolicies(serverId: string, policies: JsonObject): ForcedPolicies {
  if (Object.keys(policies).length === 0) return { policies: { 'allow-only': injected }, changed: true, warning: null };
  const parsed = parseServerGuardPolicy(serverId, policies);
  if (!parsed.ok) {
    const warning = `FORCED REPOS=PUBLIC: failed to parse existing policy for override (skipping): ${parsed.error}`;
    return { policies, changed: false, warning };
  }
  if (parsed.value === null) {
    if (Object.hasOwn(policies, 'write-sink')) return { policies, changed: false, warning: null };
    return { policies: { ...policies, 'allow-only': injected }, changed: true, warning: null };
  }
  const forced = forcePolicy(parsed.value);
  return forced === null
    ? { policies, changed: false, warning: null }
    : { policies: forced.payload, changed: true, warning: null };
}

/** The gateway's warning that it has forced a policy. */
export function forcedWarning(repository: string, isGlobal: boolean): string {
  const source = isGlobal ? ' (source: global policy)' : '';
  return `FORCED REPOS=PUBLIC: workflow repo ${repository} is public — overriding allow-only scope to 'public' to prevent private data reads${source}`;
}

/** The effective visibility of a sink, empty for none, and the reason as a clause. */
export interface SinkDecision {
  readonly visibility: string;
  readonly why: string;
  /** The gateway's warning when it overrides the policy. */
  readonly warning: string | null;
}

/** The effective visibility of a write-sink; it may differ from the configured one (gateway `registerGuard`, `verifySinkVisibilityAtRuntime`). */
export function decideSinkVisibility(
  configured: string,
  serverId: string,
  config: Pick<GatewayConfig, 'forcePublicRepos' | 'sinkVisibilityExemptServers'>,
  workflow: WorkflowRepository,
): SinkDecision {
  const exempt = isExempt(serverId, config);
  const known = workflow.name !== '' && workflow.hasToken ? workflow.visibility : null;
  const visibility = effectiveSinkVisibility(configured, { serverId, exempt, workflowRepository: known });
  if (configured === '') {
    if (visibility === '') {
      const why = exempt ? 'the server is exempt from the default' : 'a safe-outputs server has no default';
      return { visibility, why: `the policy does not set it, and ${why}`, warning: null };
    }
    if (!isSafeOutputs(serverId)) {
      return { visibility, why: 'the policy does not set it, and the default is public', warning: null };
    }
    const warning =
      'SAFE-OUTPUTS SAFETY NET: no sink-visibility configured but workflow repo is public — forcing sink-visibility="public" to prevent data exfiltration';
    return { visibility, why: "the policy does not set it, and the workflow's repository is public", warning };
  }
  if (visibility === 'public' && trimLower(configured) !== 'public') {
    const warning =
      `SINK VISIBILITY OVERRIDE: configured=${quoteGo(configured)} but runtime check shows repo ${workflow.name} is ` +
      '"public" — overriding to "public" to prevent potential data exfiltration';
    return { visibility, why: "the workflow's repository is public", warning };
  }
  return { visibility: trimLower(visibility), why: 'set by the policy', warning: null };
}

/** Whether a sink without a configured visibility stays without one (gateway `isServerExemptFromSinkVisibility`). */
function isExempt(
  serverId: string,
  {
    forcePublicRepos,
    sinkVisibilityExemptServers,
  }: Pick<GatewayConfig, 'forcePublicRepos' | 'sinkVisibilityExemptServers'>,
): boolean {
  return forcePublicRepos === false || sinkVisibilityExemptServers.some((id) => id === '*' || id === serverId);
}

const injected: JsonObject = { repos: 'public', 'min-integrity': 'none' };

/** The public form of an allow-only policy; null for a policy that does not change. */
function forcePolicy(policy: Policy): Policy | null {
  if (policy.kind === 'write-sink') return null;
  const allowOnly = policy.payload['allow-only'];
  const payload = { 'allow-only': { ...(isJsonObject(allowOnly) ? allowOnly : {}), repos: 'public' } };
  const parsed = parseGuardPolicyJson(encodeGoJson(payload));
  return parsed.ok ? parsed.value : null;
}

function no(reason: string): ForceDecision {
  return { force: false, why: reason };
}

function trimLower(text: string): string {
  return toLower(trimSpace(text));
}
