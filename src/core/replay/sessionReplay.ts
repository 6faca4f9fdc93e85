/**
 * Decides the calls of all servers of a session in order of arrival, and the calls that the trace grows by. Pure: the questions of a
 * decision go to the caller, who has the guards.
 *
 * Invariants:
 * 1. The records are those of a replay of the whole trace at once. When a longer trace would change an earlier decision, `take` returns
 *    false and the replay is over; the caller starts a new one on fresh guard instances. Four things change an earlier decision: a decided
 *    call or a recorded look-up differs (an answer came after the wait for it had ended), the neighbours of the last decided call match its
 *    look-ups in another way, the cassette gets the answer to a question that the guard had no answer to, or the first noted filter appears
 *    after items were filtered.
 * 2. Calls are begun once, in order of arrival: everything before `#position` is begun or claimed as a look-up, nothing from there on. A call
 *    that others overtake at the backend is open meanwhile (`OpenCalls`): it goes on when its answer was there, between the calls that
 *    arrived before and after that.
 * 3. `#state` is the session's state after the last step. When a decided call turns out to be a look-up, the replay continues from the
 *    state without it. The guard's memory cannot be taken back; the record's note says so.
 * 4. A record is given when no later call can claim its call any more: a call of undecided origin may be a look-up of one of the next 50
 *    of its server. `provisional` gives such records early; `onLookup` takes them back.
 * 5. What belongs to the replay as a whole (problems, the `label_agent` call) is on the first record that was given, also when the record
 *    that it was on is dropped.
 */
import type { Problem } from '../base/parsed.ts';
import type { DecisionRecord } from '../difc/record/decision.ts';
import type { EditedCall } from '../whatIf/callChanges.ts';
import { SessionChanges } from '../whatIf/sessionChanges.ts';
import { lintCall } from '../lint/lintCall.ts';
import { SessionLint } from '../lint/session/sessionLint.ts';
import { marksOf } from '../lint/strictFindings.ts';
import { decideCall, type Decided } from '../session/decideCall.ts';
import type { SessionAnswer, SessionQuestion } from '../session/sessionQuestions.ts';
import type { SessionRules } from '../session/sessionRules.ts';
import { initialSessionState, type ReplayStart, type SessionState } from '../session/sessionState.ts';
import { Witness } from '../session/witness.ts';
import { formatFacts } from '../trace/formats.ts';
import type { CassetteData } from '../trace/model/cassette.ts';
import type { LookupFixture } from '../trace/model/lookupFixtures.ts';
import { listedBefore } from '../trace/model/toolList.ts';
import type { Trace, TraceCall } from '../trace/model/traceModel.ts';
import { findFindings } from './findings.ts';
import { asAgentCall, carryOverOf, HeldRecords, inCallOrder, withCarryOver } from './heldRecords.ts';
import { matchLookups, noteOnMatch } from './lookupMatching.ts';
import { Readiness, type ReadinessLimits } from './readiness.ts';
import { FirstRecord } from './firstRecord.ts';
import { arrivesBefore, type CallPlace, endOf, OpenCalls, resumed, untilBackend } from './openCalls.ts';
import { replayProblems } from './replayProblems.ts';
import { byServer, ServerLane } from './serverLane.ts';
import { type CassetteOptions, isUndecided } from './traceCassette.ts';

/** What a replay reports while it runs, and what it leaves out. */
export interface SessionReplayOptions {
  /** Whether the trace answers the guards' look-ups; default true. */
  readonly usesTrace?: boolean;
  /** Answers to look-ups where the trace has none; without effect unless it answers them. */
  readonly fixtures?: readonly LookupFixture[];
  /** When the answers on a cassette are read from the trace; see `CassetteOptions`. */
  readonly readsAnswers?: Required<CassetteOptions>['readsAnswers'];
  /** Whether the mistakes of the guards' authors are reported; default true. The decisions do not depend on it. */
  readonly lint?: boolean;
  /** How long calls without an answer wait while the trace grows. */
  readonly limits?: ReadinessLimits;
  /** Where the replay begins, on guards that are there; default before the first call. */
  readonly start?: ReplayStart;
  /** What a user changed of the calls. Look-ups are answered as recorded, also those that ask what a changed call asked. */
  readonly changes?: readonly EditedCall[];
  /** Called when the gateway was started again, before the first call of that run: every guard has to be instantiated anew. */
  readonly onRestart?: () => void;
  /** Called with recorded answers for the look-ups of a server's guard, before its next call is decided. */
  readonly onCassette?: (server: string, cassette: CassetteData) => void;
  /** Called when a recorded call turns out to be a look-up of the guard, which gets no record. */
  readonly onLookup?: (lookup: TraceCall, madeFor: TraceCall) => void;
}

/** The decision of the next call on its way: questions, and at the end the records that are final now. */
export type CallReplay = Generator<SessionQuestion, readonly DecisionRecord[], SessionAnswer>;

