/** The limits of a guard call: those of the gateway and of wazero with the file they mirror, and our own with their reason. */
import { memoryCapPages, pageSize } from '../../../core/wasm/decode/memoryCap.ts';

/** First output buffer offered to the guest: 4 MiB (gateway internal/guard/wasm_exec.go:38). */
export const firstOutputBytes = 4 * 1024 * 1024;

/** Largest output buffer: 16 MiB (gateway internal/guard/wasm_exec.go:39). */
export const maxOutputBytes = 16 * 1024 * 1024;

/** Largest input: 8 MiB of UTF-8 (gateway internal/guard/wasm_exec.go:40). */
export const maxInputBytes = 8 * 1024 * 1024;

/** Most attempts of one call (gateway internal/guard/wasm_exec.go:59). */
export const maxAttempts = 3;

/** The code that a guest returns when the output buffer is too small (gateway internal/guard/wasm_exec.go:193). */
export const tooSmallCode = -2;

/** The code that `call_backend` returns for every failure (gateway internal/guard/wasm_lifecycle.go:459). */
export const failedCode = -1;

/** Memory that the direct path requires in addition to its buffers: 64 KiB (gateway internal/guard/wasm_exec.go:152). */
export const directMarginBytes = 65_536;

/** Most look-ups of one guard call (gateway internal/guard/wasm_lifecycle.go:566). */
export const maxBackendCalls = 50;

/** Most frames that wazero prints of a stack trace (wazero internal/wasmdebug/debug.go). */
export const maxTraceFrames = 30;

/** The line that wazero prints after the last frame when it reached the limit (wazero internal/wasmdebug/debug.go). */
export const omittedFrames = '... maybe followed by omitted frames';

/** Frames that V8 records of a stack: those that wazero prints, and some for the JavaScript frames of host functions. */
export const v8StackFrames = 50;

/** First reading of the wall clock: 2022-01-01T00:00:00Z in nanoseconds (wazero internal/platform/time.go). */
export const wallClockStart = 1_640_995_200_000_000_000n;

/** By how much each reading advances a clock: 1 ms, in nanoseconds (wazero internal/platform/time.go). */
export const clockStep = 1_000_000n;

/**
 * Stack of a worker thread in MiB. wazero allows about 84 MB of stack, with frames a third of V8's size. With 128 MiB, V8 reaches
 * about 2.4 million small frames, which is more than wazero with large frames and less than wazero with small ones (wazero spec 5.3).
 * Unused stack costs address space only.
 */
export const stackMebibytes = 128;

/** How long a guest may run on after its deadline, in ms: code without loops returns by itself, as it does in wazero. */
export const graceMs = 100;

/** How many of the first `host_log` lines of one call are recorded, and how many of the last; the lines between are counted. */
export const keptLogLines = 5000;

/** Bytes recorded of the first `host_log` lines of one call. */
export const maxLogBytes = 16 * 1024 * 1024;

/** Bytes for the last `host_log` lines of one call: at least half of it is full of them. */
export const logTailBytes = 4 * 1024 * 1024;

/** Bytes recorded of each of the last lines. */
export const maxTailLineBytes = 64 * 1024;

/** Bytes recorded of standard output, and of standard error, of one call. */
export const maxStreamBytes = 1024 * 1024;

/** Look-ups recorded of one call. Only a guest that goes on after its 50 allowed look-ups gets there. */
export const maxBackendRecords = 1000;

/** Bytes recorded of the tool names, arguments and answers of one call; later look-ups are recorded without them. */
export const maxBackendBytes = 64 * 1024 * 1024;

/** Memory growths recorded of one call. A guest cannot reach it: it has at most 512 pages. */
export const maxGrowEvents = 1024;

/** Most linear memory of a guard: 512 pages = 32 MiB (gateway internal/guard/wasm_lifecycle.go:192). */
export const memoryLimitBytes = memoryCapPages * pageSize;
