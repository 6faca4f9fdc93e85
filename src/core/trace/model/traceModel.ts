/** A trace as plain data: the tool calls of a captured session, the guard's look-ups, and the gateway's filter records. */
import type { JsonValue } from '../../base/json.ts';
import type { Problem } from '../../base/parsed.ts';
import type { GuardFunction } from '../../difc/record/guardCall.ts';
import type { RecordedToolList } from './toolList.ts';
import type { RecordedDenial, RecordedWitness, WitnessPlace } from './witness.ts';

/** The format in which the file was read. */
export type TraceFormat = 'gateway-jsonl' | 'gateway-debug' | 'gateway-proxy' | 'native' | 'unknown';

/**
 * How a recorded call ended at the backend: a result, or the error text that the gateway reports. `result` may be an accessor that reads
 * and parses the trace at each access (a trace may be larger than memory), so read it only once.
 */
export type RecordedAnswer =
  | { readonly result: JsonValue; readonly error?: never }
  | { readonly error: string; readonly code?: number; readonly result?: never };

/** Who made a recorded call: the agent, or the guard through `call_backend` (gateway spec 4.3). */
export type CallOrigin = 'agent' | 'guard';

/**
 * What decided the origin: agent labels on the server's pairs, a `difc_filtered` record, the gateway's text log, the shape of the GitHub
 * guard's look-ups, a mark in the capture, or the absence of a guard on this connection. `none`: no evidence, so the call is attributed
 * to the agent, and a replay may correct that.
 */
export type OriginEvidence = 'labels' | 'filtered' | 'text-log' | 'shape' | 'capture' | 'no-guard' | 'none';

/** One request to a backend with its answer. Line numbers start at 1. */
export interface RecordedCall {
  readonly server: string;
  readonly tool: string;
  /** null means `"arguments": null`; absent arguments become `{}`, as in the gateway. */
  readonly args: JsonValue;
  /** undefined when the capture has no answer. */
  readonly answer: RecordedAnswer | undefined;
  readonly origin: CallOrigin;
  /** Absent: not examined; equivalent to `capture`. */
  readonly evidence?: OriginEvidence;
  /** ISO 8601 with milliseconds; null when the trace has no time. */
  readonly time: string | null;
  readonly durationMs: number | null;
  readonly requestLine: number;
  /** The file that the line numbers refer to, if not the trace: a refused call is only in the gateway's text log. */
  readonly file?: string;
  readonly answerLine: number | null;
  /** Length of the answer's line in bytes, an estimate of the answer's size; absent when unknown. */
  readonly answerBytes?: number;
  /** Agent labels, which the gateway records for sink servers (gateway spec 4.4). */
  readonly agentLabels: { readonly secrecy: readonly string[]; readonly integrity: readonly string[] } | null;
  /** Whether redaction changed the payload, so that a replay may differ. */
  readonly redacted: boolean;
  /** Whether the log lost the arguments, so that `args` is `{}` and a guard cannot decide the call as in production. */
  readonly argsLost?: true;
  /** Whether the server's complete list of tools, recorded before, does not have the tool: the gateway answers such a call itself. */
  readonly unlisted?: true;
  /** Present when the server asked the client for input before it answered. */
  readonly rounds?: RecordedRounds;
  /** Source of exact values that are redacted in the trace; absent when nothing was recovered. */
  readonly recovered?: {
    readonly file: string;
    /** Line of the exact arguments; null when those of the trace are used. */
    readonly argsLine: number | null;
    /** Line of the exact result; null when that of the trace is used. */
    readonly answerLine: number | null;
  };
}

/** A call whose server asked for input: it has the arguments and the line of its first request, and the answer to its last. */
export interface RecordedRounds {
  /** Requests of the client, from 1. */
  readonly count: number;
  /** Answers that ask for input. */
  readonly asked: number;
  /** What the gateway does: it ends the call with an error, calls again by itself, or takes the answer that asks for input as the result. */
  readonly gateway:
    | { readonly kind: 'fails'; readonly error: string }
    | { readonly kind: 'retries' }
    | { readonly kind: 'passes' };
}

/** A policy payload that `label_agent` received in the recorded session. `file`: what `line` refers to, if not the trace. */
export interface RecordedPolicy {
  readonly server: string;
  readonly payload: JsonValue;
  readonly line: number;
  readonly file?: string;
  /** Whether the log's sanitiser changed the payload. */
  readonly redacted: boolean;
}

