/** Decides the calls of a trace in order, and those that the trace grows by on the same guard instance, as if all had been there at once. */
import { encodeGoJson } from '../../core/go/goJson.ts';
import type { Problem } from '../../core/base/parsed.ts';
import type { DecisionRecord } from '../../core/difc/record/decision.ts';
import type { GuardCallRecord } from '../../core/difc/record/guardCall.ts';
import type { CassetteData } from '../../core/trace/model/cassette.ts';
import type { Trace, TraceCall } from '../../core/trace/model/traceModel.ts';
import { CassetteMaker, isUndecided } from '../../core/replay/traceCassette.ts';
import { findFindings, type Recording } from '../../core/replay/findings.ts';
import { asCall, HeldRecords, inherit, type Legacy, legacyOf, nothing } from '../../core/replay/heldRecords.ts';
import { type Claimed, claimLookups, describeClaimed } from '../../core/replay/lookupMatching.ts';
import { type Patience, Readiness } from '../../core/replay/readiness.ts';
import { ReplayedSession } from './gatewaySession.ts';
import { aboutReplay, replayProblems } from '../../core/replay/replayProblems.ts';
import type { ReplayOptions } from './replayTrace.ts';

/** One run over a trace. The guard instance is its own from the first call to the last. */
export class GrowingReplay {
  readonly #server: string;
  readonly #options: ReplayOptions;
  readonly #session: ReplayedSession;
  readonly #cassette: CassetteMaker | null;
  readonly #readiness: Readiness;
  #trace: Trace | null = null;
  /** The calls of the server, and the first that is not decided. */
  #calls: readonly TraceCall[] = [];
  #position = 0;
  #recording: Recording = { format: 'unknown', filters: false };
  readonly #held = new HeldRecords();
  /** Records of calls that the guard asked for itself: look-ups for the next call. */
  #waiting: readonly DecisionRecord[] = [];
  readonly #claimed = new Set<number>();
  #untold: readonly number[] = [];
  #legacy: Legacy = nothing;
  #hasBegun = false;
  #problems: readonly Problem[] = [];
  /** The first record that was given away; it carries what there is to say about the replay as a whole. */
  #front: DecisionRecord | null = null;
  /** What the last decided call claims, to see whether calls that came since belong to it. */
  #last: {
    readonly position: number;
    readonly guardCalls: readonly GuardCallRecord[];
    readonly claimed: Claimed;
  } | null = null;
  /** Questions of the guard that had no answer. */
  readonly #missed = new Set<string>();
  #leftItems = false;

  constructor(server: string, options: ReplayOptions, patience?: Patience) {
    this.#server = server;
    this.#options = options;
    this.#session = new ReplayedSession(server, options);
    this.#cassette = options.backend === 'none' ? null : new CassetteMaker(server);
    this.#readiness = new Readiness(patience);
  }

  /** Calls of the server. */
  get total(): number {
    return this.#calls.length - this.#claimed.size;
  }

  /**
   * Takes the trace as it is by now. False when what was decided would be decided otherwise if all had been there at once: an answer came
   * later than it was waited for, or a call turned out to be a look-up. Then this run is over, and one on a fresh instance begins.
   */
  take(trace: Trace): boolean {
    const calls = trace.calls.filter((call) => call.server === this.#server);
    const filters = this.#recording.filters || calls.some(({ filtered }) => filtered.length > 0);
    if (filters && !this.#recording.filters && this.#leftItems) return false;
    if (!this.#stillHolds(trace, calls)) return false;
    const cassette = this.#cassette?.take(trace);
    if (cassette?.entries.some(({ tool, argsText }) => this.#missed.has(question(tool, argsText))) === true)
      return false;
    if (cassette !== undefined && hasContent(cassette)) this.#options.guard.useCassette(cassette);
    this.#trace = trace;
    this.#calls = calls;
    this.#recording = { format: trace.format, filters };
    this.#problems = replayProblems(trace, this.#server, this.#cassette?.leftOut ?? 0);
    this.#readiness.take(calls, this.#position, performance.now());
    return true;
  }

  /** Milliseconds until another call can be decided without anything coming; null when none can. */
  get waitMs(): number | null {
    if (this.#next() === undefined) return null;
    return this.#readiness.waitMs(this.#calls, this.#position, performance.now());
  }

  /** Decides what can be decided. A record with the index of an earlier one replaces it. */
  async *run(): AsyncGenerator<DecisionRecord> {
    yield* this.#renewedFront();
    for (let call = this.#next(); call !== undefined && this.waitMs === 0; call = this.#next()) {
      if (this.#stopped) return;
      const letThrough = this.#recording.format !== 'native' && call.answer !== undefined;
      const decided = await this.#session.decide(call, null, letThrough);
      // What was cut short by a cancel is no decision.
      if (this.#stopped) return;
      yield* this.#settle(this.#position++, call, decided).map((record) => this.#given(record));
    }
  }

  /** The calls that are decided and may still turn out to be look-ups: `onLookup` takes them back. */
  provisional(): readonly DecisionRecord[] {
    return [...this.#held.all, ...this.#waiting.map(asCall)];
  }

  /** What was held back. Where no call came that they could be look-ups for, they are calls after all. */
  finish(): readonly DecisionRecord[] {
    const rest = [...this.#held.release(), ...this.#waiting.map(asCall)];
    this.#waiting = [];
    const records = rest.map((record, index) => (index === 0 ? inherit(record, [this.#begun()]) : record));
    return records.map((record) => this.#given(record));
  }

  #next(): TraceCall | undefined {
    while (this.#claimed.has(this.#position)) this.#position++;
    return this.#calls[this.#position];
  }

  get #stopped(): boolean {
    return this.#options.signal?.aborted === true;
  }

  /** What a decision makes of the calls around it; gives the records that are certain. */
  #settle(position: number, call: TraceCall, decided: DecisionRecord): readonly DecisionRecord[] {
    const calls = this.#calls;
    const claimed = claimLookups(calls, position, decided.guardCalls);
    const note = describeClaimed(calls, claimed);
    const findings = findFindings(decided, call, this.#recording);
    const record = { ...decided, problems: [...(note === null ? [] : [note]), ...decided.problems, ...findings] };
    this.#remember(position, decided, claimed);
    const dropped = [...this.#waiting, ...claimed.before.flatMap((at) => this.#held.take(calls[at]?.index ?? -1))];
    this.#untold = [...this.#untold, ...claimed.before, ...claimed.itself, ...claimed.after];
    for (const at of this.#untold) this.#claimed.add(at);
    if (claimed.itself.length > 0) {
      this.#session.undo(decided);
      this.#waiting = [...dropped, record];
      return [];
    }
    const untold = this.#untold;
    for (const at of untold) if (calls[at] !== undefined) this.#options.onLookup?.(calls[at], call);
    this.#waiting = [];
    this.#untold = [];
    // A call that has look-ups of its own is the agent's, and what stands before it can no longer belong to a later one.
    const isOpen = isUndecided(call) && untold.length === 0;
    return this.#held.add(inherit(record, [this.#begun(), ...dropped.map(legacyOf)]), isOpen);
  }

  #remember(position: number, { guardCalls, items }: DecisionRecord, claimed: Claimed): void {
    this.#last = { position, guardCalls, claimed };
    this.#leftItems ||= items?.some(({ allowed }) => !allowed) === true;
    for (const { tool, args, end } of guardCalls.flatMap(({ backendCalls }) => backendCalls)) {
      if (end === 'no-recorded-answer') this.#missed.add(question(tool, encodeGoJson(args)));
    }
  }

  /** What is said of the whole replay goes with the first record, once. */
  #begun(): Legacy {
    this.#hasBegun = true;
    const legacy = this.#legacy;
    this.#legacy = nothing;
    return legacy;
  }

  #given(record: DecisionRecord): DecisionRecord {
    this.#front ??= record;
    return record;
  }

  *#renewedFront(): Generator<DecisionRecord> {
    const front = this.#front;
    if (!this.#hasBegun) this.#legacy = { ...nothing, problems: this.#problems };
    if (front === null) return;
    const rest = front.problems.filter(({ code }) => !aboutReplay.has(code));
    const problems = [...this.#problems, ...rest];
    if (JSON.stringify(problems) === JSON.stringify(front.problems)) return;
    this.#front = { ...front, problems };
    yield this.#front;
  }

  #stillHolds(trace: Trace, calls: readonly TraceCall[]): boolean {
    if (this.#trace === null) return true;
    for (let at = 0; at < this.#position; at++) {
      const before = this.#calls[at];
      if (before !== undefined && before !== calls[at] && !isSame(before, calls[at])) return false;
    }
    const lookups = trace.recordedLookups;
    for (const [at, before] of this.#trace.recordedLookups.entries()) {
      if (before !== lookups[at] && before.requestLine !== lookups[at]?.requestLine) return false;
    }
    const last = this.#last;
    if (last === null || calls.length === this.#calls.length) return true;
    return sameClaims(last.claimed, claimLookups(calls, last.position, last.guardCalls));
  }
}

function hasContent({ entries, moved, adds }: CassetteData): boolean {
  return adds !== true || entries.length > 0 || moved !== undefined;
}

/** Whether a call would be decided in the same way. */
function isSame(before: TraceCall, now: TraceCall | undefined): boolean {
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

function sameClaims(a: Claimed, b: Claimed): boolean {
  return (
    a.before.length === b.before.length && a.after.length === b.after.length && a.itself.length === b.itself.length
  );
}

function question(tool: string, argsText: string): string {
  return `${tool}\u0000${argsText}`;
}
