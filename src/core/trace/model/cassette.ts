/** The cassette: recorded backend answers, and the player that finds the one for a guard's question (runs inside the guard's worker). */
import { encodeGoJson } from '../../go/goJson.ts';
import type { JsonValue } from '../../base/json.ts';
import type { RecordedAnswer } from './traceModel.ts';

/** One recorded answer to a `tools/call`. */
export interface CassetteEntry {
  readonly tool: string;
  /** The arguments as canonical Go JSON text, so that the string "7" and the number 7 stay two things. */
  readonly argsText: string;
  readonly answer: RecordedAnswer;
  /** Index of the agent call it was recorded for; -1 when that is not known. */
  readonly call: number;
  /** Line of the request in the trace, from 1. */
  readonly line: number;
  /** The answer to an agent's own call; at the same distance a look-up's goes before it. */
  readonly agent?: true;
}

/** Plain data, so that it can be handed to a worker. Entries in the order of the trace. */
export interface CassetteData {
  readonly entries: readonly CassetteEntry[];
  /** Whether the entries come to those that are there, whose uses are remembered; absent: they replace them. */
  readonly adds?: true;
  /** With `adds`: look-ups that turned out to be of another call. */
  readonly moved?: readonly Pick<CassetteEntry, 'tool' | 'argsText' | 'line' | 'call'>[];
}

/** What a question got. A miss has an error, which the guest sees as -1 (gateway spec 1.10, step 5). */
export interface CassetteAnswer {
  readonly answer: RecordedAnswer;
  readonly miss: boolean;
  /** Line of the request that was matched; null for a miss. */
  readonly line: number | null;
  /** Whether the entry had answered before: the recorded guard asked less often (it may cache, the edited one may not). */
  readonly reused: boolean;
}

/**
 * Answers by tool and canonical arguments: an unused entry of the call being replayed, else the nearest unused one (the earlier of two at
 * the same distance), else the nearest used one, else a miss. One question costs a look-up and a binary search.
 */
export class CassettePlayer {
  readonly #shelves = new Map<string, Shelf>();
  #call = -1;

  constructor(data: CassetteData) {
    this.extend(data);
  }

  /** Takes what a growing trace has more. */
  extend({ entries, moved = [] }: CassetteData): void {
    for (const { tool, argsText, line, call } of moved) this.#shelves.get(shelfKey(tool, argsText))?.move(line, call);
    for (const entry of entries) {
      const key = shelfKey(entry.tool, entry.argsText);
      const shelf = this.#shelves.get(key);
      if (shelf === undefined) this.#shelves.set(key, new Shelf(entry));
      else shelf.add(entry);
    }
  }

  /** Says which agent call the following questions belong to; its index in the trace. */
  beginCall(call: number): void {
    this.#call = call;
  }

  answer(tool: string, args: JsonValue): CassetteAnswer {
    const taken = this.#shelves.get(shelfKey(tool, encodeGoJson(args)))?.take(this.#call);
    if (taken === undefined) return { answer: { error: missText(tool) }, miss: true, line: null, reused: false };
    return { answer: taken.entry.answer, miss: false, line: taken.entry.line, reused: taken.reused };
  }
}

/** The sentence of a miss: what stands in the guard call's record as the backend's error. */
function missText(tool: string): string {
  return `the trace has no recorded answer for "${tool}" with these arguments`;
}

/** What the user can do about a miss. `get_collaborator_permission` goes past the log in production (gateway spec 4.3). */
export function missHint(tool: string): string {
  if (tool === 'get_collaborator_permission') {
    return 'The gateway asks the GitHub API for this itself and never logs the answer, so no gateway log can hold it; the guard got -1 here';
  }
  return 'The recorded session never asked this, so the guard got -1 as from a failing backend; record a new session or replay with another backend';
}

/**
 * All entries of one question, by call. Slot n+1 stands for entry n; slots 0 and length+1 stand for "none". A used slot points on to its
 * neighbour, and the ways are shortened while they are walked, so that a long run of used entries costs nothing.
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

  /** How many entries belong to earlier calls; the slot of the last of them. */
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

  /** The slot whose call is nearer; at the same distance the earlier one, because its answer was known by then. */
  #nearer(left: number, right: number, call: number): number {
    const before = this.#entries[left - 1];
    const after = this.#entries[right - 1];
    if (before === undefined) return after === undefined ? 0 : right;
    if (after === undefined) return left;
    return after.call - call < call - before.call ? right : left;
  }
}

function shelfKey(tool: string, argsText: string): string {
  return `${tool}\u0000${argsText}`;
}

/** The nearest unused slot in the direction of `next`, shortening the way to it. */
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
