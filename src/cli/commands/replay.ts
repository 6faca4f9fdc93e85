/** `replay`: replays every call of a trace with a guard and a policy, as the gateway would decide it. */
import { Failure } from '../../core/base/failure.ts';
import type { EnforcementMode } from '../../core/difc/record/decision.ts';
import type { Trace } from '../../core/trace/model/traceModel.ts';
import { countServers } from '../../core/trace/model/busiestServer.ts';
import { publicRepositoryOf } from '../../core/trace/model/witness.ts';
import { readConfigFile } from '../../engine/gateway/configFile.ts';
import { withVisibility } from '../../engine/gateway/explainConfig.ts';
import { sessionInputsOf } from '../../engine/gateway/replayInputs.ts';
import { type OpenedSession, openSession } from '../../engine/replay/openSession.ts';
import { PreparedServers } from '../../engine/sessionWorker/host/preparedServers.ts';
import { ThreadSession } from '../../engine/sessionWorker/host/threadSession.ts';
import { readLookups } from '../../engine/guard/readWrittenJson.ts';
import { type ReplayChoice, type ReplayConfig, replayedServers } from '../../engine/session/replayedServers.ts';
import { readPolicy, requirePolicy } from '../../engine/guard/readPolicy.ts';
import { type Arguments, usage } from '../base/args.ts';
import { configFlags, readGatewayEnvironment } from '../base/configFlags.ts';
import { type Command, exitCodes } from '../base/command.ts';
import { cliEngine, defaultDeadlineMs, growSlowly } from '../base/engine.ts';
import { LiveBackend } from '../base/liveBackend.ts';
import { type IsShown, shownDecisions } from '../base/shownDecisions.ts';
import {
  callFlags,
  type ChosenCall,
  callNotDecided,
  printChanged,
  readChosenCall,
  requireCall,
} from '../base/oneCall.ts';
import { printSummary, SummaryByTool } from '../reports/replaySummary.ts';
import { type Printing, printReplay, withPolicyFlag } from '../base/printReplay.ts';
import { replayExitCode } from '../base/replayEnd.ts';
import { followReplay } from '../base/followedReplay.ts';
import { lineOf, ProblemGroups } from '../base/problemGroups.ts';
import { noGuardChosen } from '../base/noGuardChosen.ts';

const modes: readonly EnforcementMode[] = ['strict', 'filter', 'propagate'];

