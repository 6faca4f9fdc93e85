/** A recorded call while its trace is being read: answers, origin and filter records arrive after it. */
import type { JsonValue } from '../base/json.ts';
import type { CallOrigin, OriginEvidence, RecordedAnswer, RecordedCall, RecordedFiltered } from './model.ts';

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
  readonly filtered: RecordedFiltered[] = [];
  /** The agent's call that a look-up was made for, where the capture says so. */
  madeFor: CallDraft | null = null;

  constructor(start: DraftStart) {
    this.start = start;
  }

  decide(origin: CallOrigin, evidence: OriginEvidence): void {
    this.origin = origin;
    this.evidence = evidence;
  }

  /** The finished record. */
  record(): RecordedCall {
    const { server, tool, args, time, requestLine, agentLabels, redacted, file } = this.start;
    return {
      server,
      tool,
      args,
      answer: this.answer,
      origin: this.origin ?? 'agent',
      evidence: this.evidence,
      time: time === null ? null : isoTime(time),
      durationMs: time === null || this.answerTime === null ? null : Math.max(0, this.answerTime - time),
      requestLine,
      ...(file === undefined ? {} : { file }),
      answerLine: this.answerLine,
      ...(this.answerBytes === null ? {} : { answerBytes: this.answerBytes }),
      agentLabels,
      redacted: redacted || this.answerRedacted,
      ...(this.recovered === null || this.recovered === undefined ? {} : { recovered: this.recovered }),
    };
  }
}

/** Milliseconds since 1970 of an ISO 8601 text; null when it is none. */
export function parseTime(text: unknown): number | null {
  const time = typeof text === 'string' && /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

/** ISO 8601 with milliseconds, UTC; null for a time beyond what a date can hold. */
export function isoTime(time: number): string | null {
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : null;
}
