/** What there is to say about a replay as a whole; it stands on its first record. */
import type { Problem } from '../base/parsed.ts';
import { surprises } from '../difc/account/quirk.ts';
import type { Trace } from '../trace/model/traceModel.ts';

/** The codes of such problems. */
export const replayWideCodes: ReadonlySet<string> = new Set([
  'replay/other-servers',
  'replay/one-agent',
  'replay/cassette-limited',
]);

/** `leftOut`: answers that are not on the cassette. */
export function replayProblems(trace: Trace, server: string, leftOut: number): readonly Problem[] {
  const counts = new Map<string, number>();
  for (const call of trace.calls) {
    if (call.server !== server) counts.set(call.server, (counts.get(call.server) ?? 0) + 1);
  }
  const others = [...counts].map(([name, count]) => `"${name}" (${count})`).join(', ');
  const otherServers: Problem = {
    severity: 'info',
    code: 'replay/other-servers',
    message: `Only calls of server "${server}" go through the guard; those of other servers are left out: ${others}`,
    hint: 'Choose another server to replay its calls',
  };
  const limited: Problem = {
    severity: 'info',
    code: 'replay/cassette-limited',
    message: `${leftOut} answers to the agent's calls are too long to be at hand for the guard's own questions`,
  };
  const sessions = trace.sessions ?? 1;
  const oneAgent: Problem = {
    severity: 'info',
    code: 'replay/one-agent',
    message: `The capture holds calls of ${sessions} client sessions; they count as one agent here, on one guard instance`,
    hint: 'So it is in the gateway where clients come with the same credentials; the last label_agent wins for all of them',
    docs: surprises,
  };
  return [
    ...(others === '' ? [] : [otherServers]),
    ...(sessions < 2 ? [] : [oneAgent]),
    ...(leftOut === 0 ? [] : [limited]),
  ];
}
