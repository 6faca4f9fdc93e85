/** Reads a debug log as a trace: its calls as drafts, and problems that describe the limits of such a trace. */
import { encodeGoJson } from '../../go/goJson.ts';
import type { DebugCall, DebugLog } from './debugLogCalls.ts';
import { CallDraft } from '../model/draft.ts';
import type { TraceProblems } from '../model/traceProblems.ts';

/** Creates one draft for each call and for each look-up with known arguments, in the order of the log. */
export function debugLogDrafts(log: DebugLog): ReadonlyMap<CallDraft, DebugCall | null> {
  const drafts: (readonly [CallDraft, DebugCall | null])[] = [];
  for (const call of log.calls) {
    const draft = callDraft(call);
    drafts.push([draft, call]);
    for (const lookup of call.lookups) {
      if (lookup.args === undefined) continue;
      const { tool, args, line, redacted, answer, answerLine } = lookup;
      const asked = newDraft(call.server, tool, args, lookup.input?.time ?? null, line, redacted);
      asked.decide('guard', 'capture');
      asked.madeFor = draft;
      asked.answer = answer;
      asked.answerLine = answerLine;
      drafts.push([asked, null]);
    }
  }
  return new Map(drafts.sort(([a], [b]) => a.start.requestLine - b.start.requestLine));
}

/** Reports the policies in the log. */
export function reportPolicies({ policies, file }: Pick<DebugLog, 'policies' | 'file'>, problems: TraceProblems): void {
  for (const { server, payload, line } of policies) {
    const text = encodeGoJson(payload);
    const shown = text.length <= shownLength ? text : `${text.slice(0, shownLength)}…`;
    const where = file === undefined ? 'The log' : `"${file}"`;
    const message = `${where} recorded this policy payload of guard "${server}": ${shown}`;
    problems.add(
      'info',
      'trace/recorded-policy',
      message,
      line,
      'Replay with this policy to reproduce the recorded decisions',
    );
  }
}

/** Reports what the log does not contain. */
export function reportLimits(log: DebugLog, problems: TraceProblems): void {
  const open = log.calls.filter(({ response }) => response === null);
  if (log.form === 'copy') {
    const message =
      'This is the copy of the debug log in a log file, which the gateway sanitises: values that look like secrets are replaced';
    problems.add('info', 'trace/sanitised-copy', message, undefined, 'The stderr of the gateway has the exact inputs');
  }
  if (open.length > 0) {
    const writes = open.filter(({ resource }) => resource.operation !== null && resource.operation !== 'read').length;
    const known = writes === 0 ? '' : ` (${writes} of them are not reads)`;
    const message = `${open.length} of ${log.calls.length} calls have no result here${known}: the log contains only results that the guard labelled; the calls may also have been refused or have failed`;
    const hint = 'rpc-messages.jsonl of the same session has the backend’s answers of all calls';
    problems.add('info', 'trace/no-results', message, open[0]?.resource.line, hint);
  }
  const unknown = log.lookups.filter(({ args }) => args === undefined);
  if (unknown.length > 0) {
    const tools = [...new Set(unknown.map(({ tool }) => `"${tool}"`))].slice(0, shownTools).join(', ');
    const message = `The guard made ${unknown.length} look-ups (${tools}) whose arguments and answers are not in this log`;
    const hint = 'In a replay they return -1; rpc-messages.jsonl of the same session has them';
    problems.add('warning', 'trace/lookups-not-recorded', message, unknown[0]?.line, hint);
  }
  const orphans = log.calls.filter(({ resource }) => resource.function === 'label_response');
  if (orphans.length > 0) {
    const message = `${orphans.length} label_response inputs have no label_resource input before them; each is read as a call`;
    problems.add(
      'warning',
      'trace/orphan-answer',
      message,
      orphans[0]?.resource.line,
      'The beginning of the log is missing',
    );
  }
}

/**
 * Reports once that several agents may have called, and that the log does not say which of them made a call: the gateway calls label_agent
 * once for each agent and server (gateway spec 3.10), and again after a failure or a restart.
 */
export function reportSeveralAgents(
  { labelAgents, serverOf }: Pick<DebugLog, 'labelAgents' | 'serverOf'>,
  drafts: Iterable<CallDraft>,
  problems: TraceProblems,
): void {
  if (![...drafts].some(({ origin, agent }) => origin !== 'guard' && agent === null)) return;
  const counts = new Map<string, { count: number; readonly line: number }>();
  for (const input of labelAgents) {
    const known = counts.get(serverOf(input));
    if (known === undefined) counts.set(serverOf(input), { count: 1, line: input.line });
    else known.count++;
  }
  const [server, most] = [...counts].sort(([, a], [, b]) => b.count - a.count)[0] ?? [];
  if (most === undefined || most.count < 2) return;
  const message = `The log has ${most.count} label_agent calls of guard "${server}", so several agents may have made its calls; a replay decides them as calls of one agent`;
  problems.add('warning', 'trace/agents-unknown', message, most.line, agentsHint);
}

const agentsHint =
  'With DEBUG=guard:* the gateway also writes the agent of each call; rpc-messages.jsonl with mcp-gateway.log beside it has it, too';
const shownLength = 300;
const shownTools = 8;

function callDraft({ server, tool, args, resource, response }: DebugCall): CallDraft {
  const lost = args === undefined || !resource.exact;
  const { agent, time, line } = resource;
  const labels = agent === null ? null : { secrecy: agent.secrecy, integrity: agent.integrity };
  const draft = newDraft(server, tool, args === undefined ? {} : args, time, line, lost, labels);
  draft.decide('agent', 'capture');
  draft.agent = agent?.id ?? null;
  draft.denied = resource.denied;
  if (response === null) return draft;
  draft.answer = response.answer;
  draft.answerLine = response.line;
  draft.answerBytes = response.bytes;
  draft.answerRedacted = !response.exact;
  return draft;
}

function newDraft(
  server: string,
  tool: string,
  args: CallDraft['start']['args'],
  time: number | null,
  requestLine: number,
  redacted: boolean,
  agentLabels: CallDraft['start']['agentLabels'] = null,
): CallDraft {
  return new CallDraft({ server, tool, args, time, requestLine, agentLabels, redacted, run: 0 });
}
