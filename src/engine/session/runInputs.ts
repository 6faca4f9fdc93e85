/** Reads what a run decides with: the gateway's configuration and the policy, and from them the servers with their guards. */
import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Failure, failureToProblem, toFailure } from '../../core/base/failure.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { EnforcementMode } from '../../core/difc/record/decision.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { countServers } from '../../core/trace/model/busiestServer.ts';
import type { Trace } from '../../core/trace/model/traceModel.ts';
import { publicRepositoryOf } from '../../core/trace/model/witness.ts';
import { readConfigElsewhere } from '../gateway/configElsewhere.ts';
import { readPolicy, requirePolicy } from '../guard/readPolicy.ts';
import type { ServerToOpen } from '../replay/openSession.ts';
import { fromChoice, type ReplayConfig, replayedServers } from './replayedServers.ts';

/** Inputs of a replay beside the trace. Paths are absolute; null: nothing chosen. */
export interface ReplaySettings {
  /** The gateway's configuration, whose servers are all decided. Null: only one server is decided, with `guard` and `policy`. */
  readonly config: string | null;
  /** The guard of `server`, in place of the one of the configuration. */
  readonly guard: string | null;
  /** The policy of `server`, in place of the one of the configuration. */
  readonly policy: string | null;
  /** Mode of servers whose guard sets none (gateway spec 3.10); null: that of the configuration, or strict. */
  readonly mode: EnforcementMode | null;
  /** The server that `guard` and `policy` are for; null: the one with the most calls. */
  readonly server: string | null;
  /** Used without a configuration, which has its own. */
  readonly trustedBots: readonly string[];
  /** Milliseconds for the guard calls of a tool call; null: those of the configuration, or the gateway's default. */
  readonly deadlineMs: number | null;
}

/** Whether two settings are equal but for the mode. */
export function isSameButMode(one: ReplaySettings, two: ReplaySettings): boolean {
  return isDeepStrictEqual({ ...one, mode: null }, { ...two, mode: null });
}

/** Says why the calls of a server are not decided, as the end of a sentence; null when they are. */
export type WhyUndecided = (server: string) => string | null;

/** What the files of the settings contain. */
export interface RunInputs {
  readonly settings: ReplaySettings;
  readonly config: ReplayConfig | null;
  readonly policy: Policy | null;
}

/** What is reported while the inputs are read, also when they cannot be used. */
export interface InputReports {
  readonly configProblems: (problems: readonly Problem[]) => void;
  readonly policyProblems: (problems: readonly Problem[]) => void;
}

/**
 * Reads the files of the settings for a trace, whose log may say that policies were forced to public repositories. `texts` are in place of the
 * content of files, by path. Throws a `Failure` for one that cannot be used: no decision with it would be true.
 */
export async function readRunInputs(
  settings: ReplaySettings,
  { witness }: Trace,
  texts: ReadonlyMap<string, string>,
  reports: InputReports,
): Promise<RunInputs> {
  const { config: file, policy: path } = settings;
  const parsed = await readPolicy(path, texts).catch((thrown: unknown) => {
    return { value: null, problems: [failureToProblem(toFailure(thrown))] };
  });
  reports.policyProblems(parsed.problems);
  const policy = requirePolicy(parsed, path);
  const repository = publicRepositoryOf(witness);
  const config =
    file === null ? null : { file, inputs: await readConfigElsewhere(file, process.env, repository, texts) };
  reports.configProblems(config?.inputs.problems ?? []);
  return { settings, config, policy };
}

/**
 * The servers of a run with their guards. `main`: the server of a run without a configuration. A growing trace may get calls of every
 * server of the configuration. Throws a `Failure` when none of the trace's servers can be decided.
 */
export function serversOf(
  { settings, config, policy }: RunInputs,
  trace: Trace,
  main: string,
): { readonly servers: readonly ServerToOpen[]; readonly problems: readonly Problem[] } {
  const { guard, mode, deadlineMs, trustedBots } = settings;
  const choice = { guard, policy, mode, deadlineMs, trustedBots };
  if (config === null) return { servers: [fromChoice(main, { ...choice, server: main })], problems: [] };
  const all = trace.growing === true;
  // The name of a server says what the guard and the policy are for; it means nothing without them.
  const replaces = guard !== null || policy !== null;
  const known = trace.calls.some(({ server }) => server === settings.server);
  const server = replaces && (known || !all) ? settings.server : null;
  return replayedServers(countServers(trace), { ...choice, server }, config, { all });
}

/** The servers of a configuration; null without one. */
export function configuredServers(config: ReplayConfig | null): ReadonlySet<string> | null {
  return config === null ? null : new Set(config.inputs.servers.map(({ server }) => server));
}

/** Why servers are not decided, before their guards are opened. `main`: the server of a run without a configuration. */
export function whyUndecided(config: ReplayConfig | null, main: string | null): WhyUndecided {
  const configured = configuredServers(config);
  if (config === null || configured === null) {
    return (server) => (server === main ? null : `no guard is chosen for "${server}"`);
  }
  const name = basename(config.file);
  return (server) => (configured.has(server) ? null : `"${name}" has no server "${server}"`);
}

/** The same, and the servers whose guard could not be opened. */
export function withFailures(why: WhyUndecided, failures: ReadonlyMap<string, Failure>): WhyUndecided {
  return (server) => why(server) ?? failures.get(server)?.message ?? null;
}
