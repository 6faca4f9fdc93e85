/** `replay`: decides every call of a trace anew with a guard and a policy, as production would. */
import { Failure } from '../../core/base/failure.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { DecisionRecord, EnforcementMode } from '../../core/difc/record/decision.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { readTraceFile } from '../../engine/traceFiles/traceFile.ts';
import { readConfigFile } from '../../engine/gateway/configFile.ts';
import { type ReplayInputs, replayInputsOf } from '../../engine/gateway/replayInputs.ts';
import type { ReplayOptions } from '../../engine/replay/incrementalReplay.ts';
import { replayTrace } from '../../engine/replay/replayTrace.ts';
import { openGuard } from '../../engine/guard/openGuard.ts';
import { readPolicy, requirePolicy } from '../../engine/guard/readPolicy.ts';
import { requireRecordedServer, requireTrace } from '../../core/trace/model/requireTrace.ts';
import { findNeighbours } from '../../engine/traceFiles/neighbours.ts';
import type { Arguments } from '../base/args.ts';
import { configFlags, readCircumstances } from '../base/circumstances.ts';
import { type Command, exitCodes } from '../base/command.ts';
import { DecisionTable } from '../base/decisionTable.ts';
import { cliEngine, defaultDeadlineMs } from '../base/engine.ts';
import { guardFailed } from '../base/failedGuard.ts';
import { type FollowedInputs, followReplay } from '../base/followedReplay.ts';
import type { Output } from '../base/output.ts';
import { lineOf, ProblemGroups } from '../base/problemGroups.ts';

const modes: readonly EnforcementMode[] = ['strict', 'filter', 'propagate'];

export const replay: Command = {
  name: 'replay',
  summary: 'Replay a captured session through a guard and print what each call was decided and why.',
  positions: ['TRACE'],
  flags: {
    guard: {
      kind: 'value',
      value: 'FILE',
      help: 'The guard (.wasm); "noop" for the gateway\'s guard without rules; not needed with a write-sink policy',
    },
    policy: { kind: 'value', value: 'FILE', help: 'The guard policy (JSON)' },
    ...configFlags,
    mode: {
      kind: 'value',
      value: 'MODE',
      help: 'strict, filter or propagate, for a guard that names none (default: strict)',
    },
    server: {
      kind: 'value',
      value: 'ID',
      help: 'The server whose calls are replayed (default: the one with the most)',
    },
    backend: {
      kind: 'value',
      value: 'SOURCE',
      help: "recorded (default) or none: who answers the guard's call_backend",
    },
    deadline: { kind: 'value', value: 'MS', help: 'Milliseconds a guard call may take (default: 60000)' },
    json: { kind: 'switch', help: 'One decision record (JSON) a line instead of a table' },
    explain: {
      kind: 'switch',
      help: 'Below each call: why, phase by phase, with what the guard asked, logged, and where it trapped',
    },
    follow: {
      kind: 'switch',
      help: "Decide calls as they come, until the session ends or Ctrl-C; TRACE may be a gateway's log folder",
    },
  },
  async run(args, output) {
    const path = args.position(0, 'TRACE');
    const { options, deadlineMs } = readOptions(args);
    const policyPath = args.value('policy') ?? null;
    const policy = await readPolicy(policyPath);
    for (const problem of policy.problems) output.problem(problem);
    const own = requirePolicy(policy, policyPath);
    // Without a configuration the guard has to be named, which is said before any file is read.
    if (args.value('config') === undefined) nameNeighbours(path, policyPath, () => chooseGuard(args, own, null));
    const wanted = { server: args.value('server') ?? null, json: args.has('json'), explain: args.has('explain') };
    const open = (server: string | null): Promise<FollowedInputs> =>
      openInputs(args, own, server, { options, deadlineMs }, output);
    if (args.has('follow')) {
      const works = await followReplay({ path, ...wanted, open: (_, server) => open(server) }, output);
      return works ? exitCodes.fine : exitCodes.guardFailed;
    }
    const trace = requireTrace(await readTraceFile(path), path);
    const problems = new ProblemGroups(output, wanted.json || wanted.explain);
    for (const problem of trace.problems) problems.tell(problem, lineOf(problem));
    problems.end();
    const server = requireRecordedServer(trace, wanted.server);
    const { guard, policy: payload, settings } = await open(server);
    try {
      const named = server === null ? {} : { server };
      const decisions = replayTrace(trace, { guard, policy: payload, ...settings, ...named });
      const works = await print(decisions, wanted.json, wanted.explain, output);
      return works && guard.healthy ? exitCodes.fine : exitCodes.guardFailed;
    } finally {
      await guard.close();
    }
  },
};

