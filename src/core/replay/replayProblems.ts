/** Problems of a replay as a whole; they are on its first record. */
import type { Problem } from '../base/parsed.ts';
import { surprises } from '../difc/account/quirk.ts';
import type { SessionRules } from '../session/sessionRules.ts';
import type { Trace } from '../trace/model/traceModel.ts';

/** Codes of these problems. */
export const replayWideCodes: ReadonlySet<string> = new Set([
  'replay/other-servers',
  'replay/one-agent',
  'replay/cassette-limited',
]);

/** `rules` has the servers whose calls are decided; `leftOut`: number of answers that did not fit on the cassettes. */
export function replayProblems(trace: Trace, rules: SessionRules, leftOut: number): readonly Problem[] {
  const counts = new Map<string, number>();
  for (const { server } of trace.calls) if (!rules.has(server)) counts.set(server, (counts.get(server) ?? 0) + 1);
  const others = [...counts].map(([name, count]) => `"${name}" (${count})`).join(', ');
  const decided = [...rules.keys()].map((name) => `"${name}"`);
  const otherServers: Problem = {
    severity: 'info',
    code: 'replay/other-servers',
    message: `Only calls of ${decided.length === 1 ? 'server' : 'the servers'} ${decided.join(', ')} are decided; calls of other servers are skipped, so their labels are missing on the agents: ${others}`,
    hint: 'Replay with the configuration of the gateway (--config), which has all servers with their guards and policies',
  };
  const limited: Problem = {
    severity: 'info',
    code: 'replay/cassette-limited',
    message: `${leftOut} answers to the agent's calls do not fit in memory, so they cannot answer look-ups of the guard`,
  };
  const sessions = trace.sessions ?? 1;
  const oneAgent: Problem = {
    severity: 'info',
    code: 'replay/one-agent',
    message: `The capture has calls of ${sessions} client sessions; the replay treats them as one agent on one guard instance`,
    hint: 'The gateway does the same for clients with the same credentials: the last label_agent applies to all of them',
    docs: surprises,
  };
  const knowsAgents = trace.calls.some(({ agent }) => agent !== undefined);
  return [
    ...(others === '' ? [] : [otherServers]),
    ...(sessions < 2 || knowsAgents ? [] : [oneAgent]),
    ...(leftOut === 0 ? [] : [limited]),
  ];
}