/** One replay over a trace. It needs guard instances of its own from the first call to the last. */
export class SessionReplay {
  readonly #rules: SessionRules;
  readonly #options: SessionReplayOptions;
  readonly #readiness: Readiness;
  readonly #lint: SessionLint | null;
  readonly #changes: SessionChanges;
  readonly #lanes = new Map<string, ServerLane>();
  #state: SessionState;
  #trace: Trace | null = null;
  /** The calls of all servers of the rules, and the position of the first that is not decided. */
  #calls: readonly TraceCall[] = [];
  #position = 0;
  /** Null while the trace grows: the logs beside it come later than the calls. */
  #witness: Witness | null = null;
  /** Starts of the gateway so far. */
  #restarts: number;
  readonly #held = new HeldRecords();
  readonly #open = new OpenCalls();
  readonly #first = new FirstRecord();

  constructor(rules: SessionRules, options: SessionReplayOptions = {}) {
    this.#rules = rules;
    this.#options = options;
    this.#state = options.start?.state ?? initialSessionState;
    this.#restarts = options.start?.restarts ?? 0;
    this.#readiness = new Readiness(options.limits);
    this.#changes = new SessionChanges(options.changes ?? []);
    this.#lint = options.lint === false ? null : SessionLint.of(rules);
  }

