/** Chooses the servers of a replay with their guards, policies and rules, from what the user chose, the gateway's configuration and the trace. */
import { basename } from 'node:path';
import type { Problem } from '../../core/base/parsed.ts';
import type { EnforcementMode } from '../../core/difc/record/decision.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { defaultResponseRules } from '../../core/session/response/responseRules.ts';
import { defaultToolTimeoutMs } from '../../core/session/sessionRules.ts';
import { requireRecordedServer } from '../../core/trace/model/requireTrace.ts';
import type { ServerCounts } from '../../core/trace/model/busiestServer.ts';
import { inputsOfServer, type ReplayInputs, rulesFrom, type SessionInputs } from '../gateway/replayInputs.ts';
import type { ServerToOpen } from '../replay/openSession.ts';

/** What the user chose: the flags of the command line, or the settings of a trace. */
export interface ReplayChoice {
  readonly guard: string | null;
  readonly policy: Policy | null;
  readonly mode: EnforcementMode | null;
  readonly deadlineMs: number | null;
  /** The `trusted_bots` of a replay without a configuration; a configuration has its own. */
  readonly trustedBots?: readonly string[];
  /** The server that `guard` and `policy` are for; null: the one with the most calls. */
  readonly server: string | null;
}

/** A configuration that was read, and its file. */
export interface ReplayConfig {
  readonly inputs: SessionInputs;
  readonly file: string;
}

/** The servers of a replay, and the problems of the parts of the configuration that they are from. */
export interface ReplayedServers {
  readonly servers: readonly ServerToOpen[];
  readonly problems: readonly Problem[];
}

/** Which servers of a configuration are decided. */
export interface ServerScope {
  /** Also those without a call yet; default false. */
  readonly all?: boolean;
}

/**
 * The servers that are decided: with a configuration those of its servers that have calls, otherwise the one that the choice names or that
 * has the most calls. Throws a `Failure` when the server, its guard or the configuration's entry is missing.
 */
export function replayedServers(
  recorded: ServerCounts,
  choice: ReplayChoice,
  config: ReplayConfig | null,
  { all = false }: ServerScope = {},
): ReplayedServers {
  const main = requireRecordedServer(recorded, choice.server);
  if (config === null) return { servers: main === null ? [] : [fromChoice(main, choice)], problems: [] };
  const { inputs, file } = config;
  const used = inputs.servers.filter(({ server }) => all || recorded.has(server));
  // A replay that decides nothing is a mistake, and so is the name of a server that the configuration does not have.
  if (main !== null && (used.length === 0 || choice.server !== null)) inputsOfServer(inputs, main, file);
  return {
    // A guard and a policy of the user are for the server that was named, or has the most calls.
    servers: used.map((each) => (each.server === main ? withChoice(each, choice) : withRules(each, choice))),
    problems: [...inputs.problems, ...used.flatMap((each) => each.problems), ...notConfigured(recorded, config)],
  };
}

/** A problem for each server that has calls and that the configuration does not have. */
function notConfigured(recorded: ServerCounts, { inputs, file }: ReplayConfig): readonly Problem[] {
  const configured = new Set(inputs.servers.map(({ server }) => server));
  const others = [...recorded].filter(([server]) => !configured.has(server));
  return others.map(([server, count]) => ({
    severity: 'warning',
    code: 'gateway/server-not-configured',
    message: `"${basename(file)}" has no server "${server}": ${count === 1 ? 'its call is' : `its ${count} calls are`} not decided`,
    hint: 'Use the configuration that the gateway ran with, or add the server to it',
  }));
}

/** The only server of a replay without a configuration. */
export function fromChoice(
  server: string,
  { guard, policy, mode, deadlineMs, trustedBots }: ReplayChoice,
): ServerToOpen {
  return {
    server,
    rules: {
      policy: policy?.payload,
      deadlineMs: deadlineMs ?? defaultToolTimeoutMs,
      response: defaultResponseRules,
      ...(mode === null ? {} : { mode }),
      ...(trustedBots === undefined ? {} : { trustedBots }),
    },
    guardPath: guard,
    policy,
    guardName: 'guard',
  };
}

/** A server from the configuration. A choice that is not about one guard applies to it. */
function withRules(inputs: ReplayInputs, { mode, deadlineMs }: ReplayChoice): ServerToOpen {
  const rules = rulesFrom(inputs);
  return {
    server: inputs.server,
    rules: {
      ...rules,
      ...(mode === null ? {} : { mode }),
      deadlineMs: deadlineMs ?? inputs.deadlineMs ?? defaultToolTimeoutMs,
    },
    guardPath: inputs.guardPath,
    policy: inputs.sink ?? inputs.policy,
    guardName: inputs.guardName,
    missingGuard: inputs.missingGuard,
  };
}

/** The same with the guard and the policy that the user chose. */
function withChoice(inputs: ReplayInputs, choice: ReplayChoice): ServerToOpen {
  const configured = withRules(inputs, choice);
  const { guard, policy } = choice;
  const rules = policy === null ? configured.rules : { ...configured.rules, policy: policy.payload };
  if (guard !== null) {
    const used = policy ?? inputs.policy;
    return { ...configured, rules, guardPath: guard, policy: used, guardName: 'guard', missingGuard: null };
  }
  if (policy?.kind === 'write-sink') return { ...configured, rules, guardPath: null, policy, missingGuard: null };
  return policy === null ? configured : { ...configured, rules, policy: inputs.sink ?? policy };
}
