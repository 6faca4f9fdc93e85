/**
 * Decides the calls of a trace in order, and the calls that the trace grows by, on one guard instance.
 *
 * Invariants:
 * 1. The records are those of a replay of the whole trace at once. When a longer trace would change an earlier decision, `take` returns
 *    false and the run is over; the caller starts a new one on a fresh instance. Four things change an earlier decision: a decided call or
 *    a recorded look-up differs (an answer came after the wait for it had ended), the neighbours of the last decided call match its
 *    look-ups in another way, the cassette gets the answer to a question that the guard had no answer to, or the first noted filter appears
 *    after items were filtered.
 * 2. Calls are decided once, in order: everything before `#position` is decided or claimed as a look-up, nothing from there on.
 * 3. `#state` is the session's state before the call at `#position`. When a decided call turns out to be a look-up, the replay continues
 *    from the state without it. The guard's memory cannot be taken back; the record's note says so.
 * 4. A record is given when no later call can claim its call any more: a call of undecided origin may be a look-up of one of the next 50.
 *    `provisional` gives such records early; `onLookup` takes them back.
 * 5. What belongs to the replay as a whole (problems, the `label_agent` call) is on the first record that was given, also when the record
 *    that it was on is dropped.
 */
import { encodeGoJson } from '../../core/go/goJson.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { DecisionRecord } from '../../core/difc/record/decision.ts';
import type { GuardCallRecord } from '../../core/difc/record/guardCall.ts';
import type { CassetteData } from '../../core/trace/model/cassette.ts';
import { formatFacts } from '../../core/trace/formats.ts';
import type { Trace, TraceCall } from '../../core/trace/model/traceModel.ts';
import { CassetteMaker, isUndecided } from '../../core/replay/traceCassette.ts';
import type { Decided } from '../../core/replay/decideCall.ts';
import { SessionLint } from '../../core/lint/session/sessionLint.ts';
import { listedBefore } from '../../core/trace/model/toolList.ts';
import { lintCall } from '../../core/lint/lintCall.ts';
import { marksOf } from '../../core/lint/strictFindings.ts';
import { findFindings, type RecordingKind } from '../../core/replay/findings.ts';
import {
  asAgentCall,
  type CarryOver,
  carryOverOf,
  HeldRecords,
  noCarryOver,
  withCarryOver,
} from '../../core/replay/heldRecords.ts';
import { type LookupMatch, matchLookups, noteOnMatch } from '../../core/replay/lookupMatching.ts';
import { Readiness, type ReadinessLimits } from '../../core/replay/readiness.ts';
import { initialSessionState, type SessionState } from '../../core/replay/sessionState.ts';
import { replayProblems, replayWideCodes } from '../../core/replay/replayProblems.ts';
import { decide, type GatewaySession } from './gatewaySession.ts';

/** Inputs of a replay beside the trace. */
export interface ReplayOptions extends Omit<GatewaySession, 'server'> {
  /** Server whose calls go through the guard; default the one with the most calls. */
  readonly server?: string;
  /** Whether the mistakes of the guard's author are reported; default true. The decisions do not depend on it. */
  readonly lint?: boolean;
  /** Called at the end of the trace with the findings about the session as a whole. */
  readonly onFindings?: (findings: readonly Problem[]) => void;
  /** Called when a recorded call turns out to be a look-up of the guard, which gets no record. */
  readonly onLookup?: (lookup: TraceCall, madeFor: TraceCall) => void;
}