/** One `host_log` line of the guard of the recorded session. */
export interface RecordedGuardLog {
  readonly server: string;
  /** The guard call that logged it; null when unknown. */
  readonly function: GuardFunction | null;
  /** Index into `Trace.calls`; null for label_agent and for an unknown call. */
  readonly call: number | null;
  /** 0 to 3: debug, info, warn, error; null for any other level (gateway spec 1.11). */
  readonly level: number | null;
  readonly message: string;
  readonly line: number;
  readonly file?: string;
}

/** One `difc_filtered` record of the gateway. */
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

/** What the client received in place of the server's answer, when the tap enforced a guard's decisions during capture. */
export interface RecordedEnforcement {
  /** Outcome of the decision record; `error` when the guard could not decide. */
  readonly outcome: string;
  /** The JSON-RPC message that the client received. */
  readonly client: JsonValue;
  readonly line: number;
}

/**
 * What the client received, as the gateway wrote it into its text log: the result after filtering, before response filters and the payload
 * threshold, or the error text. Both are sanitised, so a redacted one can be compared in part only.
 */
export interface RecordedReceipt extends WitnessPlace {
  /** undefined when the sanitiser destroyed the result. `result` may be an accessor, as in `RecordedAnswer`. */
  readonly answer: RecordedAnswer | undefined;
  readonly redacted: boolean;
}

/** One tool call of the agent with its look-ups and filter records. */
export interface TraceCall extends RecordedCall {
  /** Position among the agent's calls, starting at 0. */
  readonly index: number;
  /**
   * The id of the agent that made the call: the session id, which is the client's `X-Agent-ID` or its credential (gateway spec 3.10).
   * Absent: the trace does not tell. A capture has a token in place of the credential.
   */
  readonly agent?: string;
  /** How often the gateway had started anew before the call, which forgets the labels of agents. Absent: never, as far as known. */
  readonly restarts?: number;
  /** What the client received, as the gateway's text log says. Absent: unknown. */
  readonly received?: RecordedReceipt;
  /** Why the gateway denied the call before it asked the backend. Absent: it did not, or the log does not tell. */
  readonly denied?: RecordedDenial;
  /**
   * What may still arrive for this call while the trace grows: its answer, or what the guard of the recorded session did with it. Absent:
   * the call is complete.
   */
  readonly awaits?: Awaited;
  /** The look-ups that the guard made for this call, in order, as indexes into `Trace.recordedLookups`. */
  readonly lookups: readonly number[];
  readonly filtered: readonly RecordedFiltered[];
  /** Lines of the capture with the guard calls that were made for the call; absent when a guard did not watch it. */
  readonly guardLines?: readonly number[];
  /** Absent when no guard's decision was enforced. */
  readonly enforced?: RecordedEnforcement;
}

/** What may still arrive for a call of a growing trace. */
export type Awaited = 'answer' | 'guard';

/** A complete trace, or the part of a growing trace that was read so far. */
export interface Trace {
  readonly format: TraceFormat;
  /** Whether more may follow; absent when the trace was read to its end. */
  readonly growing?: boolean;
  /** Server ids in order of appearance. */
  readonly servers: readonly string[];
  /** The agents that calls are known of, in order of appearance; empty when the trace names none. */
  readonly agents: readonly string[];
  /** Number of client sessions that made calls; absent when the format does not distinguish sessions. */
  readonly sessions?: number;
  readonly calls: readonly TraceCall[];
  /** Every recorded call of the guard, in order of time. */
  readonly recordedLookups: readonly RecordedCall[];
  /** Policies of the recorded session; absent without a debug log of the gateway. */
  readonly policies?: readonly RecordedPolicy[];
  /** Messages logged by the recorded guard; absent without a debug log of the gateway. */
  readonly guardLog?: readonly RecordedGuardLog[];
  /** What the gateway's logs say of the recorded session; absent when they say nothing. */
  readonly witness?: RecordedWitness;
  /** Answers to `tools/list`, in order; absent when there are none. */
  readonly toolLists?: readonly RecordedToolList[];
  readonly problems: readonly Problem[];
  /** Number of lines read, including those without a call. */
  readonly lines: number;
  readonly bytes: number;
}
