/** The record of one guard call, as plain data for worker, CLI, panel and tests. */
import type { JsonValue } from '../../base/json.ts';
import type { GuardStack } from './stackFrame.ts';

/** The three exports that the gateway calls. */
export type GuardFunction = 'label_agent' | 'label_resource' | 'label_response';

/** One run of the export within a guard call: the buffer protocol makes up to three (gateway spec 1.4). */
export interface Attempt {
  /** Bytes offered for the output. */
  readonly bufferSize: number;
  /** Return value of the export, as signed i32; null when it did not return. */
  readonly code: number | null;
  /** Size that the gateway read at the output pointer after a -2, if above 0; null otherwise. */
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
  /** Tool name as the guest passed it; empty when its range was outside the memory. */
  readonly tool: string;
  /** Parsed arguments; null without arguments or when they could not be read. */
  readonly args: JsonValue;
  /** Whether the call passed the limit and the argument checks, so that the backend was called. */
  readonly reached: boolean;
  /** Return value for the guest: a length, -1 or -2. */
  readonly code: number;
  readonly end: BackendCallEnd;
  /** The JSON that the guest received; null without an answer. */
  readonly resultText: string | null;
  /** The backend's error text, or a sentence when no answer is recorded; null when the backend answered. */
  readonly error: string | null;
  /** Size of the guest's result buffer, in bytes. */
  readonly capacity: number;
  /** Index of the attempt that made the call. */
  readonly attempt: number;
  /** Milliseconds since the call began. */
  readonly atMs: number;
  readonly durationMs: number;
}

/** One `host_log` line. Levels 0 to 3 are debug, info, warn, error; any other u32 is recorded as it is (gateway spec 1.11). */
export interface LogLine {
  readonly level: number;
  readonly message: string;
  readonly attempt: number;
  readonly atMs: number;
}

/** Linear memory in bytes before, after and during a guard call. */
export interface MemoryRecord {
  readonly before: number;
  readonly after: number;
  readonly peak: number;
}

/** A growth of the linear memory, detected when buffers are placed, at host calls and at the end. */
export interface GrowEvent {
  readonly from: number;
  readonly to: number;
  /** `host`: for its buffers (gateway spec 1.6). */
  readonly by: 'host' | 'guest';
  readonly atMs: number;
}

/** Everything that one guard call did. `error` is the gateway's text without the stack trace. */
export interface GuardCallRecord {
  readonly function: GuardFunction;
  /** The input bytes as a string. */
  readonly input: string;
  /** The bytes that the guard wrote, as a string (each byte that is not UTF-8 as U+FFFD); null when the call failed. */
  readonly output: string | null;
  /**
   * The output with each byte that is not UTF-8 as the lone surrogate U+DC00 plus the byte, because an error text of the gateway may
   * quote such bytes; absent when all bytes are UTF-8.
   */
  readonly escapedOutput?: string;
  readonly attempts: readonly Attempt[];
  readonly backendCalls: readonly BackendCallRecord[];
  readonly log: readonly LogLine[];
  /** Number of log lines that were left out, because only the first and the last ones of a call are kept. */
  readonly logDropped: number;
  /** How many lines of `log` came before those that were left out; absent when none was. */
  readonly logGapAt?: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly memory: MemoryRecord | null;
  readonly grows: readonly GrowEvent[];
  /** Time in the worker, from entry to exit, in milliseconds. */
  readonly durationMs: number;
  readonly error: string | null;
  /** Frames of a wasm stack trace, innermost first, each as the gateway prints it (wazero spec 5.2). */
  readonly trace: readonly string[] | null;
  /** The stack of a guard that stopped in this call, with the names and places of its source; absent when it is not known. */
  readonly stack?: GuardStack;
  /** Whether the guard is poisoned: every later call fails (gateway spec 1.8). */
  readonly poisoned: boolean;
}

/** The record of a call that a check makes. */
export interface ProbedCallRecord extends GuardCallRecord {
  /** What the call did with its buffers; absent when nothing was watched. */
  readonly probe?: BufferProbe;
}

/** What a guard did with its buffers beyond what the gateway looks at. */
export interface BufferProbe {
  /** How many of the 64 bytes behind the output buffer the guard changed; 0 on the direct path, where the memory ends there. */
  readonly strayBytes: number;
  /** Number of failed `dealloc`s, which the gateway only writes to its debug log (gateway spec 1.5). */
  readonly failedFrees: number;
}
