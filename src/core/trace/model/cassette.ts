/** Cassette: recorded backend answers, and the player that selects the answer to a guard's look-up. Runs inside the guard's worker. */
import { encodeGoJson } from '../../go/goJson.ts';
import { lookupKey, LookupsByValue } from './lookupKeys.ts';
import type { JsonValue } from '../../base/json.ts';
import type { LookupFixture } from './lookupFixtures.ts';
import type { RecordedAnswer } from './traceModel.ts';

/** One recorded answer to a `tools/call`. */
export interface CassetteEntry {
  readonly tool: string;
  /** The arguments as canonical Go JSON, which distinguishes the string "7" from the number 7. */
  readonly argsText: string;
  readonly answer: RecordedAnswer;
  /** Index of the agent call that it was recorded for; -1 when unknown. */
  readonly call: number;
  /** Line of the request in the trace, starting at 1. */
  readonly line: number;
  /** Set when this answers a call of the agent. At the same distance, the answer to a look-up is preferred. */
  readonly agent?: true;
}

/** The entries in trace order, as plain data that can be posted to a worker. */
export interface CassetteData {
  readonly entries: readonly CassetteEntry[];
  /** Set when the entries extend the loaded ones, which keep their used state. Absent: they replace them. */
  readonly adds?: true;
  /** Answers for questions that no entry answers; not with `adds`. */
  readonly fixtures?: readonly LookupFixture[];
  /** With `adds`: look-ups that are now attributed to another call. */
  readonly moved?: readonly Pick<CassetteEntry, 'tool' | 'argsText' | 'line' | 'call'>[];
}

/** The answer to one look-up. A miss carries an error, which the guest sees as -1 (gateway spec 1.10, step 5). */
export interface CassetteAnswer {
  readonly answer: RecordedAnswer;
  readonly miss: boolean;
  /** Line of the matched request; null for a miss and for a fixture. */
  readonly line: number | null;
  /** Whether the entry was used before: the recorded guard made fewer look-ups, for example because it caches and the edited one does not. */
  readonly reused: boolean;
}

/**
 * Selects an entry by tool and canonical arguments: an unused entry of the call being replayed, else the nearest unused entry (the earlier
 * of two at the same distance), else the nearest used entry, else a fixture. When nothing has these arguments, an entry or a fixture with
 * equal values is taken (`LookupsByValue`), else it is a miss. A look-up costs one map access and one binary search.
 */
export class CassettePlayer {
  readonly #shelves = new Map<string, Shelf>();
  /** The first fixture of each question. */
  readonly #fixtures = new Map<string, RecordedAnswer>();
  readonly #shelvesByValue = new LookupsByValue(this.#shelves);
  readonly #fixturesByValue = new LookupsByValue(this.#fixtures);
  readonly #taken: CassetteEntry[] = [];
  #call = -1;

