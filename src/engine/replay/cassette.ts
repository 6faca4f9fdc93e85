/** Makes the cassette of a trace: the recorded answers to the guard's own look-ups, and to the agent's calls of the same tools. */
import { encodeGoJson } from '../../core/base/goJson.ts';
import type { CassetteData, CassetteEntry } from '../../core/trace/cassette.ts';
import type { RecordedCall, Trace } from '../../core/trace/model.ts';

/**
 * Entries in the order of the trace. An agent's own call serves a guard that asks the same: the backend answered it, whoever asked; but
 * it comes after the guard's recorded look-ups, which are the nearer truth.
 */
export function makeCassette(trace: Trace, server: string): CassetteData {
  const owner = new Map<number, number>();
  for (const call of trace.calls) for (const at of call.guardCalls) owner.set(at, call.index);
  const lookups = trace.guardCalls.map((call, at) => ({ call, of: owner.get(at) ?? -1 }));
  const agents = trace.calls.map((call) => ({ call, of: -1 }));
  const entries = [...lookups, ...agents]
    .filter(({ call }) => call.server === server)
    .flatMap(({ call, of }) => entry(call, of));
  return { entries };
}

function entry(call: RecordedCall, of: number): readonly CassetteEntry[] {
  const { tool, args, answer, requestLine } = call;
  return answer === undefined ? [] : [{ tool, argsText: encodeGoJson(args), answer, call: of, line: requestLine }];
}