/** Opens guard and policy as the flags and the configuration say. */
async function openInputs(
  args: Arguments,
  own: Policy | null,
  server: string | null,
  { options, deadlineMs }: ReturnType<typeof readOptions>,
  output: Output,
): Promise<FollowedInputs> {
  const configured = await readConfigured(args, server, output);
  const usable = own ?? configured?.policy ?? null;
  const wanted = chooseGuard(args, usable, configured);
  const services = { ...cliEngine(), deadlineMs: deadlineMs ?? configured?.deadlineMs ?? defaultDeadlineMs };
  const { guard, problems } = await openGuard(wanted.path, wanted.policy, services, wanted.name);
  for (const problem of problems) output.problem(withFlag(problem));
  const settings = { ...configuredOptions(configured), ...options, deadlineMs: services.deadlineMs };
  return { guard, policy: usable?.payload, settings };
}

/** That there is no policy is told with the flag that gives one. */
function withFlag(problem: Problem): Problem {
  if (problem.code !== 'policy/none') return problem;
  return { ...problem, hint: `Give one with --policy FILE. ${problem.hint ?? ''}`.trimEnd() };
}

/** Reads what needs no file first, so that a slip of the keyboard costs no reading. */
function readOptions(args: Arguments): {
  readonly options: Partial<ReplayOptions>;
  readonly deadlineMs: number | undefined;
} {
  const mode = args.oneOf('mode', modes);
  const backend = args.oneOf('backend', ['recorded', 'none'] as const) ?? 'recorded';
  return {
    options: { backend, ...(mode === undefined ? {} : { mode }) },
    deadlineMs: args.count('deadline', { least: 1 }),
  };
}

/** What the configuration of the gateway gives; null without one. Flags go before it. */
async function readConfigured(args: Arguments, server: string | null, output: Output): Promise<ReplayInputs | null> {
  const file = args.value('config');
  const around = readCircumstances(args, process.env);
  if (file === undefined) return null;
  const inputs = await replayInputsOf(await readConfigFile(file), file, server, around);
  for (const problem of inputs.problems) output.problem(problem);
  return inputs;
}

interface WantedGuard {
  readonly path: string | null;
  /** What a write-sink guard is made from. */
  readonly policy: Policy | null;
  readonly name: string;
}

/** The guard of the flag, else that of the configuration; a write-sink policy brings its own. */
function chooseGuard(args: Arguments, policy: Policy | null, configured: ReplayInputs | null): WantedGuard {
  const given = args.value('guard') ?? null;
  const own = { path: given, policy, name: 'guard' };
  if (given !== null) return own;
  if (policy?.kind === 'write-sink' && (configured === null || args.value('policy') !== undefined)) return own;
  if (configured === null) return { ...own, path: args.required('guard') };
  return { path: configured.guardPath, policy: configured.sink ?? policy, name: configured.guardName };
}

/** What fails for want of a guard is told with the guard that lies beside the trace, and the policy if none is given. */
function nameNeighbours(trace: string, given: string | null, choose: () => unknown): void {
  try {
    choose();
  } catch (thrown) {
    const { guard, policy } = findNeighbours(trace);
    if (guard === null || !(thrown instanceof Failure)) throw thrown;
    const flags = `--guard ${quoted(guard)}${policy === null || given !== null ? '' : ` --policy ${quoted(policy)}`}`;
    throw new Failure(thrown.code, thrown.message, `${thrown.hint}; beside the trace lie ${flags}`);
  }
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /\s/.test(path) ? `"${path}"` : path;
}

function configuredOptions(configured: ReplayInputs | null): Partial<ReplayOptions> {
  if (configured === null) return {};
  const { mode, trustedBots, allowedTools, toolCallLimits, circuit } = configured;
  return { mode, trustedBots, allowedTools, toolCallLimits, circuit };
}

/** Gives whether the guard failed at none of the calls. */
async function print(
  decisions: AsyncIterable<DecisionRecord>,
  json: boolean,
  explain: boolean,
  output: Output,
): Promise<boolean> {
  let works = true;
  const table = new DecisionTable(output, explain);
  for await (const record of decisions) {
    if (output.closed) return works;
    works &&= !guardFailed(record);
    if (json) await output.json(record);
    else await table.add(record);
  }
  if (!json) await table.end();
  return works;
}
