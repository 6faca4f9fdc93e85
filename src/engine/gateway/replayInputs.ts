/** The inputs of a replay from the gateway's configuration: the guard, policy, mode and limits of a server. */
import { Failure } from '../../core/base/failure.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { CircuitSettings } from '../../core/difc/monitor/circuitBreaker.ts';
import type { EnforcementMode } from '../../core/difc/record/decision.ts';
import type { Policy, WriteSinkPolicy } from '../../core/policy/policy.ts';
import type { ResponseRules } from '../../core/session/response/responseRules.ts';
import type { ServerRules } from '../../core/session/sessionRules.ts';
import type { ServerAccount } from '../../core/gatewayConfig/account/account.ts';
import { readGatewayConfig } from '../../core/gatewayConfig/config.ts';
import { type Circumstances, explainConfig } from './explainConfig.ts';
import type { ChosenGuard } from '../../core/gatewayConfig/account/chosenGuard.ts';

/** The inputs of a replay of one server. */
export interface ReplayInputs {
  readonly server: string;
  /** Path of the module, `noop`, or null for the write-sink guard. */
  readonly guardPath: string | null;
  /** The gateway's name for the guard, which is the name of the module's instance. */
  readonly guardName: string;
  /** The policy of the write-sink guard with its effective visibility; null for other guards. */
  readonly sink: WriteSinkPolicy | null;
  /** The policy for `label_agent`; null when it is not called. */
  readonly policy: Policy | null;
  /** Mode of calls until a guard sets one. */
  readonly mode: EnforcementMode;
  readonly trustedBots: readonly string[];
  /** Time limit of a tool call; null for none. */
  readonly deadlineMs: number | null;
  /** null for all tools. */
  readonly allowedTools: readonly string[] | null;
  readonly toolCallLimits: ReadonlyMap<string, number>;
  readonly circuit: CircuitSettings;
  readonly response: ResponseRules;
  /** Why the configured guard could not be created here, so that the gateway falls back to its noop guard; null when it could. */
  readonly missingGuard: string | null;
  /** Problems of the server. */
  readonly problems: readonly Problem[];
}

/** The inputs of a replay of all servers, in the order of the configuration. */
export interface SessionInputs {
  readonly servers: readonly ReplayInputs[];
  /** Problems of the configuration as a whole. */
  readonly problems: readonly Problem[];
}

/** Reads a configuration and returns the inputs of all servers. Throws a `Failure` with the code `gateway/does-not-start`. */
export async function sessionInputsOf(
  text: string,
  file: string,
  circumstances: Circumstances,
): Promise<SessionInputs> {
  const config = readGatewayConfig(text, { file, env: circumstances.env });
  const account = await explainConfig(config.value, circumstances);
  if (account.startError !== null) {
    const hint = `"guardscope validate --config ${file}" lists all problems of the file`;
    throw new Failure(
      'gateway/does-not-start',
      `The gateway does not start with "${file}": ${account.startError}`,
      hint,
    );
  }
  return { servers: account.servers.map(inputsOf), problems: [...config.problems, ...account.problems] };
}

/**
 * The inputs of one server; `id` null selects the only one. Throws a `Failure` with the code `gateway/no-such-server` when the server does
 * not exist.
 */
export function inputsOfServer({ servers }: SessionInputs, id: string | null, file: string): ReplayInputs {
  const [only, ...others] = servers;
  const found = id === null ? (others.length === 0 ? only : undefined) : servers.find(({ server }) => server === id);
  if (found !== undefined) return found;
  const message = id === null ? `"${file}" has ${servers.length} servers` : `"${file}" has no server "${id}"`;
  const named = servers.map(({ server }) => `"${server}"`).join(', ');
  throw new Failure('gateway/no-such-server', message, named === '' ? 'Add a server to it' : `Choose one of ${named}`);
}

/** The rules of the session for one server. */
export function rulesFrom(inputs: ReplayInputs): ServerRules {
  const { policy, mode, trustedBots, allowedTools, toolCallLimits, circuit, deadlineMs, response } = inputs;
  return { policy: policy?.payload, mode, trustedBots, allowedTools, toolCallLimits, circuit, deadlineMs, response };
}

function inputsOf(account: ServerAccount): ReplayInputs {
  const { server, guard, policy, serverWideMode, trustedBots, toolTimeoutMs } = account;
  const { allowedTools, toolCallLimits, circuit, problems, responseFilters, payload } = account;
  return {
    server,
    guardPath: guardPathOf(guard),
    guardName: guard.kind === 'wasm' ? guard.name : guard.kind,
    sink: guard.kind === 'write-sink' ? sinkOf(guard) : null,
    policy,
    mode: serverWideMode,
    trustedBots,
    deadlineMs: toolTimeoutMs,
    allowedTools,
    toolCallLimits,
    circuit,
    response: { filters: responseFilters, payload },
    missingGuard: problems.find(({ code }) => code === 'gateway/guard-not-created')?.message ?? null,
    problems,
  };
}

function guardPathOf(guard: ChosenGuard): string | null {
  if (guard.kind === 'wasm') return guard.path;
  return guard.kind === 'noop' ? 'noop' : null;
}

function sinkOf({ accept, sink }: Extract<ChosenGuard, { readonly kind: 'write-sink' }>): WriteSinkPolicy {
  const { visibility } = sink;
  const inner = { accept, ...(visibility === '' ? {} : { 'sink-visibility': visibility }) };
  return { kind: 'write-sink', payload: { 'write-sink': inner }, accept, sinkVisibility: visibility };
}
