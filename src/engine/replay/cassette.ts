/** Makes the cassette of a trace: the recorded answers to the guard's own look-ups, and to the agent's calls of the same questions. */
import { encodeGoJson } from '../../core/base/goJson.ts';
import type { CassetteData, CassetteEntry } from '../../core/trace/cassette.ts';
import { resultOf } from '../../core/trace/keptAnswer.ts';
import type { RecordedCall, Trace } from '../../core/trace/model.ts';

/** Bytes of agents' answers that go onto a cassette: the worker holds it whole, and few guards ask what an agent asked. */
export const agentAnswerBytes = 64 * 1024 * 1024;

/** A cassette, and how many of the agent's answers did not fit it. */
export interface MadeCassette {
  readonly data: CassetteData;
  readonly leftOut: number;
}

/**
 * Entries of one server. Look-ups come first, so that they win over an agent's call at the same distance. An agent's own call serves a
 * guard that asks the same: the backend answered it, whoever asked, and in a log that does not say whose call it was it may be a look-up.
 */
export function makeCassette(trace: Trace, server: string, limit: number = agentAnswerBytes): MadeCassette {
  const owner = new Map<number, number>();
  for (const call of trace.calls) for (const at of call.guardCalls) owner.set(at, call.index);
  const entries = trace.guardCalls.flatMap((call, at) =>
    call.server === server ? entryOf(call, owner.get(at) ?? -1) : [],
  );
  const agents = trace.calls.filter((call) => call.server === server && call.answer !== undefined);
  let bytes = 0;
  let leftOut = 0;
  // Undecided calls first: among them are the look-ups of a log that does not say.
  for (const call of [...agents.filter(isUndecided), ...agents.filter((each) => !isUndecided(each))]) {
    const size = call.answerBytes ?? 0;
    if (bytes + size > limit) leftOut++;
    else {
      bytes += size;
      entries.push(...entryOf(call, call.index));
    }
  }
  return { data: { entries }, leftOut };
}

/** Whether the log left open who made a call. */
export function isUndecided(call: RecordedCall): boolean {
  return call.evidence === 'none';
}

function entryOf(call: RecordedCall, of: number): CassetteEntry[] {
  const { tool, args, answer, requestLine: line } = call;
  if (answer === undefined) return [];
  const entry = { tool, argsText: encodeGoJson(args), call: of, line };
  if (answer.error !== undefined) return [{ ...entry, answer }];
  const taken = resultOf(answer);
  return 'result' in taken ? [{ ...entry, answer: taken }] : [];
}
