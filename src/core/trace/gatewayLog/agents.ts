/** Reports that a log of the gateway cannot tell its agents apart: an agent's labels decide its later calls (gateway spec 3.10). */
import type { CallDraft } from '../model/draft.ts';
import type { TraceProblems } from '../model/traceProblems.ts';
import { toleranceMs } from './clientCalls.ts';
import type { ClientCalls } from './clientCall.ts';
import { redactedMark } from './sanitizer.ts';

/** Lists the agents of the calls, in order of appearance. */
export function agentsOf(calls: readonly CallDraft[]): readonly string[] {
  return [...new Set(calls.flatMap(({ caller }) => caller ?? []))];
}

/**
 * Reports once that calls of `rpc-messages.jsonl` have an unknown agent, or that different agents may have the same id. `calls`: those of
 * the agents. While the log grows, the text log may be late, so calls behind its last line are not counted.
 */
export function reportUnknownAgents(
  calls: readonly CallDraft[],
  clientCalls: ClientCalls | null,
  growing: boolean,
  problems: TraceProblems,
): void {
  const until = growing && clientCalls !== null ? (clientCalls.covers?.to ?? -Infinity) - toleranceMs : Infinity;
  const due = calls.filter(({ start }) => (start.time ?? -Infinity) <= until);
  const unknown = due.filter(({ agent }) => agent === null);
  const [first] = unknown;
  if (first !== undefined && due.length > 1) {
    const isNone = unknown.length === due.length;
    const message = isNone
      ? `The log does not say which agent made its ${due.length} calls`
      : `The log does not say which agent made ${unknown.length} of its ${due.length} calls`;
    const hint = clientCalls === null ? missingHint : partialHint;
    problems.add('info', 'trace/agents-unknown', `${message}; ${oneAgent}`, first.start.requestLine, hint);
    return;
  }
  const hidden = due.find(({ agent }) => agent?.includes(redactedMark) === true);
  if (hidden === undefined) return;
  const message = `The gateway's log sanitiser replaced the id of an agent by "${hidden.agent}", so different agents may have the same id`;
  problems.add('info', 'trace/agents-unknown', message, hidden.start.requestLine, hiddenHint);
}

/** What follows for a replay. */
const oneAgent = 'a replay decides them as calls of one agent';
const missingHint = 'Put mcp-gateway.log of the same session into the same folder: it has the agent of each call';
const partialHint = 'mcp-gateway.log does not have these calls: its beginning or end may be missing';
const hiddenHint = 'Clients that send X-Agent-ID have ids that are not replaced';
