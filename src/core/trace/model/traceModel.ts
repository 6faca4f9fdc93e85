/** A trace as plain data: the tool calls of a captured session, the guard's own look-ups, and what the gateway noted. */
import type { JsonValue } from '../../base/json.ts';
import type { Problem } from '../../base/parsed.ts';
import type { GuardFunction } from '../../difc/record/guardCall.ts';

/** Which reader understood the file. */
export type TraceFormat = 'gateway-jsonl' | 'gateway-debug' | 'native' | 'unknown';

/**
 * How a recorded call ended at the backend: a result, or the error text as the gateway has it. `result` may be an accessor that reads
 * and parses the trace anew at each access (a trace need not fit the memory): take it once.
 */
export type RecordedAnswer =
  { readonly result: JsonValue; readonly error?: never } | { readonly error: string; readonly result?: never };

/** Who made a recorded call: the agent, or the guard through `call_backend` (gateway spec 4.3). */
export type CallOrigin = 'agent' | 'guard';

/**
 * What decided the origin: agent labels on the pairs of the server, a `difc_filtered` record, the gateway's text log, the shape of the
 * GitHub guard's look-ups, a note in the capture, or that no guard stood before this connection. `none`: nothing spoke for the guard, so
 * it counts as the agent's, and a replay may find out better.
 */
export type OriginEvidence = 'labels' | 'filtered' | 'text-log' | 'shape' | 'capture' | 'no-guard' | 'none';

/** One request to a backend with its answer. Lines count from 1. */
export interface RecordedCall {
  readonly server: string;
  readonly tool: string;
  /** null stands for `"arguments": null`; absent arguments are `{}` as the gateway makes them. */
  readonly args: JsonValue;
  /** undefined when the capture ends before the answer. */
  readonly answer: RecordedAnswer | undefined;
  readonly origin: CallOrigin;
  /** Absent: not examined, the same as `capture`. */
  readonly evidence?: OriginEvidence;
  /** ISO 8601 with milliseconds; null when the trace does not say. */
  readonly time: string | null;
  readonly durationMs: number | null;
  readonly requestLine: number;
  /** The file that the lines count in, when it is not the trace: a refused call stands in the gateway's text log only. */
  readonly file?: string;
  readonly answerLine: number | null;
  /** Length of the answer's line, as a measure of what the answer takes; absent when it is not known. */
  readonly answerBytes?: number;
  /** Agent labels as recorded for sink servers (gateway spec 4.4). */
  readonly agentLabels: { readonly secrecy: readonly string[]; readonly integrity: readonly string[] } | null;
  /** Whether the capture's redaction changed the payload so that a replay may differ. */
  readonly redacted: boolean;
  /** Where the exact values come from that the trace itself holds redacted; absent when nothing was recovered. */
  readonly recovered?: {
    readonly file: string;
    /** Line of the exact arguments; null when those of the trace stand. */
    readonly argsLine: number | null;
    /** Line of the exact result; null when that of the trace stands. */
    readonly answerLine: number | null;
  };
}

/** A policy payload that `label_agent` got in the recorded session. `file`: what the line counts in, when it is not the trace. */
export interface RecordedPolicy {
  readonly server: string;
  readonly payload: JsonValue;
  readonly line: number;
  readonly file?: string;
  /** Whether the log's sanitiser changed it. */
  readonly redacted: boolean;
}

/** One `host_log` line of the guard of the recorded session. */
export interface RecordedGuardLog {
  readonly server: string;
  /** The guard call it was logged in; null when that is not known. */
  readonly function: GuardFunction | null;
  /** Index into `Trace.calls`; null for label_agent, and where the call is not known. */
  readonly call: number | null;
  /** 0 to 3: debug, info, warn, error; null for any other (gateway spec 1.11). */
  readonly level: number | null;
  readonly message: string;
  readonly line: number;
  readonly file?: string;
}

/** One `difc_filtered` record of the gateway, as it was recorded. */
export interface RecordedFiltered {
  readonly server: string;
  readonly tool: string;
  readonly description: string;
  readonly reason: string;
  readonly secrecy: readonly string[] | null;
  readonly integrity: readonly string[] | null;
  readonly number: string | null;
  readonly author: string | null;
  readonly url: string | null;
  readonly line: number;
}

/** What the client got from a guard that enforced while the session was captured, in place of the server's answer. */
export interface RecordedEnforcement {
  /** Of the decision record; `error` when the guard could not decide. */
  readonly outcome: string;
  /** The JSON-RPC message. */
  readonly client: JsonValue;
  readonly line: number;
}

/** One tool call of the agent with what belongs to it. */
export interface TraceCall extends RecordedCall {
  /** Position among the agent's calls, from 0. */
  readonly index: number;
  /**
   * What of this call may still come, while the trace grows: its answer, or what the guard of the recorded session did with it. Absent:
   * all that will come is here.
   */
  readonly awaits?: Awaited;
  /** The guard's look-ups that were made for this call, in order: indexes into `Trace.recordedLookups`. */
  readonly lookups: readonly number[];
  readonly filtered: readonly RecordedFiltered[];
  /** Absent: no guard enforced. */
  readonly enforced?: RecordedEnforcement;
}

/** What a call of a growing trace may still get. */
export type Awaited = 'answer' | 'guard';

/** A whole trace in memory, or as much of a growing one as there is. */
export interface Trace {
  readonly format: TraceFormat;
  /** Whether more may come; absent: the trace was read to its end. */
  readonly growing?: boolean;
  /** Server ids in order of appearance. */
  readonly servers: readonly string[];
  /** Client sessions that made calls; absent where the format does not tell them apart. */
  readonly sessions?: number;
  readonly calls: readonly TraceCall[];
  /** Every recorded call that the guard made, in order of time. */
  readonly recordedLookups: readonly RecordedCall[];
  /** Policies of the recorded session; absent without a debug log of the gateway. */
  readonly policies?: readonly RecordedPolicy[];
  /** What the recorded guard logged; absent without a debug log of the gateway. */
  readonly guardLog?: readonly RecordedGuardLog[];
  readonly problems: readonly Problem[];
  /** Lines read, also those that carry no call. */
  readonly lines: number;
  readonly bytes: number;
}
