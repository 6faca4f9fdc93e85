/** Resolves the policy of a server (gateway `resolveGuardPolicy`, `internal/server/guard_init.go`, spec 3.9). */
import { quoteGo } from '../../go/goText.ts';
import type { PolicyOverride } from '../../policy/override.ts';
import type { Policy } from '../../policy/policy.ts';
import { parseServerGuardPolicy } from '../../policy/serverPolicy.ts';
import type { GuardConfig, ServerConfig } from '../model/configModel.ts';

/** The source of a policy in the gateway's words. `legacy` means no policy. */
export type PolicySource = PolicyOverride['source'] | 'server' | 'config' | 'legacy';

/** The policy and its source, or the gateway's error. */
export type ResolvedPolicy =
  | { readonly ok: true; readonly policy: Policy; readonly source: Exclude<PolicySource, 'legacy'> }
  | { readonly ok: true; readonly policy: null; readonly source: 'legacy' }
  | { readonly ok: false; readonly error: string };

/** The parts of a server that its policy depends on. */
export type PolicyHolder = Pick<ServerConfig, 'id' | 'guard' | 'guardPolicies'>;

/** The override for all servers, the server's own policies, or the policy of its guard, in this order. */
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

/** The gateway's error when it does not start because it refuses the policy of a server whose guard has rules. */
export function startError(serverId: string, error: string): string {
  return `failed to create unified server: failed to register guard for server ${quoteGo(serverId)}: ${error}`;
}

/** The error of every call to a server without a guard when the gateway refuses its policy. */
export function callError(error: string): string {
  return `guard session initialization failed: failed to resolve guard policy: ${error}`;
}
