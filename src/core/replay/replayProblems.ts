/** Problems of a replay as a whole; they are on its first record. */
import type { Problem } from '../base/parsed.ts';
import { surprises } from '../difc/account/quirk.ts';
import type { Trace } from '../trace/model/traceModel.ts';

/** Codes of these problems. */
export const replayWideCodes: ReadonlySet<string> = new Set([
  'replay/other-servers',
  'replay/one-agent',
  'replay/cassette-limited',
]);

/** `leftOut`: number of answers that did not fit on the cassette. */
export function replayProblems(trace: Trace, server: string, leftOut: number): readonly Problem[] {
  const counts = new Map<string, number>();
  for (const call of trace.calls) {
    if (call.server !== server) counts.set(call.server, (counts.get(call.server) ?? 0) + 1);
  }
  const others = [...counts].map(([name, count]) => `"${name}" (${count})`).join(', ');
  const otherServers: Problem = {
    severity: 'info',
    code: 'replay/other-servers',
    message: `Only calls of server "${server}" go through the guard; calls of other servers are skipped: ${others}`,
    hint: 'Choose another server to replay its calls',
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
  return [
    ...(others === '' ? [] : [otherServers]),
    ...(sessions < 2 ? [] : [oneAgent]),
    ...(leftOut === 0 ? [] : [limited]),
  ];
}