  /** Number of agent calls. */
  get total(): number {
    return [...this.#lanes.values()].reduce((sum, lane) => sum + lane.total, 0);
  }

  /** The session before the next call; null while other calls are on their way, or the last one was a look-up whose call is to come. */
  get start(): ReplayStart | null {
    if (!this.#open.isEmpty || this.#lookupRecords().length > 0) return null;
    return { state: this.#state, restarts: this.#restarts };
  }

  /** Takes the trace as far as it was read. False: an earlier decision would change (invariant 1), so this replay is over. */
  take(trace: Trace, now: number): boolean {
    const calls = this.#changes.applyTo(trace.calls.filter(({ server }) => this.#rules.has(server)));
    for (const [server, ofServer] of byServer(calls)) {
      const taken = this.#laneOf(server).take(trace, ofServer);
      if (taken === null) return false;
      if (taken.cassette !== null) this.#options.onCassette?.(server, taken.cassette);
    }
    this.#trace = trace;
    if (trace.growing !== true) this.#witness ??= new Witness(trace);
    this.#calls = calls;
    const leftOut = [...this.#lanes.values()].reduce((sum, lane) => sum + lane.leftOut, 0);
    this.#first.setProblems(replayProblems(trace, this.#rules, leftOut));
    this.#readiness.take(calls, this.#position, now);
    return true;
  }

  /** Milliseconds until the next step can be made even if the trace does not grow; null when waiting does not help. */
  waitMs(now: number): number | null {
    const arriving = this.#arriving();
    if (this.#open.nextBefore(arriving) !== undefined) return 0;
    return arriving === undefined ? null : this.#readiness.waitMs(this.#calls, this.#position, now);
  }

  /** The call of the next step: it is begun, or goes on with its answer. Undefined at the end of the trace. */
  next(): TraceCall | undefined {
    const arriving = this.#arriving();
    return this.#open.nextBefore(arriving)?.call ?? arriving;
  }

  /** The next call that is not begun and not a look-up. */
  #arriving(): TraceCall | undefined {
    for (let call = this.#calls[this.#position]; call !== undefined; call = this.#calls[++this.#position]) {
      const lane = this.#laneOf(call.server);
      if (!lane.isNextClaimed) return call;
      lane.advance();
    }
    return undefined;
  }

  /**
   * Makes the next step and returns the records that are final now. A record with the index of an earlier one replaces it. A caller that
   * gives up in the middle has not made the step. Throws a RangeError at the end of the trace.
   */
  *decideNext(): CallReplay {
    const arriving = this.#arriving();
    const open = this.#open.nextBefore(arriving);
    if (open !== undefined) {
      const answer = yield open.question;
      const decided = yield* open.decision(answer, this.#state);
      this.#open.close(open);
      return this.#finish(open, decided);
    }
    if (arriving === undefined) throw new RangeError('the trace has no further call');
    return yield* this.#begin(arriving);
  }

  /** Begins a call, and decides it unless another arrives before its answer. */
  *#begin(call: TraceCall): CallReplay {
    const lane = this.#laneOf(call.server);
    if ((call.restarts ?? 0) > this.#restarts) this.#restart(call.restarts ?? 0);
    const backendWasAsked = formatFacts(lane.recording.format).answersProveAsked && call.answer !== undefined;
    const options = { ...this.#changes.optionsAt(call.index), backendWasAsked };
    const decision = decideCall(this.#state, this.#withAgent(call), this.#rules, options);
    // Where the log does not say whose a call is, it may be a look-up, which is taken back as a whole.
    const begun = yield* untilBackend(decision, !isUndecided(call) && this.#isOvertaken(call));
    this.#position++;
    const place = { call, lane, position: lane.position };
    lane.advance();
    if (begun.done) return this.#finish(place, begun.value);
    this.#state = begun.question.state;
    this.#open.add({
      ...place,
      question: begun.question,
      decision: (answer, state) => resumed(decision, answer, state),
    });
    return [];
  }

  /** A call of an unknown agent is that of the only agent that the trace knows. */
  #withAgent(call: TraceCall): TraceCall {
    const [only, ...others] = this.#trace?.agents ?? [];
    return call.agent !== undefined || only === undefined || others.length > 0 ? call : { ...call, agent: only };
  }

  /** Whether another call arrives, or gets its answer, before the answer of this one. */
  #isOvertaken(call: TraceCall): boolean {
    const end = endOf(call);
    return arrivesBefore(this.#calls[this.#position + 1], end) || this.#open.endsBefore(end);
  }

  /** A new run of the gateway: no labels, no modes, no counts, and new instances of the guards. */
  #restart(restarts: number): void {
    this.#restarts = restarts;
    this.#state = initialSessionState;
    this.#options.onRestart?.();
  }

  /** Gives the records of a decided call, but none before those of a call that came earlier and is still open. */
  #finish({ call, lane, position }: CallPlace, decided: Decided): readonly DecisionRecord[] {
    const final = this.#settle(lane, position, call, decided).map((record) => this.#first.give(record));
    return this.#open.inOrder(final);
  }

  /** The first record again, when the problems of the replay as a whole have changed since it was given; null otherwise. */
  renewedFirstRecord(): DecisionRecord | null {
    return this.#first.renewed();
  }

  /** The findings about the session so far. */
  get findings(): readonly Problem[] {
    return this.#lint?.findings() ?? [];
  }

  /** Records of decided calls that may still turn out to be look-ups; `onLookup` takes them back. */
  provisional(): readonly DecisionRecord[] {
    return inCallOrder([...this.#held.all, ...this.#lookupRecords().map(asAgentCall)]);
  }

  /** The records held back at the end of the trace. A look-up without a later call that it was made for is an agent call after all. */
  finish(): readonly DecisionRecord[] {
    const rest = inCallOrder([...this.#held.release(), ...this.#lookupRecords().map(asAgentCall)]);
    for (const lane of this.#lanes.values()) lane.lookupRecords = [];
    const records = rest.map((record, index) =>
      index === 0 ? withCarryOver(record, [this.#first.takeCarryOver()]) : record,
    );
    return records.map((record) => this.#first.give(record));
  }

  #lookupRecords(): readonly DecisionRecord[] {
    return [...this.#lanes.values()].flatMap((lane) => lane.lookupRecords);
  }

  #laneOf(server: string): ServerLane {
    const known = this.#lanes.get(server);
    if (known !== undefined) return known;
    const lane = new ServerLane(server, this.#options);
    this.#lanes.set(server, lane);
    return lane;
  }

  /** Applies a decision to the session and to the calls of its server around it; returns the records that are now final. */
  #settle(lane: ServerLane, position: number, call: TraceCall, decided: Decided): readonly DecisionRecord[] {
    const { calls } = lane;
    const isOpen = (at: number): boolean => lane.isClaimed(at) || this.#held.isOpen(calls[at]?.index ?? -1);
    const match = matchLookups(calls, position, decided.record.guardCalls, isOpen);
    const note = noteOnMatch(calls, match);
    const isAsRecorded = call.index < this.#changes.first;
    const findings = findFindings(decided.record, call, lane.recording, isAsRecorded);
    const isLookup = match.self.length > 0;
    const lint = this.#lintOf(decided.record, call, isLookup);
    // A look-up has no record, and what the log says is about the agent's calls as they were.
    const witnessed = isLookup || !isAsRecorded ? [] : (this.#witness?.problemsOf(decided.record, call) ?? []);
    const problems = [...(note === null ? [] : [note]), ...decided.record.problems, ...findings, ...witnessed, ...lint];
    const found = { problems, marks: marksOf(decided.record, problems) };
    const record = { ...decided.record, ...found, ...this.#changes.noteAt(call.index) };
    lane.remember(position, record, match);
    const dropped = [...lane.lookupRecords, ...match.before.flatMap((at) => this.#held.take(calls[at]?.index ?? -1))];
    const lookups = [...lane.unreported, ...match.before, ...match.self, ...match.after];
    lane.claim(lookups);
    this.#state = isLookup ? decided.stateWithoutCall : decided.state;
    lane.unreported = isLookup ? lookups : [];
    lane.lookupRecords = isLookup ? [...dropped, record] : [];
    if (isLookup) return [];
    for (const at of lookups) if (calls[at] !== undefined) this.#options.onLookup?.(calls[at], call);
    // A call with look-ups of its own is an agent call, and calls before it can no longer be look-ups of a later one.
    const canBeClaimed = isUndecided(call) && lookups.length === 0;
    return this.#held.add(
      withCarryOver(record, [this.#first.takeCarryOver(), ...dropped.map(carryOverOf)]),
      canBeClaimed,
    );
  }

  /** The findings of lint about a call. A look-up of the guard does not count for the session. */
  #lintOf(record: DecisionRecord, call: TraceCall, isLookup: boolean): readonly Problem[] {
    if (this.#lint === null) return [];
    const listed = listedBefore(this.#trace?.toolLists ?? [], call);
    return [...lintCall(record, listed), ...(isLookup ? [] : this.#lint.add(record))];
  }
}
