/** What the visibility of the workflow's repository changes: policies forced to public, sinks taken for public (gateway `internal/server/guard_visibility.go`, spec 3.11, 3.12). */
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

/** The repository that the workflow runs in, as far as the gateway knows it. */
export interface WorkflowRepository {
  /** `GITHUB_REPOSITORY`; empty when it is not set. */
  readonly name: string;
  /** Whether there is a token to ask GitHub with. */
  readonly hasToken: boolean;
  /** GitHub's answer; null when it gave none. */
  readonly visibility: Visibility | null;
}

/** A decision, and its reason as a sentence. */
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
  if (config.forcePublicRepos === false) return no('the configuration turns it off (force_public_repos = false)');
  if (!mayForcePublic(env)) return no(`${gatewayVariables.forcePublic} turns it off`);
  if (workflow.name === '') return no(`${gatewayVariables.repository} is not set`);
  if (!workflow.hasToken) return no('there is no GitHub token');
  if (workflow.visibility === null) return no(`the visibility of ${workflow.name} is not known`);
  if (workflow.visibility !== 'public')
    return no(`the workflow's repository ${workflow.name} is ${workflow.visibility}`);
  return { force: true, why: `the workflow's repository ${workflow.name} is public` };
}

/** The policy of all servers once forced; a write-sink policy stays. */
export function forceOverride(override: PolicyOverride): PolicyOverride {
  const policy = forcePolicy(override.policy);
  return policy === null ? override : { ...override, policy };
}

/** A server's policies once forced, and whether that changed them; or why they could not be. */
export interface ForcedPolicies {
  readonly policies: JsonObject;
  readonly changed: boolean;
  /** The gateway's warning when it gives up. */
  readonly warning: string | null;
}

/** Every server without policies gets one, allow-only ones become public, write-sinks stay (gateway `overrideToPublicScope`). */
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

/** The gateway's warning that it forced a policy. */
export function forcedWarning(repository: string, isGlobal: boolean): string {
  const source = isGlobal ? ' (source: global policy)' : '';
  return `FORCED REPOS=PUBLIC: workflow repo ${repository} is public — overriding allow-only scope to 'public' to prevent private data reads${source}`;
}

/** The visibility that a sink works with; empty for none, and why. */
export interface SinkDecision {
  readonly visibility: string;
  readonly why: string;
  /** The gateway's warning when it overrides the policy. */
  readonly warning: string | null;
}

/** What a write-sink works with in place of the configured visibility (gateway `registerGuard`, `verifySinkVisibilityAtRuntime`). */
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
      const why = exempt
        ? 'the server is exempt from being taken for public'
        : 'a safe-outputs server is not taken for public';
      return { visibility, why: `the policy does not say and ${why}`, warning: null };
    }
    if (!isSafeOutputs(serverId)) {
      return { visibility, why: 'the policy does not say, and the gateway takes a sink for public', warning: null };
    }
    const warning =
      'SAFE-OUTPUTS SAFETY NET: no sink-visibility configured but workflow repo is public — forcing sink-visibility="public" to prevent data exfiltration';
    return { visibility, why: "the policy does not say and the workflow's repository is public", warning };
  }
  if (visibility === 'public' && plain(configured) !== 'public') {
    const warning =
      `SINK VISIBILITY OVERRIDE: configured=${quoteGo(configured)} but runtime check shows repo ${workflow.name} is ` +
      '"public" — overriding to "public" to prevent potential data exfiltration';
    return { visibility, why: "the workflow's repository is public", warning };
  }
  return { visibility: plain(visibility), why: 'the policy says so', warning: null };
}

/** Whether a sink keeps a visibility that is not configured (gateway `isServerExemptFromSinkVisibility`). */
export function isExempt(
  serverId: string,
  {
    forcePublicRepos,
    sinkVisibilityExemptServers,
  }: Pick<GatewayConfig, 'forcePublicRepos' | 'sinkVisibilityExemptServers'>,
): boolean {
  return forcePublicRepos === false || sinkVisibilityExemptServers.some((id) => id === '*' || id === serverId);
}

const injected: JsonObject = { repos: 'public', 'min-integrity': 'none' };

/** null for a policy that is not changed. */
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

function plain(text: string): string {
  return toLower(trimSpace(text));
}
