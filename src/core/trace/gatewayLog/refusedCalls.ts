/** Adds the client's calls without a backend call in the log: the gateway refused them, or the log lost them. Only the text log has them. */
import { CallDraft } from '../model/draft.ts';
import type { ClientCall } from './clientCall.ts';
import { takeReceipt } from './clientCalls.ts';
import type { TraceProblems } from '../model/traceProblems.ts';

/**
 * Returns the drafts with one more for each unmatched call, placed by the time of its refusal, which is when other calls are sent. The
 * server is the one that the text log names, else the one that lists the tool, else the one with calls of it, else the only one. `file`: the
 * text log, which the lines of these calls refer to.
 */
export function insertUnmatched(
  drafts: readonly CallDraft[],
  unmatched: readonly ClientCall[],
  file: string,
  listed: ReadonlyMap<string, ReadonlySet<string>>,
  problems: TraceProblems,
): readonly CallDraft[] {
  if (unmatched.length === 0) return drafts;
  const called = new Map<string, Set<string>>();
  const all = new Set<string>();
  for (const { start } of drafts) {
    called.set(start.tool, (called.get(start.tool) ?? new Set()).add(start.server));
    all.add(start.server);
  }
  const added = unmatched.flatMap((call) => {
    const [server, second] =
      call.server === null ? (listed.get(call.tool) ?? called.get(call.tool) ?? all) : [call.server];
    const isKnown = server !== undefined && second === undefined;
    reportUnmatched(call, isKnown, file, problems);
    return isKnown ? [unmatchedDraft(call, server, file)] : [];
  });
  return mergeByTime(
    drafts,
    added.sort((a, b) => placeOf(a) - placeOf(b)),
  );
}

function reportUnmatched(call: ClientCall, hasServer: boolean, file: string, problems: TraceProblems): void {
  const { tool, args, asked, line } = call;
  const where = `Line ${line} of ${file}`;
  if (asked === 'yes') {
    const message = `The client called "${tool}" and the backend answered, but the log has no such request; its lines are missing or destroyed`;
    problems.add('warning', 'trace/lost-call', message, undefined, where);
  } else if (!hasServer || args === null) {
    const unknown = args === null ? 'arguments are' : 'server is';
    const message = `The client called "${tool}", which did not reach a backend, and its ${unknown} unknown`;
    problems.add('info', 'trace/refused-call', message, undefined, where);
  }
}

function unmatchedDraft(call: ClientCall, server: string, file: string): CallDraft {
  const { agent, tool, args, remains, time, line, redacted, end } = call;
  const draft = new CallDraft({
    server,
    tool,
    args: args === null ? {} : args.value,
    time,
    requestLine: line,
    agentLabels: null,
    redacted,
    ...(args === null ? { remains: remains ?? '' } : {}),
    run: 0,
    file,
  });
  draft.decide('agent', 'text-log');
  draft.agent = agent;
  draft.span = { from: time, to: end ?? Infinity };
  takeReceipt(draft, call, file);
  return draft;
}

/** The time at which a refused call was decided. A call without an end is placed by its request. */
function placeOf({ span, start }: CallDraft): number {
  return span === null || span.to === Infinity ? (start.time ?? Infinity) : span.to;
}

/** Merges the lists by time. Each list keeps its order. */
function mergeByTime(drafts: readonly CallDraft[], added: readonly CallDraft[]): readonly CallDraft[] {
  const merged: CallDraft[] = [];
  let next = 0;
  for (const draft of drafts) {
    const until = draft.start.time ?? -Infinity;
    for (let call = added[next]; call !== undefined && placeOf(call) <= until; call = added[++next]) merged.push(call);
    merged.push(draft);
  }
  return [...merged, ...added.slice(next)];
}
