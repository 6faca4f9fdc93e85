/** Adds calls that the gateway refused before they reached a backend; they are only in its text log. */
import { CallDraft } from '../model/draft.ts';
import type { ClientCall } from './gatewayTextLog.ts';
import type { TraceProblems } from '../model/traceProblems.ts';

/**
 * Returns the drafts with one more for each refused call, placed by time. The text log has no server names, so the server is the one that
 * lists the tool, else the one with calls of it, else the only one. `file`: the text log, which the lines of these calls refer to.
 */
export function insertRefused(
  drafts: readonly CallDraft[],
  refused: readonly ClientCall[],
  file: string,
  listed: ReadonlyMap<string, ReadonlySet<string>>,
  problems: TraceProblems,
): readonly CallDraft[] {
  if (refused.length === 0) return drafts;
  const called = new Map<string, Set<string>>();
  const all = new Set<string>();
  for (const { start } of drafts) {
    called.set(start.tool, (called.get(start.tool) ?? new Set()).add(start.server));
    all.add(start.server);
  }
  const added = refused.flatMap((call) => {
    const [server, second] = listed.get(call.tool) ?? called.get(call.tool) ?? all;
    if (server !== undefined && second === undefined && call.args !== null) {
      return [refusedDraft(call, call.args.value, server, file)];
    }
    const unknown = call.args === null ? 'arguments are' : 'server is';
    const message = `The client called "${call.tool}", which did not reach a backend, and its ${unknown} unknown`;
    problems.add('info', 'trace/refused-call', message, undefined, `Line ${call.line} of ${file}`);
    return [];
  });
  return mergeByTime(drafts, added);
}

function refusedDraft(call: ClientCall, args: CallDraft['start']['args'], server: string, file: string): CallDraft {
  const { tool, time, line, redacted } = call;
  const draft = new CallDraft({
    server,
    tool,
    args,
    time,
    requestLine: line,
    agentLabels: null,
    redacted,
    run: 0,
    file,
  });
  draft.decide('agent', 'text-log');
  return draft;
}

/** Merges the lists by time. Each list keeps its order. */
function mergeByTime(drafts: readonly CallDraft[], added: readonly CallDraft[]): readonly CallDraft[] {
  const merged: CallDraft[] = [];
  let next = 0;
  for (const draft of drafts) {
    const until = draft.start.time ?? -Infinity;
    for (; (added[next]?.start.time ?? Infinity) <= until; next++) merged.push(...added.slice(next, next + 1));
    merged.push(draft);
  }
  return [...merged, ...added.slice(next)];
}
