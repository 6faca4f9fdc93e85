/** A recorded call while its trace is being read: answers, origin and filter records arrive after it. */
import type { JsonValue } from '../../base/json.ts';
import type {
  Awaited,
  CallOrigin,
  OriginEvidence,
  RecordedAnswer,
  RecordedCall,
  RecordedEnforcement,
  RecordedFiltered,
  TraceCall,
} from './traceModel.ts';

/** What is known when the request is read. Times in milliseconds since 1970. */
export interface DraftStart {
  readonly server: string;
  readonly tool: string;
  readonly args: JsonValue;
  readonly time: number | null;
  readonly requestLine: number;
  readonly agentLabels: RecordedCall['agentLabels'];
  readonly redacted: boolean;
  /** Counts the starts of the gateway that the log shows for this server; look-ups never cross one. */
  readonly run: number;
  readonly file?: string;
}

/** What an assembly may replace beside its decisions. */
type Payload = Pick<CallDraft, 'start' | 'answer' | 'answerBytes' | 'answerRedacted' | 'recovered'>;

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
  recovered: RecordedCall['recovered'] | null = null;
  filtered: readonly RecordedFiltered[] = none;
  #noted: RecordedFiltered[] | null = null;
  /** The agent's call that a look-up was made for, where the capture says so. */
  madeFor: CallDraft | null = null;
  /** Whether the capture has what the guard did with this call. */
  watched = false;
  /** What the client got instead of the answer. */
  enforced: RecordedEnforcement | null = null;
  /** What may still come while the trace grows. */
  awaits: Awaited | null = null;

  /** What the lines say, while an assembly decides more; null where they say nothing. */
  #read: Pick<CallDraft, 'origin' | 'evidence' | 'madeFor' | 'watched'> | null = null;
  #payload: Payload | null = null;

  /** What was made last, and of what. */
  #record: RecordedCall | undefined;
  #call: TraceCall | undefined;
  #madeStart: DraftStart | undefined;
  #madeAnswer: RecordedAnswer | undefined;
  #madeAnswerLine: number | null = null;
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

  /** A filter record that follows this call. */
  note(filtered: RecordedFiltered): void {
    this.#noted ??= [];
    this.#noted.push(filtered);
    this.filtered = this.#noted;
  }

  /** An assembly begins: what it decides from now on can be taken back. */
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

  /** A look-up was made for this call; its index. Nothing is allocated as long as they are those of the call that was made last. */
  addLookup(index: number): void {
    if (this.#lookups === null && this.#madeLookups[this.#lookupCount] !== index) {
      this.#lookups = this.#madeLookups.slice(0, this.#lookupCount);
    }
    this.#lookups?.push(index);
    this.#lookupCount++;
  }

  /** Puts exact values in the place of redacted ones. */
  recover(exact: Partial<Payload>): void {
    const { start, answer, answerBytes, answerRedacted, recovered } = this;
    this.#payload ??= { start, answer, answerBytes, answerRedacted, recovered };
    Object.assign(this, exact);
  }

  /** Takes back what was decided since `begin`, so that reading can go on. */
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

  /** The call as one of the agent's, when its look-ups are known; the same object as long as nothing about it changed. */
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

  /** The finished record; the same object as long as nothing about it changed. */
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
    this.#madeOrigin = this.origin;
    this.#madeEvidence = this.evidence;
  }

  #isStill(): boolean {
    return (
      this.#madeStart === this.start &&
      this.#madeAnswer === this.answer &&
      this.#madeAnswerLine === this.answerLine &&
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
    const { server, tool, args, time, requestLine, agentLabels, redacted, file } = this.start;
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
    // One by one: spreading objects that are mostly empty takes several times as long, for each of 100,000 calls.
    if (file !== undefined) record.file = file;
    if (this.answerBytes !== null) record.answerBytes = this.answerBytes;
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

/** Milliseconds since 1970 of an ISO 8601 text; null when it is none. */
export function parseTime(text: unknown): number | null {
  const time = typeof text === 'string' && /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

/** ISO 8601 with milliseconds, UTC; null for a time beyond what a date can hold. */
function isoTime(time: number): string | null {
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : null;
}
