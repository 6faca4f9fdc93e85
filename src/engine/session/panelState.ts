/** State of the panel's header and toolbar, made from a trace view. */
import { formatFacts } from '../../core/trace/formats.ts';
import { basename } from 'node:path';
import { countProblems } from '../../core/base/parsed.ts';
import type { InputState, LiveState, PanelState, ServerState } from '../../core/protocol/panel.ts';
import type { Trace } from '../../core/trace/model/traceModel.ts';
import type { TraceView } from './traceView.ts';

const maxProblems = 200;

/** `relative` shortens an absolute path for display, for example to the workspace folder. `live`: state of the trace's writer; null without one. */
export function panelState(
  view: TraceView,
  relative: (path: string) => string,
  live: LiveState | null = null,
): PanelState {
  const { trace, settings, guard, guardMode, run, revision, problems, path } = view;
  const policyFailed = view.policyProblems.find(({ severity }) => severity === 'error');
  const isUnreadable = (role: 'guard' | 'policy'): boolean =>
    problems.some(({ code }) => code === `${role}/unreadable`);
  return {
    revision,
    trace: {
      title: basename(path),
      path: relative(path),
      format: formatFacts(trace.format).label,
      calls: trace.calls.length,
    },
    guard: inputState(settings.guard, { ...guard, hint: '', unreadable: isUnreadable('guard') }, relative),
    policy: inputState(
      settings.policy,
      {
        status: policyFailed === undefined ? 'ready' : 'failed',
        message: policyFailed?.message ?? '',
        hint: policyFailed?.hint ?? '',
        unreadable: isUnreadable('policy'),
      },
      relative,
    ),
    mode: settings.mode,
    guardMode,
    servers: servers(trace, view.server),
    run,
    live,
    problems: problems.slice(0, maxProblems),
    problemsTotal: countProblems(problems),
    restricted: false,
  };
}

function inputState(
  path: string | null,
  status: Omit<InputState, 'title' | 'path'>,
  relative: (path: string) => string,
): InputState {
  if (path !== null) return { title: basename(path), path: relative(path), ...status };
  return { title: null, path: null, ...status, status: status.status === 'failed' ? 'failed' : 'none' };
}

function servers(trace: Trace, selected: string | null): readonly ServerState[] {
  const counts = new Map<string, number>(trace.servers.map((id) => [id, 0]));
  for (const { server } of trace.calls) counts.set(server, (counts.get(server) ?? 0) + 1);
  return [...counts].map(([id, calls]) => ({ id, calls, selected: id === selected }));
}
