/** The policy that flags or the environment set for all servers (gateway `internal/config/guard_policy_parse.go`, spec 2.7.6). */
import { toLower, trimSpace } from '../go/goText.ts';
import type { JsonValue } from '../base/json.ts';
import { integrityLevels } from './fields.ts';
import { normalizeAllowOnly } from './normalize.ts';
import type { GatewayResult } from './payload.ts';
import { allowOnlyPayload, type AllowOnlyPolicy, type Policy } from './policy.ts';
import { parseGuardPolicyJson } from './validate.ts';
import { configurationError } from './values.ts';

/** Environment variables by name. A variable that is not set is missing or undefined; an empty one is set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The gateway's variables for a policy for all servers. */
export const policyVariables = {
  policyJson: 'MCP_GATEWAY_GUARD_POLICY_JSON',
  scopePublic: 'MCP_GATEWAY_ALLOWONLY_SCOPE_PUBLIC',
  scopeOwner: 'MCP_GATEWAY_ALLOWONLY_SCOPE_OWNER',
  scopeRepo: 'MCP_GATEWAY_ALLOWONLY_SCOPE_REPO',
  minIntegrity: 'MCP_GATEWAY_ALLOWONLY_MIN_INTEGRITY',
} as const;

/** Flags of the gateway's command line. A missing member means that the flag was not given. */
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

/** The values that make an allow-only policy, not trimmed. */
export interface AllowOnlyScope {
  readonly scopePublic: boolean;
  readonly scopeOwner: string;
  readonly scopeRepo: string;
  readonly minIntegrity: string;
}

/** The policy for all servers, and its source in the gateway's words. */
export interface PolicyOverride {
  readonly policy: Policy;
  readonly source: 'cli' | 'env';
}

/** Makes an allow-only policy from its four values; null when no value is set (gateway `BuildAllowOnlyPolicy`). */
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
 * The policy that overrides those of the configuration, or null. If any flag is given, the flags decide; otherwise the policy JSON of the
 * environment, otherwise its four allow-only values (gateway `ResolveGuardPolicyOverride`). A flag that is not given has the value of its
 * variable. On an error the gateway stops with `invalid guard policy configuration: ` and the error.
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

/** The boolean value of a variable; `fallback` for an unknown word (gateway `envutil.GetEnvBool`). */
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
