/** What a replay keeps for one server: its calls, which of them are look-ups of its guard, its cassette, and what its records rest on. */
import { encodeGoJson } from '../go/goJson.ts';
import type { DecisionRecord } from '../difc/record/decision.ts';
import type { GuardCallRecord } from '../difc/record/guardCall.ts';
import type { CassetteData, CassetteEntry } from '../trace/model/cassette.ts';
import type { Trace, TraceCall } from '../trace/model/traceModel.ts';
import type { RecordingKind } from './findings.ts';
import { type LookupMatch, matchLookups } from './lookupMatching.ts';
import { CassetteMaker, type CassetteOptions, isUndecided } from './traceCassette.ts';

/** The look-ups of the last decided call, to detect that later calls belong to it. */
interface LastDecided {
  readonly position: number;
  readonly guardCalls: readonly GuardCallRecord[];
  readonly match: LookupMatch;
}

/** What a lane took of a longer trace: nothing when an earlier decision would change. */
export interface Taken {
  /** What the guard's cassette gets; null when it gets nothing. */
  readonly cassette: CassetteData | null;
}

export class ServerLane {
  readonly server: string;
  readonly #cassette: CassetteMaker | null;
  #trace: Trace | null = null;
  /** The calls of the server, and the position of the first that is not decided. */
  #calls: readonly TraceCall[] = [];
  #position = 0;
  #recording: RecordingKind = { format: 'unknown', notesFiltered: false };
  /** Positions of all calls that are look-ups. */
  readonly #claimed = new Set<number>();
  #last: LastDecided | null = null;
  /** Questions of the guard that had no answer. */
  readonly #missed = new Set<string>();
  #hasFilteredItems = false;
  /** Records of calls that matched the guard's own questions: look-ups for the next call. */
  lookupRecords: readonly DecisionRecord[] = [];
  /** Positions of look-ups that were not reported yet. */
  unreported: readonly number[] = [];

  /** `usesTrace`: whether the trace answers the guard's look-ups; default true. */
  constructor(server: string, { usesTrace = true, ...cassette }: CassetteOptions & { readonly usesTrace?: boolean }) {
    this.server = server;
    this.#cassette = usesTrace ? new CassetteMaker(server, cassette) : null;
  }

  /** The calls of the server. */
  get calls(): readonly TraceCall[] {
    return this.#calls;
  }

  /** Number of agent calls. */
  get total(): number {
    return this.#calls.length - this.#claimed.size;
  }

  /** Position of the next call in `calls`. */
  get position(): number {
    return this.#position;
  }

  get recording(): RecordingKind {
    return this.#recording;
  }

  /** Number of recorded answers that did not fit on the cassette. */
  get leftOut(): number {
    return this.#cassette?.leftOut ?? 0;
  }

  /** Whether the next call is a look-up, which is not decided. */
  get isNextClaimed(): boolean {
    return this.#claimed.has(this.#position);
  }

  /** Goes on to the next call. */
  advance(): void {
    this.#position++;
  }

  isClaimed(position: number): boolean {
    return this.#claimed.has(position);
  }

  claim(positions: readonly number[]): void {
    for (const at of positions) this.#claimed.add(at);
  }

  /** Takes the calls of a longer trace; null when an earlier decision would change (`SessionReplay`, invariant 1). */
  take(trace: Trace, calls: readonly TraceCall[]): Taken | null {
    const notesFiltered = this.#recording.notesFiltered || calls.some(({ filtered }) => filtered.length > 0);
    if (notesFiltered && !this.#recording.notesFiltered && this.#hasFilteredItems) return null;
    if (!this.#stillHolds(trace, calls)) return null;
    const cassette = this.#cassette?.take(trace);
    const answersMissed = ({ tool, argsText }: CassetteEntry): boolean => this.#missed.has(questionKey(tool, argsText));
    if (this.#missed.size > 0 && cassette?.entries.some(answersMissed) === true) return null;
    this.#trace = trace;
    this.#calls = calls;
    this.#recording = { format: trace.format, notesFiltered };
    return { cassette: cassette !== undefined && hasContent(cassette) ? cassette : null };
  }

  /** Stores what the decision of the call at a position rests on. */
  remember(position: number, { guardCalls, items }: DecisionRecord, match: LookupMatch): void {
    this.#last = { position, guardCalls, match };
    this.#hasFilteredItems ||= items?.some(({ allowed }) => !allowed) === true;
    for (const { tool, args, end } of guardCalls.flatMap(({ backendCalls }) => backendCalls)) {
      if (end === 'no-recorded-answer') this.#missed.add(questionKey(tool, encodeGoJson(args)));
    }
  }

  /** Whether the decided calls, the recorded look-ups and the look-ups of the last call are the same in a longer trace. */
  #stillHolds(trace: Trace, calls: readonly TraceCall[]): boolean {
    if (this.#trace === null) return true;
    for (let at = 0; at < this.#position; at++) {
      const before = this.#calls[at];
      if (before !== undefined && before !== calls[at] && !decidesAlike(before, calls[at])) return false;
    }
    const lookups = trace.recordedLookups;
    for (const [at, before] of this.#trace.recordedLookups.entries()) {
      if (before !== lookups[at] && before.requestLine !== lookups[at]?.requestLine) return false;
    }
    const last = this.#last;
    if (last === null || calls.length === this.#calls.length) return true;
    return isSameMatch(last.match, matchLookups(calls, last.position, last.guardCalls));
  }
}

/** Calls by their servers, in order. */
export function byServer(calls: readonly TraceCall[]): ReadonlyMap<string, readonly TraceCall[]> {
  const servers = new Map<string, TraceCall[]>();
  for (const call of calls) {
    const known = servers.get(call.server);
    if (known === undefined) servers.set(call.server, [call]);
    else known.push(call);
  }
  return servers;
}

/** The entries are read last: those of a whole cassette are made when they are read. */
function hasContent(cassette: CassetteData): boolean {
  return cassette.adds !== true || cassette.moved !== undefined || cassette.entries.length > 0;
}

/** Whether two readings of a call lead to the same decision. */
function decidesAlike(before: TraceCall, now: TraceCall | undefined): boolean {
  return (
    now !== undefined &&
    before.index === now.index &&
    before.tool === now.tool &&
    before.agent === now.agent &&
    before.args === now.args &&
    before.answer === now.answer &&
    before.answerLine === now.answerLine &&
    before.requestLine === now.requestLine &&
    before.file === now.file &&
    before.redacted === now.redacted &&
    before.filtered.length === now.filtered.length &&
    isUndecided(before) === isUndecided(now)
  );
}

/** A longer trace can only change what comes after a call. */
function isSameMatch(a: LookupMatch, b: LookupMatch): boolean {
  return a.after.length === b.after.length && a.self.length === b.self.length;
}

function questionKey(tool: string, argsText: string): string {
  return `${tool}\u0000${argsText}`;
}
