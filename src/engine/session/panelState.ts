/** State of the panel's header and toolbar, made from a trace view. */
import { formatFacts } from '../../core/trace/formats.ts';
import { basename } from 'node:path';
import { countProblems, type Problem } from '../../core/base/parsed.ts';
import type { AgentState, InputState, LiveState, PanelState } from '../../core/protocol/panel.ts';
import { defaultAgent } from '../../core/session/sessionRules.ts';
import type { Trace } from '../../core/trace/model/traceModel.ts';
import type { TraceView } from './traceView.ts';

const maxProblems = 200;
/** Most agents of the state, which is sent with every announcement. */
const maxAgents = 200;

/** `relative` shortens an absolute path for display, for example to the workspace folder. `live`: state of the trace's writer; null without one. */
export function panelState(
  view: TraceView,
  relative: (path: string) => string,
  live: LiveState | null = null,
): PanelState {
  const { trace, settings, guardMode, run, revision, problems, paths } = view;
  const { guard } = view.inputs;
  const { config } = settings;
  const isUnreadable = (role: 'config' | 'guard' | 'policy'): boolean =>
    problems.some(({ code }) => code === `${role}/unreadable`);
  const { servers, agents, agentsTotal } = countsOf(trace);
  const decided = servers.map(({ id, calls }) => {
    return { id, calls, undecided: view.undecided(id), configured: view.inputs.isConfigured(id) };
  });
  const isOne = decided.filter(({ undecided }) => undecided === null).length < 2;
  // The configuration may have errors that keep the gateway from a part of it only; the run fails when it cannot be used.
  const configFailed = run.status === 'failed' ? firstError(view.inputs.configProblems) : undefined;
  return {
    revision,
    trace: {
      // Captures of one session stand side by side.
      title: paths.map((path) => basename(path)).join(' + '),
      path: paths.map((path) => relative(path)).join(', '),
      format: formatFacts(trace.format).label,
      calls: trace.calls.length,
    },
    config: inputState(config, { ...statusOf(configFailed), unreadable: isUnreadable('config') }, relative),
    guard: inputState(settings.guard, { ...guard, hint: '', unreadable: isUnreadable('guard') }, relative),
    policy: inputState(
      settings.policy,
      { ...statusOf(firstError(view.inputs.policyProblems)), unreadable: isUnreadable('policy') },
      relative,
    ),
    replaced: config === null || (settings.guard === null && settings.policy === null) ? null : view.server,
    mode: settings.mode ?? (config === null ? 'strict' : null),
    guardMode: isOne ? guardMode : null,
    servers: decided,
    agents,
    agentsTotal,
    run,
    comparison: view.comparison.state,
    whatIf: view.changes.state,
    live,
    problems: problems.slice(0, maxProblems),
    problemsTotal: countProblems(problems),
    restricted: false,
  };
}

function firstError(problems: readonly Problem[]): Problem | undefined {
  return problems.find(({ severity }) => severity === 'error');
}

function statusOf(failed: Problem | undefined): Pick<InputState, 'status' | 'message' | 'hint'> {
  return {
    status: failed === undefined ? 'ready' : 'failed',
    message: failed?.message ?? '',
    hint: failed?.hint ?? '',
  };
}

/** Without a file of its own, an input is absent, unless what stands in its place failed. */
function inputState(
  path: string | null,
  status: Omit<InputState, 'title' | 'path'>,
  relative: (path: string) => string,
): InputState {
  if (path !== null) return { title: basename(path), path: relative(path), ...status };
  const isBad = status.status === 'failed' || status.status === 'poisoned';
  return { title: null, path: null, ...status, status: isBad ? status.status : 'none' };
}

interface Counts {
  readonly servers: readonly { readonly id: string; readonly calls: number }[];
  readonly agents: readonly AgentState[];
  readonly agentsTotal: number;
}

/** The counts of a trace, which does not change: a longer reading is another object. */
const counted = new WeakMap<Trace, Counts>();

function countsOf(trace: Trace): Counts {
  const known = counted.get(trace);
  if (known !== undefined) return known;
  const servers = new Map<string, number>(trace.servers.map((id) => [id, 0]));
  const agents = new Map<string, number>();
  for (const { server, agent = defaultAgent } of trace.calls) {
    servers.set(server, (servers.get(server) ?? 0) + 1);
    agents.set(agent, (agents.get(agent) ?? 0) + 1);
  }
  const list = (counts: ReadonlyMap<string, number>): readonly AgentState[] =>
    [...counts].map(([id, calls]) => ({ id, calls }));
  const counts = { servers: list(servers), agents: mostCalls(list(agents)), agentsTotal: agents.size };
  counted.set(trace, counts);
  return counts;
}

function mostCalls(agents: readonly AgentState[]): readonly AgentState[] {
  if (agents.length <= maxAgents) return agents;
  const kept = new Set(agents.toSorted((a, b) => b.calls - a.calls).slice(0, maxAgents));
  return agents.filter((agent) => kept.has(agent));
}
