/** Which policy a server gets (gateway `resolveGuardPolicy`, `internal/server/guard_init.go`, spec 3.9). */
import { quoteGo } from '../../go/goText.ts';
import type { PolicyOverride } from '../../policy/override.ts';
import type { Policy } from '../../policy/policy.ts';
import { parseServerGuardPolicy } from '../../policy/serverPolicy.ts';
import type { GuardConfig, ServerConfig } from '../model/configModel.ts';

/** Where a policy comes from, in the gateway's words; `legacy` is its word for no policy at all. */
export type PolicySource = PolicyOverride['source'] | 'server' | 'config' | 'legacy';

/** The policy and its source, or the gateway's error. */
export type ResolvedPolicy =
  | { readonly ok: true; readonly policy: Policy; readonly source: Exclude<PolicySource, 'legacy'> }
  | { readonly ok: true; readonly policy: null; readonly source: 'legacy' }
  | { readonly ok: false; readonly error: string };

/** What the policy of a server depends on. */
export type PolicyHolder = Pick<ServerConfig, 'id' | 'guard' | 'guardPolicies'>;

/** The override of all servers, else the server's own policies, else that of the guard it names, else none. */
export function resolvePolicy(
  server: PolicyHolder,
  guards: readonly GuardConfig[],
  override: PolicyOverride | null,
): ResolvedPolicy {
  if (override !== null) return { ok: true, ...override };
  const own = parseServerGuardPolicy(server.id, server.guardPolicies);
  if (!own.ok) return own;
  if (own.value !== null) return { ok: true, policy: own.value, source: 'server' };
  const named = server.guard === '' ? undefined : guards.find(({ name }) => name === server.guard);
  return named === undefined || named.policy === null
    ? { ok: true, policy: null, source: 'legacy' }
    : { ok: true, policy: named.policy, source: 'config' };
}

/** With what the gateway does not start: a server whose guard has rules has a policy that it cannot take. */
export function startError(serverId: string, error: string): string {
  return `failed to create unified server: failed to register guard for server ${quoteGo(serverId)}: ${error}`;
}

/** What every call of a server without a guard gets when its policy cannot be taken. */
export function callError(error: string): string {
  return `guard session initialization failed: failed to resolve guard policy: ${error}`;
}