/** One run over a trace. It needs a guard instance of its own from the first call to the last. */
export class IncrementalReplay {
  readonly #options: ReplayOptions;
  readonly #session: GatewaySession;
  readonly #cassette: CassetteMaker | null;
  readonly #readiness: Readiness;
  #state: SessionState = initialSessionState;
  #trace: Trace | null = null;
  /** The calls of the server, and the position of the first that is not decided. */
  #calls: readonly TraceCall[] = [];
  #position = 0;
  #recording: RecordingKind = { format: 'unknown', notesFiltered: false };
  readonly #held = new HeldRecords();
  /** Records of calls that matched the guard's own questions: look-ups for the next call. */
  #lookupRecords: readonly DecisionRecord[] = [];
  /** Positions of all calls that are look-ups. */
  readonly #claimed = new Set<number>();
  /** Those of them that `onLookup` was not called for yet. */
  #unreported: readonly number[] = [];
  #carryOver: CarryOver = noCarryOver;
  #hasBegun = false;
  #problems: readonly Problem[] = [];
  /** The first record that was given; it carries the problems of the replay as a whole. */
  #firstRecord: DecisionRecord | null = null;
  /** The look-ups of the last decided call, to detect that later calls belong to it. */
  #last: {
    readonly position: number;
    readonly guardCalls: readonly GuardCallRecord[];
    readonly match: LookupMatch;
  } | null = null;
  /** Questions of the guard that had no answer. */
  readonly #missed = new Set<string>();
  #hasFilteredItems = false;
  readonly #lint: SessionLint | null;

  constructor(server: string, options: ReplayOptions, limits?: ReadinessLimits) {
    this.#options = options;
    this.#session = { ...options, server };
    this.#lint = options.lint === false ? null : new SessionLint(options.policy ?? undefined);
    this.#cassette = options.backend === 'none' ? null : new CassetteMaker(server);
    this.#readiness = new Readiness(limits);
  }

  /** Number of agent calls of the server. */
  get total(): number {
    return this.#calls.length - this.#claimed.size;
  }

  /** Takes the trace as far as it was read. False: an earlier decision would change (invariant 1), so this run is over. */
  take(trace: Trace): boolean {
    const { server } = this.#session;
    const calls = trace.calls.filter((call) => call.server === server);
    const notesFiltered = this.#recording.notesFiltered || calls.some(({ filtered }) => filtered.length > 0);
    if (notesFiltered && !this.#recording.notesFiltered && this.#hasFilteredItems) return false;
    if (!this.#stillHolds(trace, calls)) return false;
    const cassette = this.#cassette?.take(trace);
    if (cassette?.entries.some(({ tool, argsText }) => this.#missed.has(questionKey(tool, argsText))) === true)
      return false;
    if (cassette !== undefined && hasContent(cassette)) this.#options.guard.useCassette(cassette);
    this.#trace = trace;
    this.#calls = calls;
    this.#recording = { format: trace.format, notesFiltered };
    this.#problems = replayProblems(trace, server, this.#cassette?.leftOut ?? 0);
    this.#readiness.take(calls, this.#position, performance.now());
    return true;
  }

  /** Milliseconds until the next call can be decided even if the trace does not grow; null when waiting does not help. */
  get waitMs(): number | null {
    if (this.#next() === undefined) return null;
    return this.#readiness.waitMs(this.#calls, this.#position, performance.now());
  }

  /** Decides every call that is ready. A record with the index of an earlier one replaces it. */
  async *run(): AsyncGenerator<DecisionRecord> {
    yield* this.#renewedFirstRecord();
    for (let call = this.#next(); call !== undefined && this.waitMs === 0; call = this.#next()) {
      if (this.#isAborted) return;
      const backendWasAsked = formatFacts(this.#recording.format).answersProveAsked && call.answer !== undefined;
      const decided = await decide(this.#session, this.#state, call, { backendWasAsked });
      // An abort cuts the guard call short, so its outcome is not a decision.
      if (this.#isAborted) return;
      yield* this.#settle(this.#position++, call, decided).map((record) => this.#give(record));
    }
  }

  /** The findings about the session so far. */
  get findings(): readonly Problem[] {
    return this.#lint?.findings() ?? [];
  }

  /** Records of decided calls that may still turn out to be look-ups; `onLookup` takes them back. */
  provisional(): readonly DecisionRecord[] {
    return [...this.#held.all, ...this.#lookupRecords.map(asAgentCall)];
  }

  /** The records held back at the end of the trace. A look-up without a later call that it was made for is an agent call after all. */
  finish(): readonly DecisionRecord[] {
    const rest = [...this.#held.release(), ...this.#lookupRecords.map(asAgentCall)];
    this.#lookupRecords = [];
    const records = rest.map((record, index) => (index === 0 ? withCarryOver(record, [this.#begin()]) : record));
    return records.map((record) => this.#give(record));
  }

  #next(): TraceCall | undefined {
    while (this.#claimed.has(this.#position)) this.#position++;
    return this.#calls[this.#position];
  }

  get #isAborted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  /** Applies a decision to the session and to the calls around it; returns the records that are now final. */
  #settle(position: number, call: TraceCall, decided: Decided): readonly DecisionRecord[] {
    const calls = this.#calls;
    const match = matchLookups(calls, position, decided.record.guardCalls);
    const note = noteOnMatch(calls, match);
    const findings = findFindings(decided.record, call, this.#recording);
    const isLookup = match.self.length > 0;
    const lint = this.#lintOf(decided.record, call, isLookup);
    const problems = [...(note === null ? [] : [note]), ...decided.record.problems, ...findings, ...lint];
    const record = { ...decided.record, problems, marks: marksOf(decided.record, problems) };
    this.#remember(position, record, match);
    const dropped = [...this.#lookupRecords, ...match.before.flatMap((at) => this.#held.take(calls[at]?.index ?? -1))];
    const lookups = [...this.#unreported, ...match.before, ...match.self, ...match.after];
    for (const at of lookups) this.#claimed.add(at);
    this.#state = isLookup ? decided.stateWithoutCall : decided.state;
    this.#unreported = isLookup ? lookups : [];
    this.#lookupRecords = isLookup ? [...dropped, record] : [];
    if (isLookup) return [];
    for (const at of lookups) if (calls[at] !== undefined) this.#options.onLookup?.(calls[at], call);
    // A call with look-ups of its own is an agent call, and calls before it can no longer be look-ups of a later one.
    const isOpen = isUndecided(call) && lookups.length === 0;
    return this.#held.add(withCarryOver(record, [this.#begin(), ...dropped.map(carryOverOf)]), isOpen);
  }

  /** The findings of lint about a call. A look-up of the guard does not count for the session. */
  #lintOf(record: DecisionRecord, call: TraceCall, isLookup: boolean): readonly Problem[] {
    if (this.#lint === null) return [];
    const { server, tool, requestLine, file } = call;
    const lists = this.#trace?.toolLists ?? [];
    const listed = file === undefined ? listedBefore(lists, server, tool, requestLine) : null;
    return [...lintCall(record, listed), ...(isLookup ? [] : this.#lint.add(record))];
  }

  #remember(position: number, { guardCalls, items }: DecisionRecord, match: LookupMatch): void {
    this.#last = { position, guardCalls, match };
    this.#hasFilteredItems ||= items?.some(({ allowed }) => !allowed) === true;
    for (const { tool, args, end } of guardCalls.flatMap(({ backendCalls }) => backendCalls)) {
      if (end === 'no-recorded-answer') this.#missed.add(questionKey(tool, encodeGoJson(args)));
    }
  }

  /** The problems of the replay as a whole, once, for the first record. */
  #begin(): CarryOver {
    this.#hasBegun = true;
    const carryOver = this.#carryOver;
    this.#carryOver = noCarryOver;
    return carryOver;
  }

  #give(record: DecisionRecord): DecisionRecord {
    this.#firstRecord ??= record;
    return record;
  }

  /** The first record again, when the problems of the replay as a whole have changed since it was given. */
  *#renewedFirstRecord(): Generator<DecisionRecord> {
    const first = this.#firstRecord;
    if (!this.#hasBegun) this.#carryOver = { ...noCarryOver, problems: this.#problems };
    if (first === null) return;
    const rest = first.problems.filter(({ code }) => !replayWideCodes.has(code));
    const problems = [...this.#problems, ...rest];
    if (JSON.stringify(problems) === JSON.stringify(first.problems)) return;
    this.#firstRecord = { ...first, problems };
    yield this.#firstRecord;
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

function hasContent({ entries, moved, adds }: CassetteData): boolean {
  return adds !== true || entries.length > 0 || moved !== undefined;
}

/** Whether two readings of a call lead to the same decision. */
function decidesAlike(before: TraceCall, now: TraceCall | undefined): boolean {
  return (
    now !== undefined &&
    before.index === now.index &&
    before.tool === now.tool &&
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

function isSameMatch(a: LookupMatch, b: LookupMatch): boolean {
  return a.before.length === b.before.length && a.after.length === b.after.length && a.self.length === b.self.length;
}

function questionKey(tool: string, argsText: string): string {
  return `${tool}\u0000${argsText}`;
}
