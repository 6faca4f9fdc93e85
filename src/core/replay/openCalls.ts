/** Calls of a replay that wait for their answers while later calls arrive, as calls that a client makes at the same time do. */
import type { DecisionRecord } from '../difc/record/decision.ts';
import type { Decided, Decision } from '../session/decideCall.ts';
import type { SessionAnswer, SessionAnswers, SessionQuestion, SessionQuestionOf } from '../session/sessionQuestions.ts';
import type { SessionState } from '../session/sessionState.ts';
import type { TraceCall } from '../trace/model/traceModel.ts';
import type { ServerLane } from './serverLane.ts';

/** A call that was begun, and its position among the calls of its server. */
export interface CallPlace {
  readonly call: TraceCall;
  readonly lane: ServerLane;
  readonly position: number;
}

type BackendQuestion = SessionQuestionOf<'callBackend'>;

type Rest = Generator<SessionQuestion, Decided, SessionAnswer>;

/** A call at the backend. */
export interface OpenCall extends CallPlace {
  /** What it asks the backend. */
  readonly question: BackendQuestion;
  /** Goes on with the answer, in the state that other calls have led to. */
  readonly decision: (answer: SessionAnswer, state: SessionState) => Rest;
}

/** Milliseconds since 1970 at which the answer of a call was there; null when the trace does not say. */
export function endOf({ time, durationMs }: TraceCall): number | null {
  return time === null || durationMs === null ? null : Date.parse(time) + durationMs;
}

/** Whether a call arrives before a moment. Of the same millisecond, the answer is first: a client asks after it has the answer. */
export function arrivesBefore(call: TraceCall | undefined, end: number | null): boolean {
  return call !== undefined && call.time !== null && end !== null && Date.parse(call.time) < end;
}

/** Passes the questions of a decision on: to its end, or with `stops` to the question to the backend. */
export function* untilBackend(
  decision: Decision,
  stops: boolean,
): Generator<
  SessionQuestion,
  { readonly done: true; readonly value: Decided } | { readonly done: false; readonly question: BackendQuestion },
  SessionAnswer
> {
  let step = decision.next();
  while (step.done !== true) {
    if (stops && step.value.ask === 'callBackend') return { done: false, question: step.value };
    step = decision.next(yield step.value);
  }
  return { done: true, value: step.value };
}

/** Goes on with a decision that was stopped at the question to the backend. */
export function* resumed(decision: Decision, answer: SessionAnswer, state: SessionState): Rest {
  // The driver answers the question to the backend with the backend's reply.
  let step = decision.next({ ...(answer as SessionAnswers['callBackend']), state });
  while (step.done !== true) step = decision.next(yield step.value);
  return step.value;
}

export class OpenCalls {
  /** In order of their ends. */
  readonly #open: OpenCall[] = [];
  /** Records of calls that were decided before an earlier one, in order. */
  #early: DecisionRecord[] = [];

  /** Whether a call waits for its answer, or a record for an earlier one. */
  get isEmpty(): boolean {
    return this.#open.length === 0 && this.#early.length === 0;
  }

  add(open: OpenCall): void {
    this.#open.push(open);
    this.#open.sort((a, b) => (endOf(a.call) ?? 0) - (endOf(b.call) ?? 0));
  }

  /** The open call whose answer is there before a call arrives; the first one when none arrives any more. */
  nextBefore(arriving: TraceCall | undefined): OpenCall | undefined {
    const [first] = this.#open;
    return first === undefined || arrivesBefore(arriving, endOf(first.call)) ? undefined : first;
  }

  /** Whether the answer of an open call is there by a moment. */
  endsBefore(end: number | null): boolean {
    const [first] = this.#open;
    return first !== undefined && end !== null && (endOf(first.call) ?? 0) <= end;
  }

  close(open: OpenCall): void {
    this.#open.splice(this.#open.indexOf(open), 1);
  }

  /** The records that may be given now: those of calls before the first open one, in order. */
  inOrder(records: readonly DecisionRecord[]): readonly DecisionRecord[] {
    if (this.#open.length === 0 && this.#early.length === 0) return records;
    const first = Math.min(...this.#open.map(({ call }) => call.index));
    const all = [...this.#early, ...records].sort((a, b) => a.index - b.index);
    const end = all.findIndex(({ index }) => index > first);
    this.#early = end < 0 ? [] : all.slice(end);
    return end < 0 ? all : all.slice(0, end);
  }
}