export const replay: Command = {
  name: 'replay',
  summary: 'Replay a captured session through a guard and print the decision on each call, with the reason.',
  positions: ['TRACE…'],
  rest: 'COMMAND…',
  flags: {
    guard: {
      kind: 'value',
      value: 'FILE',
      help: 'The guard (.wasm), or "noop" for the gateway\'s guard without rules; not needed with a write-sink policy',
    },
    policy: { kind: 'value', value: 'FILE', help: 'The guard policy (JSON)' },
    ...configFlags,
    mode: {
      kind: 'value',
      value: 'MODE',
      help: 'Enforcement mode if the guard does not set one: strict, filter or propagate (default: strict)',
    },
    server: {
      kind: 'value',
      value: 'ID',
      help: 'The server whose decisions are printed, and that --guard and --policy are for (default: all of --config, else the one with the most calls)',
    },
    backend: {
      kind: 'value',
      value: 'SOURCE',
      help: "Answers to the guard's call_backend: recorded (default), none, or live: what was not recorded is asked of the MCP server that COMMAND starts",
    },
    lookups: {
      kind: 'value',
      value: 'FILE',
      help: "Answers (JSON) to the guard's look-ups that the trace has no answer to",
    },
    deadline: {
      kind: 'value',
      value: 'MS',
      help: 'Maximum duration of a guard call, in milliseconds (default: 60000)',
    },
    json: { kind: 'switch', help: 'Print one decision record (JSON) per line instead of a table' },
    'no-times': {
      kind: 'switch',
      help: 'With --json: leave out how long guard calls took, so that two runs print the same bytes',
    },
    only: {
      kind: 'value',
      value: 'WORDS',
      help: 'Print only calls with one of these outcomes or marks: allowed, filtered, denied, blocked, error, unlabeled, unrecorded, lint',
    },
    explain: {
      kind: 'switch',
      help: 'Explain each call phase by phase, with look-ups, log lines, and the stack of a trap',
    },
    summary: {
      kind: 'switch',
      help: 'Print the calls counted by tool, outcome and reason, in place of each; with --json as one object',
    },
    strict: {
      kind: 'switch',
      help: "Exit with 1 when a call has a warning about the guard's answers (lint/…) or a look-up that was not recorded",
    },
    ...callFlags,
    follow: {
      kind: 'switch',
      help: "Replay calls while they are recorded, until the session ends or Ctrl-C; TRACE may be a gateway's log folder",
    },
  },
  async run(args, output) {
    const [path, ...otherPaths] = args.positionsFrom(0, 'TRACE');
    const mode = args.oneOf('mode', modes) ?? null;
    const backend = args.oneOf('backend', ['recorded', 'none', 'live'] as const) ?? 'recorded';
    const live = readLive(args, backend);
    const deadlineMs = args.count('deadline', { least: 1 }) ?? null;
    const isShown = shownDecisions(args.value('only'));
    const policyPath = args.value('policy') ?? null;
    const policy = await readPolicy(policyPath);
    for (const problem of policy.problems) output.problem(problem);
    const fixtures = await readLookups(args.value('lookups') ?? null);
    const guard = args.value('guard') ?? null;
    const server = args.value('server') ?? null;
    const flags: ReplayChoice = { guard, policy: requirePolicy(policy, policyPath), mode, deadlineMs, server };
    const config = await readConfig(args);
    const configFor = (repository: string | null): Promise<ReplayConfig | null> =>
      repository === null ? Promise.resolve(config) : readConfig(args, repository);
    if (config === null) requireGuard(args, path, flags);
    const times = !args.has('no-times');
    if (!times && !args.has('json')) throw usage('replay', '--no-times needs --json');
    const wanted = {
      json: args.has('json'),
      times,
      explain: args.has('explain'),
      isShown: ofServer(server, isShown),
    };
    const isStrict = args.has('strict');
    const chosen = await readChosenCall(args);
    const byTool = readSummary(args);
    if (args.has('follow')) {
      if (otherPaths.length > 0) throw usage('replay', '--follow takes one TRACE');
      if (backend === 'live') throw usage('replay', '--follow cannot ask a live backend');
      const open = async (trace: Trace): Promise<OpenedSession> => {
        const recorded = await configFor(publicRepositoryOf(trace.witness));
        const { servers, problems } = replayedServers(countServers(trace), flags, recorded, { all: true });
        for (const problem of problems) output.problem(problem);
        const services = { ...cliEngine(), deadlineMs: deadlineMs ?? defaultDeadlineMs };
        const opened = await openSession(servers, services, { backend });
        for (const problem of opened.problems) output.problem(withPolicyFlag(problem));
        return opened;
      };
      return replayExitCode(await followReplay({ path, server, fixtures, ...wanted, open }, output), isStrict);
    }
    growSlowly();
    const session = await ThreadSession.open([path, ...otherPaths], cliEngine());
    const started =
      live === null
        ? null
        : await LiveBackend.start(live).catch(async (thrown: unknown) => {
            await session.close();
            throw thrown;
          });
    try {
      const { calls, agents, sameClient, publicRepository } = session.outline;
      const problems = new ProblemGroups(output, wanted.json || wanted.explain);
      for (const problem of session.outline.problems) problems.add(problem, lineOf(problem));
      problems.end();
      if (wanted.explain && sameClient !== null) output.problem(sameClient);
      const { servers, problems: ofConfig } = replayedServers(calls, flags, await configFor(publicRepository));
      for (const problem of ofConfig) output.problem(problem);
      if (chosen !== null) requireCall(chosen, calls);
      const changes = chosen?.changes ?? null;
      const prepared = await PreparedServers.prepare(session, servers, { exportsState: changes !== null });
      const columns = { server: prepared.specs.length > 1, agent: agents > 1 };
      const printing: Printing = {
        ...wanted,
        columns,
        ...(chosen === null ? {} : printingOf(chosen)),
        ...(byTool === null ? {} : { onDigest: (digest) => byTool.add(digest) }),
      };
      const replayed = session.replay({
        servers: prepared.specs,
        usesTrace: backend !== 'none',
        fixtures,
        lint: true,
        gives: byTool === null && (printing.json || printing.explain) ? 'records' : 'digests',
        ...(chosen === null ? {} : { until: chosen.index }),
        ...(started === null ? {} : { backend: (_server, tool, given) => started.ask(tool, given) }),
      });
      const { works, hasFindings, findings, printed } = await printReplay(replayed, prepared, printing, output);
      if (byTool !== null) await printSummary(byTool, printing.json, output);
      if (!printing.json || printing.explain) for (const problem of findings) output.problem(problem, 'session: ');
      if (prepared.hasFailures) return exitCodes.notLoaded;
      if (chosen !== null && changes !== null) {
        const changed = await printChanged(session, { ...chosen, changes }, printing, output);
        if (works && changed.works && changed.differing > 0) return exitCodes.differs;
        return replayExitCode({ works: works && changed.works, hasFindings }, isStrict);
      }
      if (chosen !== null && printed === 0) throw callNotDecided(chosen);
      return replayExitCode({ works, hasFindings }, isStrict);
    } finally {
      await session.close();
      await started?.close();
    }
  },
};

