/** `replay`: replays every call of a trace with a guard and a policy, as the gateway would decide it. */
import { Failure } from '../../core/base/failure.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { DecisionRecord, EnforcementMode } from '../../core/difc/record/decision.ts';
import { hasStrictFinding } from '../../core/lint/strictFindings.ts';
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
import { configFlags, readGatewayEnvironment } from '../base/configFlags.ts';
import type { Command } from '../base/command.ts';
import { DecisionTable } from '../base/decisionTable.ts';
import { cliEngine, defaultDeadlineMs } from '../base/engine.ts';
import { guardFailed } from '../base/failedGuard.ts';
import { type IsShown, shownDecisions } from '../base/shownDecisions.ts';
import { type ReplayEnd, replayExitCode } from '../base/replayEnd.ts';
import { type FollowedInputs, followReplay } from '../base/followedReplay.ts';
import type { Output } from '../base/output.ts';
import { lineOf, ProblemGroups } from '../base/problemGroups.ts';

const modes: readonly EnforcementMode[] = ['strict', 'filter', 'propagate'];

export const replay: Command = {
  name: 'replay',
  summary: 'Replay a captured session through a guard and print the decision on each call, with the reason.',
  positions: ['TRACE'],
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
      help: 'The server whose calls are replayed (default: the one with the most calls)',
    },
    backend: {
      kind: 'value',
      value: 'SOURCE',
      help: "Answers to the guard's call_backend: recorded (default) or none",
    },
    deadline: {
      kind: 'value',
      value: 'MS',
      help: 'Maximum duration of a guard call, in milliseconds (default: 60000)',
    },
    json: { kind: 'switch', help: 'Print one decision record (JSON) per line instead of a table' },
    only: {
      kind: 'value',
      value: 'WORDS',
      help: 'Print only calls with one of these outcomes or marks: allowed, filtered, denied, blocked, error, unlabeled, unrecorded, lint',
    },
    explain: {
      kind: 'switch',
      help: 'Explain each call phase by phase, with look-ups, log lines, and the stack of a trap',
    },
    strict: {
      kind: 'switch',
      help: "Exit with 1 when a call has a warning about the guard's answers (lint/…) or a look-up that was not recorded",
    },
    follow: {
      kind: 'switch',
      help: "Replay calls while they are recorded, until the session ends or Ctrl-C; TRACE may be a gateway's log folder",
    },
  },
  async run(args, output) {
    const path = args.position(0, 'TRACE');
    const { options, deadlineMs } = readOptions(args);
    const isShown = shownDecisions(args.value('only'));
    const policyPath = args.value('policy') ?? null;
    const policy = await readPolicy(policyPath);
    for (const problem of policy.problems) output.problem(problem);
    const own = requirePolicy(policy, policyPath);
    // Without a configuration, --guard is required; a missing one throws before any file is read.
    if (args.value('config') === undefined) suggestNeighbours(path, policyPath, () => chooseGuard(args, own, null));
    const wanted = {
      server: args.value('server') ?? null,
      json: args.has('json'),
      explain: args.has('explain'),
      isShown,
    };
    const open = (server: string | null): Promise<FollowedInputs> =>
      openInputs(args, own, server, { options, deadlineMs }, output);
    if (args.has('follow')) {
      const end = await followReplay({ path, ...wanted, open: (_, server) => open(server) }, output);
      return replayExitCode(end, args.has('strict'));
    }
    const trace = requireTrace(await readTraceFile(path), path);
    const problems = new ProblemGroups(output, wanted.json || wanted.explain);
    for (const problem of trace.problems) problems.add(problem, lineOf(problem));
    problems.end();
    const server = requireRecordedServer(trace, wanted.server);
    const { guard, policy: payload, settings } = await open(server);
    try {
      const ofServer = server === null ? {} : { server };
      let findings: readonly Problem[] = [];
      const onFindings = (found: readonly Problem[]): void => void (findings = found);
      const decisions = replayTrace(trace, { guard, policy: payload, ...settings, ...ofServer, onFindings });
      const { works, hasFindings } = await print(decisions, wanted, output);
      if (!wanted.json || wanted.explain) for (const problem of findings) output.problem(problem, 'session: ');
      return replayExitCode({ works: works && guard.healthy, hasFindings }, args.has('strict'));
    } finally {
      await guard.close();
    }
  },
};

