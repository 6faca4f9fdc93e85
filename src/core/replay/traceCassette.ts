/** Makes the cassette of a trace: recorded answers to the guard's look-ups, and to the agent's calls, which answer the same questions. */
import { encodeGoJson } from '../go/goJson.ts';
import type { CassetteData, CassetteEntry } from '../trace/model/cassette.ts';
import { fixturesFor, type LookupFixture } from '../trace/model/lookupFixtures.ts';
import { resultOf } from '../trace/model/storedAnswer.ts';
import type { RecordedCall, Trace, TraceCall } from '../trace/model/traceModel.ts';

/** Bytes of answers to agent calls on a cassette: the worker has all of it in memory, and few guards ask what an agent asked. */
const maxAgentBytes = 64 * 1024 * 1024;

/** How a cassette is made. */
export interface CassetteOptions {
  /** Answers where the trace has none. */
  readonly fixtures?: readonly LookupFixture[];
  /**
   * When the answers are read from the trace: at once (default), for a guard in another thread, which gets a copy of them; or when a look-up
   * takes them, for a guard in the thread of the trace.
   */
  readonly readsAnswers?: 'at-once' | 'on-demand';
  /** Bytes of answers to agent calls that are read at once. */
  readonly limit?: number;
}

/**
 * Makes the cassette of one server in pieces, as the trace grows; each answer is added once. Look-ups come first, so that they win over an
 * agent call at the same distance. An agent call answers a look-up with the same question too: the backend gave the answer, and in a log
 * that does not say whose call it was, the call may be a look-up.
 */
export class CassetteMaker {
  readonly #server: string;
  readonly #limit: number;
  readonly #onDemand: boolean;
  readonly #fixtures: readonly LookupFixture[];
  /** The agent call of each look-up, by the look-up's position; undefined when it is not on the cassette because it has no answer yet. */
  readonly #owners: (number | undefined)[] = [];
  /** Whether an agent call was processed, by its index. */
  readonly #taken: boolean[] = [];
  #started = false;
  /** The whole cassette, while its entries may not have been made yet. */
  #onFirstLookup: CassetteOnDemand | null = null;
  #bytes = 0;
  #leftOut = 0;

  constructor(
    server: string,
    { fixtures = [], readsAnswers = 'at-once', limit = maxAgentBytes }: CassetteOptions = {},
  ) {
    this.#server = server;
    this.#fixtures = fixturesFor(server, fixtures);
    this.#onDemand = readsAnswers === 'on-demand';
    this.#limit = this.#onDemand ? Infinity : limit;
  }

  /** Number of answers to agent calls that did not fit. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** The whole cassette at first, then only what is new. The calls of an earlier trace must come first in a later one, in the same order. */
  take(trace: Trace): CassetteData {
    const first = !this.#started;
    this.#started = true;
    if (first && this.#onDemand) {
      const make = (): readonly CassetteEntry[] => [...this.#lookups(trace, () => undefined), ...this.#agents(trace)];
      this.#onFirstLookup = new CassetteOnDemand(make, this.#fixtures);
      return this.#onFirstLookup;
    }
    // Makes its entries, so that they are not taken for new ones.
    void this.#onFirstLookup?.entries;
    const moved: Required<CassetteData>['moved'][number][] = [];
    const entries = [...this.#lookups(trace, (entry) => moved.push(entry)), ...this.#agents(trace)];
    if (first) return this.#fixtures.length === 0 ? { entries } : { entries, fixtures: this.#fixtures };
    return { entries, adds: true, ...(moved.length === 0 ? {} : { moved }) };
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
      const made = entryOf(call, of, this.#onDemand);
      if (before === undefined) entries.push(...made);
      else for (const entry of made) onMoved(entry);
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
        const made = entryOf(call, call.index, this.#onDemand);
        entries.push(...made.map((entry) => ({ ...entry, agent: true }) as const));
      }
    }
    return entries;
  }
}

/** A cassette whose entries are made when the first look-up asks for them: many guards make none, and a trace has 100,000 answers. */
class CassetteOnDemand implements CassetteData {
  readonly fixtures: readonly LookupFixture[];
  readonly #make: () => readonly CassetteEntry[];
  #entries: readonly CassetteEntry[] | null = null;

  constructor(make: () => readonly CassetteEntry[], fixtures: readonly LookupFixture[]) {
    this.#make = make;
    this.fixtures = fixtures;
  }

  get entries(): readonly CassetteEntry[] {
    return (this.#entries ??= this.#make());
  }
}

/** Whether the log leaves open whether the agent or the guard made a call. */
export function isUndecided(call: RecordedCall): boolean {
  return call.evidence === 'none';
}

function entryOf(call: RecordedCall, of: number, onDemand: boolean): CassetteEntry[] {
  const { tool, args, answer, requestLine: line } = call;
  if (answer === undefined) return [];
  const entry = { tool, argsText: encodeGoJson(args), call: of, line };
  if (answer.error !== undefined || onDemand) return [{ ...entry, answer }];
  const read = resultOf(answer);
  return 'result' in read ? [{ ...entry, answer: read }] : [];
}
