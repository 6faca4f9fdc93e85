/** The policy that flags or the environment set for every server at once (gateway `internal/config/guard_policy_parse.go`, spec 2.7.6). */
import { toLower, trimSpace } from '../go/goText.ts';
import type { JsonValue } from '../base/json.ts';
import { integrityLevels } from './fields.ts';
import { normalizeAllowOnly } from './normalize.ts';
import type { GatewayResult } from './payload.ts';
import { allowOnlyPayload, type AllowOnlyPolicy, type Policy } from './policy.ts';
import { parseGuardPolicyJson } from './validate.ts';
import { configurationError } from './values.ts';

/** Environment variables by name; one that is not set is missing or undefined, which is not the same as empty. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The gateway's variables for a policy of all servers. */
export const policyVariables = {
  policyJson: 'MCP_GATEWAY_GUARD_POLICY_JSON',
  scopePublic: 'MCP_GATEWAY_ALLOWONLY_SCOPE_PUBLIC',
  scopeOwner: 'MCP_GATEWAY_ALLOWONLY_SCOPE_OWNER',
  scopeRepo: 'MCP_GATEWAY_ALLOWONLY_SCOPE_REPO',
  minIntegrity: 'MCP_GATEWAY_ALLOWONLY_MIN_INTEGRITY',
} as const;

/** The flags that were given on the gateway's command line; a missing one was not given. */
export interface PolicyFlags {
  /** `--guard-policy-json` */
  readonly policyJson?: string;
  /** `--allowonly-scope-public` */
  readonly scopePublic?: boolean;
  /** `--allowonly-scope-owner` */
  readonly scopeOwner?: string;
  /** `--allowonly-scope-repo` */
  readonly scopeRepo?: string;
  /** `--allowonly-min-integrity` */
  readonly minIntegrity?: string;
}

/** What an allow-only policy is built from; nothing is trimmed. */
export interface AllowOnlyScope {
  readonly scopePublic: boolean;
  readonly scopeOwner: string;
  readonly scopeRepo: string;
  readonly minIntegrity: string;
}

/** The policy of all servers, and where it comes from in the gateway's word. */
export interface PolicyOverride {
  readonly policy: Policy;
  readonly source: 'cli' | 'env';
}

/** An allow-only policy from its four values, null when none is set (gateway `BuildAllowOnlyPolicy`). */
export function buildAllowOnlyPolicy(scope: AllowOnlyScope): GatewayResult<AllowOnlyPolicy | null> {
  const owner = trimSpace(scope.scopeOwner);
  const repo = trimSpace(scope.scopeRepo);
  const level = trimSpace(scope.minIntegrity);
  if (repo !== '' && owner === '') return refuse('allow-only scope repo requires allow-only scope owner');
  const scopes = Number(scope.scopePublic) + Number(owner !== '');
  if (scopes === 0 && scope.minIntegrity === '') return { ok: true, value: null };
  if (scopes !== 1) {
    return refuse('exactly one AllowOnly scope variant must be set (public or owner[/repo])');
  }
  const levels = integrityLevels.join(', ');
  if (level === '') {
    const suggestion = `Specify the minimum integrity level (one of: ${levels})`;
    return refuse(configurationError('allow-only.min-integrity', 'min-integrity', suggestion));
  }
  const plainLevel = toLower(level.replaceAll('-', ''));
  if (!integrityLevels.some((known) => known === plainLevel)) return refuse(`min-integrity must be one of: ${levels}`);
  const repos: JsonValue = scope.scopePublic ? 'public' : [`${owner}/${repo === '' ? '*' : repo}`];
  const values = new Map<string, JsonValue>([
    ['repos', repos],
    ['min-integrity', plainLevel],
  ]);
  const { normalized, faults } = normalizeAllowOnly(values);
  const [first] = faults;
  if (first !== undefined) return refuse(first.message);
  return { ok: true, value: { kind: 'allow-only', payload: allowOnlyPayload(values), normalized } };
}

/**
 * The policy that wins over those of the configuration, null when there is none: flags if any was given, else the policy JSON of the
 * environment, else its four allow-only values (gateway `ResolveGuardPolicyOverride`). A flag that was not given has the value of
 * its variable. The gateway stops with `invalid guard policy configuration: ` and the error.
 */
export function resolvePolicyOverride(flags: PolicyFlags, env: Environment): GatewayResult<PolicyOverride | null> {
  const fromEnvironment: AllowOnlyScope = {
    scopePublic: readFlag(env, policyVariables.scopePublic, false),
    scopeOwner: env[policyVariables.scopeOwner] ?? '',
    scopeRepo: env[policyVariables.scopeRepo] ?? '',
    minIntegrity: env[policyVariables.minIntegrity] ?? '',
  };
  const given = Object.values(flags as Readonly<Record<string, unknown>>).some((value) => value !== undefined);
  if (given) {
    const { policyJson = '', ...scope } = flags;
    return trimSpace(policyJson) === ''
      ? from('cli', buildAllowOnlyPolicy({ ...fromEnvironment, ...scope }))
      : from('cli', parseGuardPolicyJson(policyJson));
  }
  const policyJson = trimSpace(env[policyVariables.policyJson] ?? '');
  if (policyJson !== '') return from('env', parseGuardPolicyJson(policyJson));
  const { policyJson: _, ...scopeVariables } = policyVariables;
  const anySet = Object.values(scopeVariables).some((name) => env[name] !== undefined);
  return anySet ? from('env', buildAllowOnlyPolicy(fromEnvironment)) : { ok: true, value: null };
}

/** A variable that means yes or no, in the gateway's words for it; anything else means `fallback` (gateway `envutil.GetEnvBool`). */
export function readFlag(env: Environment, name: string, fallback: boolean): boolean {
  const word = toLower(env[name] ?? '');
  if (['1', 'true', 'yes', 'on'].includes(word)) return true;
  return ['0', 'false', 'no', 'off'].includes(word) ? false : fallback;
}

function from(
  source: PolicyOverride['source'],
  built: GatewayResult<Policy | null>,
): GatewayResult<PolicyOverride | null> {
  if (!built.ok) return built;
  return { ok: true, value: built.value === null ? null : { policy: built.value, source } };
}

function refuse(error: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error };
}
