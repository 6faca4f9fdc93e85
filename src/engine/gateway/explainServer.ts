/** Explains what the gateway does with one server: guard, policy, mode, limits, and effects that may surprise (gateway spec 3.9 to 3.12). */
import { trimSpace } from '../../core/go/goText.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { PolicyOverride } from '../../core/policy/override.ts';
import { buildLabelAgentPayload, buildStrictLabelAgentPayload } from '../../core/policy/payload.ts';
import type { Policy } from '../../core/policy/policy.ts';
import type { ServerAccount } from '../../core/gatewayConfig/account/account.ts';
import { sentencesOf } from '../../core/gatewayConfig/account/accountSentences.ts';
import type { ChosenGuard } from '../../core/gatewayConfig/account/chosenGuard.ts';
import { type ChoiceFacts, guardOfServer } from './guardChoice.ts';
import { numberMember, objectMember } from '../../core/gatewayConfig/model/members.ts';
import { payloadInForce } from '../../core/gatewayConfig/model/environment.ts';
import { modeInForce, type ServerWideMode } from '../../core/gatewayConfig/account/mode.ts';
import type { GatewayConfig, ServerConfig } from '../../core/gatewayConfig/model/configModel.ts';
import { policyProblems } from '../../core/gatewayConfig/account/policyAdvice.ts';
import {
  callError,
  type ResolvedPolicy,
  resolvePolicy,
  startError,
} from '../../core/gatewayConfig/account/policyResolution.ts';
import {
  type ForceDecision,
  forcedWarning,
  forceOverride,
  forcePolicies,
} from '../../core/gatewayConfig/account/visibility.ts';

/** Inputs that are the same for all servers. */
export interface RegistrationRules {
  readonly override: PolicyOverride | null;
  readonly mode: ServerWideMode;
  readonly force: ForceDecision;
  readonly facts: ChoiceFacts;
}

/** Follows the gateway's registration of a server step by step. */
export async function explainServer(
  config: GatewayConfig,
  server: ServerConfig,
  rules: RegistrationRules,
): Promise<ServerAccount> {
  const before = resolvePolicy(server, config.guards, rules.override);
  const choice = await guardOfServer(config, server, before, rules.facts);
  const forced = forcePublic(config, server, rules);
  const resolved = resolvePolicy(forced.server, config.guards, forced.override);
  const { guard, problems: dropped } = requirePolicy(choice.guard, resolved, forced.server);
  const policy = resolved.ok ? resolved.policy : null;
  const errors = errorsOf(guard, resolved, config.trustedBots, server);
  const inForce = modeInForce(guard, policy !== null, rules.mode);
  const account = {
    server: server.id,
    guard,
    policy,
    policySource: resolved.ok ? resolved.source : 'server',
    forced: forced.changed,
    mode: inForce.mode,
    serverWideMode: rules.mode.mode,
    trustedBots: config.trustedBots,
    toolTimeoutMs: server.toolTimeoutMs ?? config.toolTimeoutMs,
    allowedTools: server.tools.length === 0 || server.tools.includes('*') ? null : server.tools,
    toolCallLimits: limitsOf(policy),
    circuit: server.circuit,
    responseFilters: server.responseFilters,
    payload: payloadInForce(config.payload, rules.facts.env),
    startError: errors.start,
    callError: errors.call,
  } as const;
  const why = guard === choice.guard ? choice.why : 'its guard has no policy';
  return {
    ...account,
    sentences: sentencesOf(account, { guard: why, mode: inForce.why, force: rules.force.why, guardName: server.guard }),
    problems: [
      ...choice.problems,
      ...forced.problems,
      ...dropped,
      ...errors.problems,
      ...(rules.override === null && account.policySource !== 'config' ? policyProblems(server) : []),
    ],
  };
}

interface Forced {
  readonly server: ServerConfig;
  readonly override: PolicyOverride | null;
  readonly changed: boolean;
  readonly problems: readonly Problem[];
}

