/** The tool calls of the gateway's clients as plain data, read from its text log, and what its error texts say about the backend. */
import type { JsonValue } from '../../base/json.ts';
import type { RecordedReceipt } from '../model/traceModel.ts';
import type { RecordedDenial, RecordedWitness } from '../model/witness.ts';

/**
 * Whether the gateway asked the backend before it answered: `no` for an error of phases 0 to 2 or of a limit, `yes` for a result and for an
 * error that follows the backend's answer, `unknown` for any other error and for a log that ends before the answer.
 */
export type BackendAsked = 'yes' | 'no' | 'unknown';

/** One tool call as the client sent it. */
export interface ClientCall {
  /** The session id, which is the agent id (gateway spec 3.10), as far as the sanitiser left it. */
  readonly agent: string;
  /** The server; null when the lines before the call do not name it. */
  readonly server: string | null;
  readonly tool: string;
  /** null when the sanitiser destroyed them. */
  readonly args: { readonly value: JsonValue } | null;
  /** What the sanitiser left of destroyed arguments; null when `args` has them. */
  readonly remains: string | null;
  readonly redacted: boolean;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly line: number;
  /** Time of the gateway's answer; null when the log ends before it. */
  readonly end: number | null;
  /** Whether the end was known when the JSON log was last read, so that a growing JSON log has everything that the call caused. */
  readonly settled: boolean;
  readonly asked: BackendAsked;
  /** What the client received; null when the log ends before it, or when it is not needed. */
  readonly received: Omit<RecordedReceipt, 'file'> | null;
  /** The denial of the coarse check that the error tells of; null when there is none. */
  readonly denied: Omit<RecordedDenial, 'file'> | null;
}

/** A call that was running when the log began: only its answer is in the log. */
export interface BegunCall {
  readonly agent: string;
  readonly tool: string;
  /** Time of the answer, in milliseconds since 1970. */
  readonly end: number;
}

/** The client's calls in a text log. */
export interface ClientCalls {
  readonly file: string;
  readonly calls: readonly ClientCall[];
  /** Calls that were running when the log began. */
  readonly begun: readonly BegunCall[];
  /** Times of the gateway's starts, in milliseconds since 1970. */
  readonly starts: readonly number[];
  readonly witness: RecordedWitness;
  /** Times of the first and the last line; null for a file without lines. */
  readonly covers: { readonly from: number; readonly to: number } | null;
}

/** Whether the backend was asked before the gateway returned this error (gateway spec 3.7 has the texts with their steps). */
export function askedBefore(error: string): BackendAsked {
  if (refusals.some((refusal) => refusal.test(error))) return 'no';
  return laterErrors.some((text) => error.startsWith(text)) ? 'yes' : 'unknown';
}

/** Errors of steps 2 to 8, before the backend is asked. */
const refusals: readonly RegExp[] = [
  /^DIFC Violation: /,
  /^tool ".*" is not in the allowed-tools list for this server$/,
  /^guard session initialization failed: /,
  /^tool call limit reached for /,
  /^guard labeling failed: /,
  /^rate limit circuit breaker is /,
];

/** Errors of steps 9 to 14, after the backend answered. */
const laterErrors: readonly string[] = [
  'backend error server=',
  'failed to parse tools/call result: ',
  'response labeling failed: ',
  'failed to convert ',
  'DIFC policy violation: ',
  '[Filtered] ',
];
