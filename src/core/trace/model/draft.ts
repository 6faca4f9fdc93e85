/** A recorded call while its trace is being read: its answer, origin and filter records arrive later. */
import type { JsonValue } from '../../base/json.ts';
import type {
  Awaited,
  CallOrigin,
  OriginEvidence,
  RecordedAnswer,
  RecordedCall,
  RecordedEnforcement,
  RecordedFiltered,
  RecordedReceipt,
  RecordedRounds,
  TraceCall,
} from './traceModel.ts';
import { isoTime } from './times.ts';
import type { RecordedDenial } from './witness.ts';

/** The values known when the request is read. Times are in milliseconds since 1970. */
export interface DraftStart {
  readonly server: string;
  readonly tool: string;
  readonly args: JsonValue;
  readonly time: number | null;
  readonly requestLine: number;
  readonly agentLabels: RecordedCall['agentLabels'];
  readonly redacted: boolean;
  /** The agent that made the call, if the request itself says it. */
  readonly agent?: string;
  /** Whether the server's complete list of tools, recorded before, does not have the tool. */
  readonly unlisted?: true;
  /** What the sanitiser left of a request that it destroyed; absent when the arguments are known. */
  readonly remains?: string;
  /** Number of gateway starts that the log shows for this server so far. Look-ups never span two runs. */
  readonly run: number;
  /** Number of gateway starts that the log shows for every server so far; absent when unknown. */
  readonly starts?: number;
  readonly file?: string;
}

/** The fields that an assembly may replace in addition to its decisions. */
type Payload = Pick<
  CallDraft,
  'start' | 'answer' | 'answerTime' | 'answerLine' | 'answerBytes' | 'answerRedacted' | 'recovered'
>;

type ReadState = Pick<CallDraft, 'origin' | 'evidence' | 'madeFor' | 'watched' | 'agent'>;

/** Mutable call that readers fill and assemblies finish. */
export class CallDraft {
  /** Replaced when its exact values are recovered from another log. */
  start: DraftStart;
  origin: CallOrigin | null = null;
  evidence: OriginEvidence = 'none';
  answer: RecordedAnswer | undefined;
  answerTime: number | null = null;
  answerLine: number | null = null;
  answerBytes: number | null = null;
  answerRedacted = false;
  rounds: RecordedRounds | null = null;
  recovered: RecordedCall['recovered'] | null = null;
  filtered: readonly RecordedFiltered[] = none;
  #noted: RecordedFiltered[] | null = null;
  /** The agent's call that a look-up was made for, when known. */
  madeFor: CallDraft | null = null;
  /** Whether the capture contains what the guard did with this call. */
  watched = false;
  /** Lines with what the guard did for this call. */
  guardLines: readonly number[] = none;
  /** What the client received in place of the answer. */
  enforced: RecordedEnforcement | null = null;
  /** What may still arrive while the trace grows. */
  awaits: Awaited | null = null;
  /** The agent that made the call, as another log says. */
  agent: string | null = null;
  /** From the client's request to the gateway's answer, in milliseconds since 1970; null when unknown. */
  span: { readonly from: number; readonly to: number } | null = null;

  /** What the client received, and why the call was denied, as the gateway's text log says. */
  received: RecordedReceipt | null = null;
  denied: RecordedDenial | null = null;
  /** How often the gateway had started anew before the call. */
  restarts = 0;

  /** State read from the lines, saved while an assembly decides more; null when the lines decide nothing. */
  #read: ReadState | null = null;
  #payload: Payload | null = null;

  /** The last finished object, what its start was, and whether `call` made it. The other inputs that it was made from are its own members. */
  #made: RecordedCall | TraceCall | undefined;
  #madeStart: DraftStart | undefined;
  #madeLookups: readonly number[] = none;
  #lookups: number[] | null = null;
  #lookupCount = 0;

  constructor(start: DraftStart) {
    this.start = start;
  }

  /** The agent that made the call; null when unknown. */
  get caller(): string | null {
    return this.agent ?? this.start.agent ?? null;
  }

  decide(origin: CallOrigin, evidence: OriginEvidence): void {
    this.origin = origin;
    this.evidence = evidence;
  }

  /** Adds a filter record that follows this call. */
  note(filtered: RecordedFiltered): void {
    this.#noted ??= [];
    this.#noted.push(filtered);
    this.filtered = this.#noted;
  }

  /** Starts an assembly: `takeBack` undoes the decisions made after this call. */
  begin(): void {
    const { origin, evidence, madeFor, watched, agent } = this;
    const known = this.#read;
    if (origin === null && madeFor === null && !watched && agent === null) this.#read = null;
    else if (
      known?.origin !== origin ||
      known.evidence !== evidence ||
      known.madeFor !== madeFor ||
      known.watched !== watched ||
      known.agent !== agent
    ) {
      this.#read = { origin, evidence, madeFor, watched, agent };
    }
    this.#lookups = null;
    this.#lookupCount = 0;
  }