  constructor(data: CassetteData) {
    for (const { tool, argsText, answer } of data.fixtures ?? []) {
      const key = lookupKey(tool, argsText);
      if (!this.#fixtures.has(key)) this.#fixtures.set(key, answer);
    }
    this.extend(data);
  }

  /** Adds the entries that a growing trace gained. */
  extend({ entries, moved = [] }: CassetteData): void {
    for (const { tool, argsText, line, call } of moved) this.#shelves.get(lookupKey(tool, argsText))?.move(line, call);
    for (const entry of entries) {
      const key = lookupKey(entry.tool, entry.argsText);
      const shelf = this.#shelves.get(key);
      if (shelf !== undefined) {
        shelf.add(entry);
        continue;
      }
      const added = new Shelf(entry);
      this.#shelves.set(key, added);
      this.#shelvesByValue.added(key, added);
    }
  }

  /** Number of entries that were used so far. */
  get taken(): number {
    return this.#taken.length;
  }

  /** Takes the first `count` entries that another player of the same data has used for used, so that it goes on as that one did. */
  useAs(other: CassettePlayer, count: number): void {
    for (const entry of other.#taken.slice(0, count)) {
      this.#shelves.get(lookupKey(entry.tool, entry.argsText))?.use(entry);
      this.#taken.push(entry);
    }
  }

  /** Sets the agent call that the following look-ups belong to, by its index in the trace. */
  beginCall(call: number): void {
    this.#call = call;
  }

  answer(tool: string, args: JsonValue): CassetteAnswer {
    const key = lookupKey(tool, encodeGoJson(args));
    const exact = this.#shelves.get(key) ?? this.#fixtures.get(key);
    const found = exact ?? this.#shelvesByValue.find(tool, args) ?? this.#fixturesByValue.find(tool, args);
    const taken = found instanceof Shelf ? found.take(this.#call) : undefined;
    const fixture = found instanceof Shelf ? undefined : found;
    if (fixture !== undefined) return { answer: fixture, miss: false, line: null, reused: false };
    if (taken === undefined) return { answer: { error: missText(tool) }, miss: true, line: null, reused: false };
    if (!taken.reused) this.#taken.push(taken.entry);
    return { answer: taken.entry.answer, miss: false, line: taken.entry.line, reused: taken.reused };
  }
}

/** The backend error that the record of the guard call shows for a miss. */
function missText(tool: string): string {
  return `the trace has no recorded answer for "${tool}" with these arguments`;
}

/** The hint for a miss. In production, `get_collaborator_permission` bypasses the log (gateway spec 4.3). */
export function missHint(tool: string): string {
  if (tool === 'get_collaborator_permission') {
    return 'The gateway sends this request to the GitHub API itself and does not log the answer, so a gateway log never contains it; the guard got -1';
  }
  return 'The recorded session has no such look-up, so the guard got -1, as from a failing backend. Record a session with "guardscope tap --guard", which records look-ups, or write the answers into a file for "replay --lookups FILE"; "replay --backend none" answers all of them with -1';
}

/**
 * All entries with the same tool and arguments, sorted by call. Slot n+1 is entry n; slots 0 and length+1 are sentinels. A used slot points
 * to its neighbour, and searches compress these paths (union-find), so that a long run of used entries costs almost nothing.
 */
class Shelf {
  #entries: CassetteEntry[];
  readonly #used = new Set<CassetteEntry>();
  #left = new Int32Array(0);
  #right = new Int32Array(0);

  constructor(entry: CassetteEntry) {
    this.#entries = [entry];
  }

  add(entry: CassetteEntry): void {
    this.#entries.push(entry);
    this.#left = new Int32Array(0);
  }

  move(line: number, call: number): void {
    const known = this.#entries.find((entry) => entry.line === line && entry.agent === undefined);
    if (known === undefined) return;
    const moved = { ...known, call };
    if (this.#used.delete(known)) this.#used.add(moved);
    this.#entries = this.#entries.filter((entry) => entry !== known);
    this.add(moved);
  }

  /** Takes an entry for used. One that was moved since has another object. */
  use(entry: CassetteEntry): void {
    const isMoved = ({ line, agent }: CassetteEntry): boolean => line === entry.line && agent === entry.agent;
    const own = this.#entries.includes(entry) ? entry : this.#entries.find(isMoved);
    if (own !== undefined) this.#used.add(own);
    this.#left = new Int32Array(0);
  }

  take(call: number): { readonly entry: CassetteEntry; readonly reused: boolean } | undefined {
    if (this.#left.length === 0) this.#prepare();
    const start = this.#firstFrom(call);
    const slot = this.#nearer(find(this.#left, start), find(this.#right, start + 1), call);
    const unused = this.#entries[slot - 1];
    if (unused !== undefined) {
      this.#use(slot, unused);
      return { entry: unused, reused: false };
    }
    const used = this.#entries[this.#nearer(start, start + 1, call) - 1];
    return used === undefined ? undefined : { entry: used, reused: true };
  }

  #prepare(): void {
    this.#entries.sort((a, b) => a.call - b.call || Number(a.agent ?? false) - Number(b.agent ?? false));
    const slots = this.#entries.length + 2;
    this.#left = Int32Array.from({ length: slots }, (_, slot) => slot);
    this.#right = this.#left.slice();
    if (this.#used.size === 0) return;
    for (const [index, entry] of this.#entries.entries()) if (this.#used.has(entry)) this.#use(index + 1, entry);
  }

  #use(slot: number, entry: CassetteEntry): void {
    this.#used.add(entry);
    this.#left[slot] = slot - 1;
    this.#right[slot] = slot + 1;
  }

  /** Counts the entries of earlier calls; this is also the slot of the last of them. */
  #firstFrom(call: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.call ?? call) < call) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Returns the slot whose call is nearer. At the same distance the earlier one, because its answer was known by then. */
  #nearer(left: number, right: number, call: number): number {
    const before = this.#entries[left - 1];
    const after = this.#entries[right - 1];
    if (before === undefined) return after === undefined ? 0 : right;
    if (after === undefined) return left;
    return after.call - call < call - before.call ? right : left;
  }
}

/** Returns the nearest unused slot in the direction of `next`, and compresses the path to it. */
function find(next: Int32Array, slot: number): number {
  let end = slot;
  while ((next[end] ?? end) !== end) end = next[end] ?? end;
  let at = slot;
  while (at !== end) {
    const on = next[at] ?? end;
    next[at] = end;
    at = on;
  }
  return end;
}