/** The summary of `--summary`; null without it. */
function readSummary(args: Arguments): SummaryByTool | null {
  if (!args.has('summary')) return null;
  const other =
    ['follow', 'explain'].find((flag) => args.has(flag)) ??
    ['call', 'changes'].find((flag) => args.value(flag) !== undefined) ??
    null;
  if (other !== null) throw usage('replay', `--summary cannot be used with --${other}`);
  return new SummaryByTool();
}

/** The command of `--backend live`; null for another backend. */
function readLive(args: Arguments, backend: string): readonly [string, ...string[]] | null {
  if (backend === 'live') return args.rest('COMMAND…');
  if (args.hasRest) throw usage('replay', 'COMMAND needs --backend live');
  return null;
}

/**
 * `--config`, read; null without it. Wrong usage of its flags is reported before the file is read. `publicRepository`: see `publicRepositoryOf`;
 * `--repository` counts more than what the log says.
 */
async function readConfig(args: Arguments, publicRepository: string | null = null): Promise<ReplayConfig | null> {
  const file = args.value('config');
  const given = readGatewayEnvironment(args, process.env);
  if (file === undefined) return null;
  const isForced = publicRepository !== null && given.workflowVisibility === null;
  const circumstances = isForced ? withVisibility(given, 'public', publicRepository) : given;
  return { file, inputs: await sessionInputsOf(await readConfigFile(file), file, circumstances) };
}

/** Without a configuration, a guard or a write-sink policy is required; the failure comes before the trace is read. */
function requireGuard(args: Arguments, trace: string, { policy }: ReplayChoice): void {
  if (policy?.kind === 'write-sink') return;
  try {
    args.required('guard');
  } catch (thrown) {
    throw thrown instanceof Failure ? noGuardChosen(trace, args.value('policy') !== undefined, thrown) : thrown;
  }
}

/** One call is printed with its account; a changed one by what the change does. */
function printingOf({ index, changes }: ChosenCall): Pick<Printing, 'explain' | 'isShown' | 'summary'> {
  return { explain: changes === null, isShown: (call) => changes === null && call.index === index, summary: false };
}

/** `--server` chooses what is printed; all servers are decided. */
function ofServer(server: string | null, isShown: IsShown): IsShown {
  return server === null ? isShown : (decision) => decision.server === server && isShown(decision);
}