  /** Adds the index of a look-up made for this call. Allocates only when the list differs from that of the last finished call. */
  addLookup(index: number): void {
    if (this.#lookups === null && this.#madeLookups[this.#lookupCount] !== index) {
      this.#lookups = this.#madeLookups.slice(0, this.#lookupCount);
    }
    this.#lookups?.push(index);
    this.#lookupCount++;
  }

  /** Replaces redacted values with exact ones, or the answer with the right one. */
  recover(exact: Partial<Payload>): void {
    const { start, answer, answerTime, answerLine, answerBytes, answerRedacted, recovered } = this;
    this.#payload ??= { start, answer, answerTime, answerLine, answerBytes, answerRedacted, recovered };
    Object.assign(this, exact);
  }

  /** Restores the state before `begin`, so that reading can continue. */
  takeBack(): void {
    this.origin = this.#read?.origin ?? null;
    this.evidence = this.#read?.evidence ?? 'none';
    this.madeFor = this.#read?.madeFor ?? null;
    this.watched = this.#read?.watched ?? false;
    this.agent = this.#read?.agent ?? null;
    this.span = null;
    this.received = null;
    this.denied = null;
    this.restarts = 0;
    this.awaits = null;
    this.filtered = this.#noted ?? none;
    if (this.#payload !== null) Object.assign(this, this.#payload);
    this.#payload = null;
  }

  /** Returns the finished call of the agent, after its look-ups were added. Returns the same object while nothing changes. */
  call(index: number): TraceCall {
    const lookups =
      this.#lookups ??
      (this.#lookupCount === this.#madeLookups.length
        ? this.#madeLookups
        : this.#madeLookups.slice(0, this.#lookupCount));
    const made = this.#made;
    if (made !== undefined && 'index' in made && this.#isStill(made) && this.#isStillCall(made, index, lookups)) {
      return made;
    }
    const filtered = this.filtered.length === 0 ? none : [...this.filtered];
    const call = this.#finished() as { -readonly [K in keyof TraceCall]: TraceCall[K] };
    call.index = index;
    call.lookups = lookups;
    call.filtered = filtered;
    const { caller } = this;
    if (caller !== null) call.agent = caller;
    if (this.restarts !== 0) call.restarts = this.restarts;
    if (this.received !== null) call.received = this.received;
    if (this.denied !== null) call.denied = this.denied;
    if (this.awaits !== null) call.awaits = this.awaits;
    if (this.enforced !== null) call.enforced = this.enforced;
    if (this.guardLines.length > 0) call.guardLines = this.guardLines;
    this.#made = call;
    this.#madeStart = this.start;
    this.#madeLookups = lookups;
    return call;
  }

  /** Returns the finished record. Returns the same object while nothing changes. */
  record(): RecordedCall {
    const made = this.#made;
    if (made !== undefined && !('index' in made) && this.#isStill(made)) return made;
    const record = this.#finished();
    this.#made = record;
    this.#madeStart = this.start;
    return record;
  }

  #isStill(made: RecordedCall): boolean {
    return (
      this.#madeStart === this.start &&
      made.answer === this.answer &&
      made.answerLine === this.answerLine &&
      (made.rounds ?? null) === this.rounds &&
      made.origin === (this.origin ?? 'agent') &&
      made.evidence === this.evidence
    );
  }

  #isStillCall(made: TraceCall, index: number, lookups: readonly number[]): boolean {
    return (
      made.index === index &&
      (made.agent ?? null) === this.caller &&
      (made.received?.answer ?? null) === (this.received?.answer ?? null) &&
      made.denied?.line === this.denied?.line &&
      (made.restarts ?? 0) === this.restarts &&
      (made.awaits ?? null) === this.awaits &&
      (made.enforced ?? null) === this.enforced &&
      (made.guardLines ?? none) === this.guardLines &&
      made.lookups === lookups &&
      sameList(made.filtered, this.filtered)
    );
  }

  /** The members that every record has. Members are assigned one by one: spreading is several times slower, and traces reach 100,000 calls. */
  #finished(): { -readonly [K in keyof RecordedCall]: RecordedCall[K] } {
    const { server, tool, args, time, requestLine, agentLabels, redacted, file, unlisted, remains } = this.start;
    const record: { -readonly [K in keyof RecordedCall]: RecordedCall[K] } = {
      server,
      tool,
      args,
      answer: this.answer,
      origin: this.origin ?? 'agent',
      evidence: this.evidence,
      time: time === null ? null : isoTime(time),
      durationMs: time === null || this.answerTime === null ? null : Math.max(0, this.answerTime - time),
      requestLine,
      answerLine: this.answerLine,
      agentLabels,
      redacted: redacted || this.answerRedacted,
    };
    if (file !== undefined) record.file = file;
    if (unlisted !== undefined) record.unlisted = unlisted;
    if (remains !== undefined) record.argsLost = true;
    if (this.answerBytes !== null) record.answerBytes = this.answerBytes;
    if (this.rounds !== null) record.rounds = this.rounds;
    if (this.recovered !== null && this.recovered !== undefined) record.recovered = this.recovered;
    return record;
  }
}

const none: readonly never[] = [];

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
