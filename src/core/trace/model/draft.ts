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
  RecordedRounds,
  TraceCall,
} from './traceModel.ts';

/** The values known when the request is read. Times are in milliseconds since 1970. */
export interface DraftStart {
  readonly server: string;
  readonly tool: string;
  readonly args: JsonValue;
  readonly time: number | null;
  readonly requestLine: number;
  readonly agentLabels: RecordedCall['agentLabels'];
  readonly redacted: boolean;
  /** Whether the server's complete list of tools, recorded before, does not have the tool. */
  readonly unlisted?: true;
  /** Number of gateway starts that the log shows for this server so far. Look-ups never span two runs. */
  readonly run: number;
  readonly file?: string;
}

/** The fields that an assembly may replace in addition to its decisions. */
type Payload = Pick<CallDraft, 'start' | 'answer' | 'answerBytes' | 'answerRedacted' | 'recovered'>;

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
  /** What the client received in place of the answer. */
  enforced: RecordedEnforcement | null = null;
  /** What may still arrive while the trace grows. */
  awaits: Awaited | null = null;

  /** State read from the lines, saved while an assembly decides more; null when the lines decide nothing. */
  #read: Pick<CallDraft, 'origin' | 'evidence' | 'madeFor' | 'watched'> | null = null;
  #payload: Payload | null = null;

  /** The last finished objects and the inputs that they were made from. */
  #record: RecordedCall | undefined;
  #call: TraceCall | undefined;
  #madeStart: DraftStart | undefined;
  #madeAnswer: RecordedAnswer | undefined;
  #madeAnswerLine: number | null = null;
  #madeRounds: RecordedRounds | null = null;
  #madeOrigin: CallOrigin | null = null;
  #madeEvidence: OriginEvidence = 'none';
  #madeIndex = -1;
  #madeAwaits: Awaited | null = null;
  #madeEnforced: RecordedEnforcement | null = null;
  #madeLookups: readonly number[] = none;
  #lookups: number[] | null = null;
  #lookupCount = 0;
  #madeFiltered: readonly RecordedFiltered[] = none;

  constructor(start: DraftStart) {
    this.start = start;
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
    const { origin, evidence, madeFor, watched } = this;
    const known = this.#read;
    if (origin === null && madeFor === null && !watched) this.#read = null;
    else if (
      known?.origin !== origin ||
      known.evidence !== evidence ||
      known.madeFor !== madeFor ||
      known.watched !== watched
    ) {
      this.#read = { origin, evidence, madeFor, watched };
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

  /** Replaces redacted values with exact ones. */
  recover(exact: Partial<Payload>): void {
    const { start, answer, answerBytes, answerRedacted, recovered } = this;
    this.#payload ??= { start, answer, answerBytes, answerRedacted, recovered };
    Object.assign(this, exact);
  }

  /** Restores the state before `begin`, so that reading can continue. */
  takeBack(): void {
    this.origin = this.#read?.origin ?? null;
    this.evidence = this.#read?.evidence ?? 'none';
    this.madeFor = this.#read?.madeFor ?? null;
    this.watched = this.#read?.watched ?? false;
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
    const known = this.#isStill() ? this.#call : undefined;
    if (known !== undefined && this.#isStillCall(index, lookups)) return known;
    const awaits = this.awaits === null ? {} : { awaits: this.awaits };
    const filtered = this.filtered.length === 0 ? none : [...this.filtered];
    const enforced = this.enforced === null ? {} : { enforced: this.enforced };
    const call = { ...this.#finished(), index, ...awaits, lookups, filtered, ...enforced };
    this.#made();
    this.#call = call;
    this.#madeIndex = index;
    this.#madeAwaits = this.awaits;
    this.#madeEnforced = this.enforced;
    this.#madeLookups = lookups;
    this.#madeFiltered = filtered;
    return call;
  }

  /** Returns the finished record. Returns the same object while nothing changes. */
  record(): RecordedCall {
    const known = this.#isStill() ? this.#record : undefined;
    if (known !== undefined) return known;
    const record = this.#finished();
    this.#made();
    this.#record = record;
    return record;
  }

  #made(): void {
    this.#record = undefined;
    this.#call = undefined;
    this.#madeStart = this.start;
    this.#madeAnswer = this.answer;
    this.#madeAnswerLine = this.answerLine;
    this.#madeRounds = this.rounds;
    this.#madeOrigin = this.origin;
    this.#madeEvidence = this.evidence;
  }

  #isStill(): boolean {
    return (
      this.#madeStart === this.start &&
      this.#madeAnswer === this.answer &&
      this.#madeAnswerLine === this.answerLine &&
      this.#madeRounds === this.rounds &&
      this.#madeOrigin === this.origin &&
      this.#madeEvidence === this.evidence
    );
  }

  #isStillCall(index: number, lookups: readonly number[]): boolean {
    return (
      this.#madeIndex === index &&
      this.#madeAwaits === this.awaits &&
      this.#madeEnforced === this.enforced &&
      this.#madeLookups === lookups &&
      sameList(this.#madeFiltered, this.filtered)
    );
  }

  #finished(): RecordedCall {
    const { server, tool, args, time, requestLine, agentLabels, redacted, file, unlisted } = this.start;
    const record: Mutable<RecordedCall> = {
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
    // Assigned one by one: spreading mostly empty objects is several times slower, and traces reach 100,000 calls.
    if (file !== undefined) record.file = file;
    if (unlisted !== undefined) record.unlisted = unlisted;
    if (this.answerBytes !== null) record.answerBytes = this.answerBytes;
    if (this.rounds !== null) record.rounds = this.rounds;
    if (this.recovered !== null && this.recovered !== undefined) record.recovered = this.recovered;
    return record;
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const none: readonly never[] = [];

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

/** Parses an ISO 8601 string into milliseconds since 1970; null when it is not one. */
export function parseTime(text: unknown): number | null {
  const time = typeof text === 'string' && /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

/** Formats a time as ISO 8601 with milliseconds, UTC; null for a time outside the range of `Date`. */
function isoTime(time: number): string | null {
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : null;
}