function forcePublic(
  config: GatewayConfig,
  server: ServerConfig,
  { override, force: decision, facts }: RegistrationRules,
): Forced {
  if (!decision.force) return { server, override, changed: false, problems: [] };
  const position = server.places.policies;
  const warning = (message: string, hint = ''): Problem => {
    return { severity: 'warning', code: 'gateway/forced-public', message, ...(hint === '' ? {} : { hint }), position };
  };
  if (override !== null) {
    const changed = override.policy.kind === 'allow-only';
    const problems = changed ? [warning(forcedWarning(facts.workflow.name, true))] : [];
    return { server, override: forceOverride(override), changed, problems };
  }
  const { policies, changed, warning: skipped } = forcePolicies(server.id, server.guardPolicies);
  const problems = skipped === null ? [] : [warning(skipped)];
  if (changed) problems.push(warning(forcedWarning(facts.workflow.name, false)));
  const guard = config.guards.find(({ name }) => name === server.guard && server.guard !== '');
  if (changed && Object.keys(server.guardPolicies).length === 0 && (guard?.policy ?? null) !== null) {
    const message = `The policy of the guard "${server.guard}" has no effect: the gateway forces a policy with min-integrity none on the server`;
    problems.push(warning(message, "Write the policy into the server's own policies"));
  }
  return { server: { ...server, guardPolicies: policies }, override: null, changed, problems };
}

/** Replaces a guard with rules by the noop guard when the server has no policies. A server with policies that hold none keeps its guard (gateway `requireGuardPolicyIfGuardEnabled`). */
function requirePolicy(
  guard: ChosenGuard,
  resolved: ResolvedPolicy,
  server: ServerConfig,
): { readonly guard: ChosenGuard; readonly problems: readonly Problem[] } {
  if (guard.kind === 'noop' || !resolved.ok || resolved.policy !== null) return { guard, problems: [] };
  const name = guard.kind === 'wasm' ? guard.name : 'write-sink';
  const position = server.places.server;
  if (Object.keys(server.guardPolicies).length > 0) {
    const message = `The guard '${name}' is used without a policy: label_agent is not called, and agents get no tags from it`;
    return { guard, problems: [{ severity: 'warning', code: 'gateway/guard-without-policy', message, position }] };
  }
  const message = `Guard '${name}' is available but no guard policy is set; falling back to noop guard`;
  const hint = 'Give the server guard policies, or its guard a policy';
  return {
    guard: { kind: 'noop' },
    problems: [{ severity: 'warning', code: 'gateway/no-policy', message, hint, position }],
  };
}

interface Errors {
  readonly start: string | null;
  readonly call: string | null;
  readonly problems: readonly Problem[];
}

/** If the gateway refuses a policy, it does not start when the server has a guard with rules; otherwise every call fails. */
function errorsOf(guard: ChosenGuard, resolved: ResolvedPolicy, bots: readonly string[], server: ServerConfig): Errors {
  const position = server.places.policies;
  if (!resolved.ok && guard.kind !== 'noop') {
    const start = startError(server.id, resolved.error);
    const problem = { severity: 'error', code: 'gateway/does-not-start', message: start, position } as const;
    return { start, call: null, problems: [problem] };
  }
  const call = resolved.ok ? payloadError(guard, resolved.policy, bots) : callError(resolved.error);
  if (call === null) return { start: null, call, problems: [] };
  const message = `Every call of "${server.id}" fails: ${call}`;
  const sinkInModule = resolved.ok && resolved.policy?.kind === 'write-sink';
  const hint = sinkInModule
    ? 'A discovered module overrides the write-sink policy: remove the file, or write an allow-only policy'
    : 'Fix the policy; the gateway starts with it and reports the error only at the first call';
  return {
    start: null,
    call,
    problems: [{ severity: 'error', code: 'gateway/every-call-fails', message, hint, position }],
  };
}

/** The gateway's error when the payload for `label_agent` fails its check. */
function payloadError(guard: ChosenGuard, policy: Policy | null, bots: readonly string[]): string | null {
  if (guard.kind !== 'wasm' || policy === null) return null;
  const payload = buildLabelAgentPayload(policy.payload, bots, []);
  const checked = buildStrictLabelAgentPayload(payload ?? null);
  return checked.ok ? null : `guard session initialization failed: LabelAgent failed: ${checked.error}`;
}

function limitsOf(policy: Policy | null): ReadonlyMap<string, number> {
  const limits = objectMember(objectMember(policy?.payload ?? {}, 'allow-only'), 'tool-call-limits');
  return new Map(Object.keys(limits).map((tool) => [trimSpace(tool), numberMember(limits, tool) ?? 0]));
}
