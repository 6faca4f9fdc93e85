/** The record of one entry into a guard: plain data that worker, CLI, panel and tests all read. */
import type { JsonValue } from '../../base/json.ts';

/** The three exports that the gateway calls. */
export type GuardFunction = 'label_agent' | 'label_resource' | 'label_response';

/** One run of the export inside a call: the buffer protocol tries up to three (gateway spec 1.4). */
export interface Attempt {
  /** Bytes offered for the output. */
  readonly bufferSize: number;
  /** What the export returned, as signed i32; null when it did not return. */
  readonly code: number | null;
  /** The size read at the output pointer after a -2, when it was above 0. */
  readonly hint: number | null;
}

/** Why a `call_backend` ended as it did (gateway spec 1.10). */
export type BackendCallEnd =
  | 'answered'
  | 'too-small'
  | 'error'
  | 'no-recorded-answer'
  | 'over-limit'
  | 'bad-tool-range'
  | 'bad-args-range'
  | 'args-not-json'
  | 'bad-result-range'
  | 'deadline';

/** One `call_backend`, in the order of the guest's calls. */
export interface BackendCallRecord {
  /** Tool name as the guest gave it; empty when its range lay outside the memory. */
  readonly tool: string;
  /** Parsed arguments; null when there were none or they could not be read. */
  readonly args: JsonValue;
  /** Whether the call got past the limit and the argument checks, so that the backend was asked. */
  readonly reached: boolean;
  /** What the guest got: a length, -1 or -2. */
  readonly code: number;
  readonly end: BackendCallEnd;
  /** The answer as the guest saw it, as JSON text; null when there was none. */
  readonly resultText: string | null;
  /** The backend's error text, or a sentence for a miss; null when it answered. */
  readonly error: string | null;
  /** Bytes the guest offered for the result. */
  readonly capacity: number;
  /** Index of the attempt it was made in. */
  readonly attempt: number;
  /** Milliseconds since the call began. */
  readonly atMs: number;
  readonly durationMs: number;
}

/** One `host_log` line. Levels 0 to 3 are debug, info, warn, error; any other u32 is kept (gateway spec 1.11). */
export interface LogLine {
  readonly level: number;
  readonly message: string;
  readonly attempt: number;
  readonly atMs: number;
}

/** Linear memory in bytes around a call; null for a module without memory. */
export interface MemoryRecord {
  readonly before: number;
  readonly after: number;
  readonly peak: number;
}

/** A growth of the linear memory that was noticed at a boundary (buffers, host calls, the end). */
export interface GrowEvent {
  readonly from: number;
  readonly to: number;
  /** Who grew it: the host for its buffers (gateway spec 1.6), or the guest. */
  readonly by: 'host' | 'guest';
  readonly atMs: number;
}

/** Everything that one call of a guard's export did. `error` is the gateway's text without the stack trace. */
export interface GuardCallRecord {
  readonly function: GuardFunction;
  /** The input bytes as text. */
  readonly input: string;
  /** The bytes the guard wrote, as text (each byte that is not UTF-8 as U+FFFD); null when the call failed. */
  readonly output: string | null;
  /**
   * The output once more, with each byte that is not UTF-8 as the lone surrogate U+DC00 plus the byte, when there is such a byte: an
   * error text of the gateway may name it.
   */
  readonly escapedOutput?: string;
  readonly attempts: readonly Attempt[];
  readonly backendCalls: readonly BackendCallRecord[];
  readonly log: readonly LogLine[];
  /** How many log lines were dropped after the limit of what is kept. */
  readonly logDropped: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly memory: MemoryRecord | null;
  readonly grows: readonly GrowEvent[];
  /** Time inside the worker, from entry to exit. */
  readonly durationMs: number;
  readonly error: string | null;
  /** Frames of a wasm stack trace, innermost first, each as the gateway prints it (wazero spec 5.2). */
  readonly trace: readonly string[] | null;
  /** Whether the guard is unusable from now on (gateway spec 1.8). */
  readonly poisoned: boolean;
}
