/** Every limit of a guard call: the gateway's own, each with the file it mirrors, and ours, each with its reason. */
import { memoryCapPages, pageSize } from '../../../core/wasm/decode/memoryCap.ts';

/** First output buffer offered to the guest: 4 MiB (gateway internal/guard/wasm_exec.go:38). */
export const firstOutputBytes = 4 * 1024 * 1024;

/** Largest output buffer: 16 MiB (gateway internal/guard/wasm_exec.go:39). */
export const maxOutputBytes = 16 * 1024 * 1024;

/** Largest input: 8 MiB of UTF-8 (gateway internal/guard/wasm_exec.go:40). */
export const maxInputBytes = 8 * 1024 * 1024;

/** Attempts of one call before it is given up (gateway internal/guard/wasm_exec.go:59). */
export const maxAttempts = 3;

/** What the guest returns for a buffer that is too small (gateway internal/guard/wasm_exec.go:193). */
export const tooSmallCode = -2;

/** What `call_backend` returns for a failure (gateway internal/guard/wasm_lifecycle.go:459). */
export const failedCode = -1;

/** Room that the direct path leaves beside its buffers: 64 KiB (gateway internal/guard/wasm_exec.go:152). */
export const directMarginBytes = 65_536;

/** `call_backend`s that one guard call may make (gateway internal/guard/wasm_lifecycle.go:566). */
export const maxBackendCalls = 50;

/** Frames that wazero prints of a stack trace (wazero internal/wasmdebug/debug.go). */
export const maxTraceFrames = 30;

/** The line after the last frame when there may have been more (wazero internal/wasmdebug/debug.go). */
export const omittedFrames = '... maybe followed by omitted frames';

/** Frames that V8 keeps of a stack: those that wazero prints, and room for the host functions' own. */
export const v8StackFrames = 50;

/** First reading of the wall clock: 2022-01-01T00:00:00Z in nanoseconds (wazero internal/platform/time.go). */
export const wallClockStart = 1_640_995_200_000_000_000n;

/** How far each reading advances a clock, in nanoseconds (wazero internal/platform/time.go). */
export const clockStep = 1_000_000n;

/**
 * Stack of a guest's thread in MiB. wazero lets a guest go about 84 MB deep with frames a third of V8's size; this depth
 * (about 2.4 million small frames) lies between what both reach with small and with large frames (wazero spec 5.3).
 * Costs address space only until a guest goes deep.
 */
export const stackMebibytes = 128;

/** How long a guest may go on after its deadline, so that code without loops ends by itself as in wazero, in ms. */
export const graceMs = 100;

/** `host_log` lines kept of one call; the rest is counted. */
export const maxLogLines = 10_000;

/** Bytes kept of all `host_log` lines of one call. */
export const maxLogBytes = 16 * 1024 * 1024;

/** Bytes kept of standard output and of standard error of one call. */
export const maxStreamBytes = 1024 * 1024;

/** `call_backend`s listed of one call; only a guest that ignores its limit of 50 makes more. */
export const maxBackendRecords = 1000;

/** Bytes kept of the tool names, arguments and answers of one call; what comes after is listed without them. */
export const maxBackendBytes = 64 * 1024 * 1024;

/** Growths of the memory listed of one call: page by page, a guest can make no more than 512. */
export const maxGrowEvents = 1024;

/** Most linear memory of a guard: 512 pages = 32 MiB (gateway internal/guard/wasm_lifecycle.go:192). */
export const memoryLimitBytes = memoryCapPages * pageSize;
