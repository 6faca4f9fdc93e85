/** Makes the cassette of a trace: recorded answers to the guard's look-ups, and to the agent's calls, which answer the same questions. */
import { encodeGoJson } from '../go/goJson.ts';
import type { CassetteData, CassetteEntry } from '../trace/model/cassette.ts';
import { resultOf } from '../trace/model/storedAnswer.ts';
import type { RecordedCall, Trace, TraceCall } from '../trace/model/traceModel.ts';

/** Bytes of answers to agent calls on a cassette: the worker has all of it in memory, and few guards ask what an agent asked. */
const maxAgentBytes = 64 * 1024 * 1024;

/**
 * Makes the cassette of one server in pieces, as the trace grows; each answer is added once. Look-ups come first, so that they win over an
 * agent call at the same distance. An agent call answers a look-up with the same question too: the backend gave the answer, and in a log
 * that does not say whose call it was, the call may be a look-up.
 */
export class CassetteMaker {
  readonly #server: string;
  readonly #limit: number;
  /** The agent call of each look-up, by the look-up's position; undefined when it is not on the cassette because it has no answer yet. */
  readonly #owners: (number | undefined)[] = [];
  /** Whether an agent call was processed, by its index. */
  readonly #taken: boolean[] = [];
  #started = false;
  #bytes = 0;
  #leftOut = 0;

  constructor(server: string, limit: number = maxAgentBytes) {
    this.#server = server;
    this.#limit = limit;
  }

  /** Number of answers to agent calls that did not fit. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** The whole cassette at first, then only what is new. The calls of an earlier trace must come first in a later one, in the same order. */
  take(trace: Trace): CassetteData {
    const first = !this.#started;
    this.#started = true;
    const moved: Required<CassetteData>['moved'][number][] = [];
    const entries = [...this.#lookups(trace, (entry) => moved.push(entry)), ...this.#agents(trace)];
    return first ? { entries } : { entries, adds: true, ...(moved.length === 0 ? {} : { moved }) };
  }

  #lookups({ calls, recordedLookups }: Trace, onMoved: (entry: CassetteEntry) => void): readonly CassetteEntry[] {
    const owner = new Map<number, number>();
    for (const call of calls) for (const at of call.lookups) owner.set(at, call.index);
    const entries: CassetteEntry[] = [];
    for (const [at, call] of recordedLookups.entries()) {
      const of = owner.get(at) ?? -1;
      const before = this.#owners[at];
      if (call.server !== this.#server || call.answer === undefined || before === of) continue;
      this.#owners[at] = of;
      if (before === undefined) entries.push(...entryOf(call, of));
      else for (const entry of entryOf(call, of)) onMoved(entry);
    }
    return entries;
  }

  #agents({ calls }: Trace): readonly CassetteEntry[] {
    const isNew = ({ index, server, answer }: TraceCall): boolean =>
      this.#taken[index] !== true && server === this.#server && answer !== undefined;
    const agents = calls.filter(isNew);
    const entries: CassetteEntry[] = [];
    // Calls of undecided origin first: they may be look-ups.
    for (const call of [...agents.filter(isUndecided), ...agents.filter((each) => !isUndecided(each))]) {
      this.#taken[call.index] = true;
      const size = call.answerBytes ?? 0;
      if (this.#bytes + size > this.#limit) this.#leftOut++;
      else {
        this.#bytes += size;
        entries.push(...entryOf(call, call.index).map((entry) => ({ ...entry, agent: true }) as const));
      }
    }
    return entries;
  }
}

/** Whether the log leaves open whether the agent or the guard made a call. */
export function isUndecided(call: RecordedCall): boolean {
  return call.evidence === 'none';
}

function entryOf(call: RecordedCall, of: number): CassetteEntry[] {
  const { tool, args, answer, requestLine: line } = call;
  if (answer === undefined) return [];
  const entry = { tool, argsText: encodeGoJson(args), call: of, line };
  if (answer.error !== undefined) return [{ ...entry, answer }];
  const read = resultOf(answer);
  return 'result' in read ? [{ ...entry, answer: read }] : [];
}