/** Opens the guard and the policy that the flags and the configuration name. */
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

/** Adds the flag `--policy` to the hint of a missing policy. */
function withFlag(problem: Problem): Problem {
  if (problem.code !== 'policy/none') return problem;
  return { ...problem, hint: `Add --policy FILE. ${problem.hint ?? ''}`.trimEnd() };
}

/** Reads the flags that need no file, so that wrong usage is reported before files are read. */
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

/** The inputs from the gateway's configuration; null without `--config`. Flags override them. */
async function readConfigured(args: Arguments, server: string | null, output: Output): Promise<ReplayInputs | null> {
  const file = args.value('config');
  const environment = readGatewayEnvironment(args, process.env);
  if (file === undefined) return null;
  const inputs = await replayInputsOf(await readConfigFile(file), file, server, environment);
  for (const problem of inputs.problems) output.problem(problem);
  return inputs;
}

interface WantedGuard {
  readonly path: string | null;
  /** The policy that a write-sink guard is created from. */
  readonly policy: Policy | null;
  readonly name: string;
}

/** The guard of `--guard`, else the gateway's own guard of a write-sink policy, else the guard of the configuration. */
function chooseGuard(args: Arguments, policy: Policy | null, configured: ReplayInputs | null): WantedGuard {
  const given = args.value('guard') ?? null;
  const own = { path: given, policy, name: 'guard' };
  if (given !== null) return own;
  if (policy?.kind === 'write-sink' && (configured === null || args.value('policy') !== undefined)) return own;
  if (configured === null) return { ...own, path: args.required('guard') };
  return { path: configured.guardPath, policy: configured.sink ?? policy, name: configured.guardName };
}

/** Runs `choose`; if it fails for a missing guard, adds the guard and the policy next to the trace to the hint. */
function suggestNeighbours(trace: string, given: string | null, choose: () => unknown): void {
  try {
    choose();
  } catch (thrown) {
    const { guard, policy } = findNeighbours(trace);
    if (guard === null || !(thrown instanceof Failure)) throw thrown;
    const flags = `--guard ${quoted(guard)}${policy === null || given !== null ? '' : ` --policy ${quoted(policy)}`}`;
    throw new Failure(thrown.code, thrown.message, `${thrown.hint}. Files next to the trace: ${flags}`);
  }
}

/** Quotes a path for a shell. */
function quoted(path: string): string {
  return /\s/.test(path) ? `"${path}"` : path;
}

function configuredOptions(configured: ReplayInputs | null): Partial<ReplayOptions> {
  if (configured === null) return {};
  const { mode, trustedBots, allowedTools, toolCallLimits, circuit } = configured;
  return { mode, trustedBots, allowedTools, toolCallLimits, circuit };
}

/** Prints the decisions. */
async function print(
  decisions: AsyncIterable<DecisionRecord>,
  { json, explain, isShown }: { readonly json: boolean; readonly explain: boolean; readonly isShown: IsShown },
  output: Output,
): Promise<ReplayEnd> {
  let works = true;
  let hasFindings = false;
  const table = new DecisionTable(output, explain);
  for await (const record of decisions) {
    if (output.closed) return { works, hasFindings };
    works &&= !guardFailed(record);
    hasFindings ||= hasStrictFinding(record);
    if (!json) await table.add(record, isShown(record));
    else if (isShown(record)) await output.json(record);
  }
  if (!json) await table.end();
  return { works, hasFindings };
}
