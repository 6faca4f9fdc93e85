/** Makes the cassette of a trace: the recorded answers to the guard's own look-ups, and to the agent's calls of the same questions. */
import { encodeGoJson } from '../go/goJson.ts';
import type { CassetteData, CassetteEntry } from '../trace/model/cassette.ts';
import { resultOf } from '../trace/model/keptAnswer.ts';
import type { RecordedCall, Trace, TraceCall } from '../trace/model/traceModel.ts';

/** Bytes of agents' answers that go onto a cassette: the worker holds it whole, and few guards ask what an agent asked. */
export const agentAnswerBytes = 64 * 1024 * 1024;

/** The cassette of a trace that grows, in pieces: each answer goes onto it once. */
export class CassetteMaker {
  readonly #server: string;
  readonly #limit: number;
  /** The call of each look-up that is on the cassette; undefined for those that are not, since they have no answer yet. */
  readonly #owners: (number | undefined)[] = [];
  /** Agent calls that were looked at, by their index. */
  readonly #taken: boolean[] = [];
  #started = false;
  #bytes = 0;
  #leftOut = 0;

  constructor(server: string, limit: number = agentAnswerBytes) {
    this.#server = server;
    this.#limit = limit;
  }

  /** How many of the agent's answers did not fit. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** The first time the whole cassette, then what is new. Of what was taken the order must not change. */
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
    // Undecided calls first: among them are the look-ups of a log that does not say.
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
