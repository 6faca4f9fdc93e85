/**
 * The buffer protocol of one guard call: where input and output lie, how often the call is tried, what the result code means.
 *
 * Strategy (gateway spec 1.4 to 1.7). A guest function is `f(inputAt, inputLength, outputAt, outputSize) -> i32`. The host does not
 * know the length of the output, so it offers a buffer, and a larger one when the guest asks for it:
 *
 *     size = 4 MiB                                       input longer than 8 MiB: error before the guest is entered
 *     at most 3 attempts:
 *       place input and output of `size`                 allocator path or direct path, see below
 *       code = f(…)
 *       code = -2  ->  hint = u32 at outputAt            little endian; 0 also when it lies outside the memory
 *                      size = hint > 0 ? hint : 2 * size
 *                      size > 16 MiB: error; else the next attempt
 *       code < 0   ->  error with the code
 *       code = 0   ->  empty output                      success; the caller decides what an empty output means
 *       code > 0   ->  `code` bytes at outputAt          not compared with `size`, only with the end of the memory
 *     after the third -2: error that names the size of a fourth attempt
 *
 * The hint is not checked further: it may be smaller than the last size. The output buffer is not cleared, so when a guest returns -2
 * without writing a hint, old bytes at that place count as the hint.
 *
 * Allocator path, when the guest exports both `alloc` and `dealloc` (1.5): `alloc` input, `alloc` output, call, copy the output, then
 * `dealloc` output and input. Both `dealloc`s also run after a failure and after the deadline; their own failures are ignored.
 * Direct path, otherwise (1.6): input and output lie side by side at the end of the memory, which grows if needed and keeps the new
 * size. The guest may have live data there.
 *
 * A retry repeats the whole attempt: both buffers, the copy of the input, the call. Effects of earlier attempts remain: changed globals
 * and memory, log lines, and look-ups. Look-ups are asked again, and the limit of 50 covers all attempts together (1.9 and 1.10).
 * Only -2 leads to a retry. Every error ends the call; a trap in `alloc` or in the function also poisons the guard (1.8).
 */
import {
  directMarginBytes,
  firstOutputBytes,
  maxAttempts,
  maxInputBytes,
  maxOutputBytes,
  tooSmallCode,
} from '../shared/abi.ts';
import { GuestError } from '../shared/guestError.ts';
import type { Guest } from './guest.ts';
import { type GuestMemory, pagesFor } from './memory.ts';
import type { EntryJournal } from './entryJournal.ts';
import { type SharedState, phases, words } from '../shared/workerContract.ts';

/** The parts of a guard instance that a call uses. */
export interface CallParts {
  readonly shared: SharedState;
  readonly guest: Guest;
  readonly memory: GuestMemory;
  readonly journal: EntryJournal;
}

/** The input of a call. Over the gateway's limit only its length is valid. */
export interface CallInput {
  readonly length: number;
  readonly bytes: Uint8Array;
}

/** Calls an export with an input and records the output; throws `GuestError` with the gateway's text. */
export function callExport(parts: CallParts, name: string, input: CallInput): void {
  const { shared, guest, memory, journal } = parts;
  if (!guest.has(name)) throw new GuestError(`function ${name} not exported from WASM module`);
  if (!memory.exists) throw new GuestError('WASM module has no memory');
  if (input.length > maxInputBytes) {
    throw new GuestError(`input too large: ${input.length} bytes (max ${maxInputBytes})`);
  }
  const attempt = guest.has('alloc') && guest.has('dealloc') ? allocatedAttempt : directAttempt;
  const chosen = shared.get(words.outputBytes);
  let size = chosen === 0 ? firstOutputBytes : chosen;
  for (let tries = 0; tries < maxAttempts; tries++) {
    journal.attempt(size);
    const needed = attempt(parts, name, input.bytes, size);
    if (needed === null) return;
    if (needed > maxOutputBytes) {
      throw new GuestError(`guard requires buffer of ${needed} bytes which exceeds maximum of ${maxOutputBytes} bytes`);
    }
    size = needed;
  }
  throw new GuestError(`failed after ${maxAttempts} attempts, buffer size ${size} still insufficient`);
}

/** Allocator path: both buffers come from the guest's allocator and are always freed, in reverse order (gateway spec 1.5). */
function allocatedAttempt(parts: CallParts, name: string, input: Uint8Array, size: number): number | null {
  const inputAt = allocate(parts, 'input', input.length);
  try {
    const margin = parts.shared.get(words.outputBytes) === 0 ? 0 : watchedBytes;
    const outputAt = allocate(parts, 'output', size + margin);
    try {
      if (margin > 0) markBehind(parts, outputAt + size);
      return enter(parts, name, input, inputAt, outputAt, size);
    } finally {
      if (margin > 0) countStray(parts, outputAt + size);
      release(parts, outputAt, size + margin);
    }
  } finally {
    release(parts, inputAt, input.length);
  }
}

/** Marks the bytes behind an output buffer, which the guest was not offered. */
function markBehind({ memory }: CallParts, at: number): void {
  memory.write(at, new Uint8Array(watchedBytes).fill(mark));
}

/** Counts the marked bytes that the guest changed. */
function countStray({ shared, memory }: CallParts, at: number): void {
  let changed = 0;
  for (const byte of memory.read(at, watchedBytes) ?? []) if (byte !== mark) changed++;
  shared.set(words.strayBytes, Math.max(shared.get(words.strayBytes), changed));
}

/** Bytes behind an output buffer that a check watches, and what they are before the call. */
const watchedBytes = 64;
const mark = 0xa5;

/** Direct path: both buffers lie at the end of the memory, which grows when needed (gateway spec 1.6). */
function directAttempt(parts: CallParts, name: string, input: Uint8Array, size: number): number | null {
  const { memory, journal } = parts;
  const required = input.length + size + directMarginBytes;
  const before = memory.size;
  if (before < required && !memory.grow(pagesFor(required - before))) {
    throw new GuestError(`failed to grow WASM memory from ${before} to ${required} bytes`);
  }
  journal.watchMemory('host');
  const outputAt = memory.size - size;
  return enter(parts, name, input, outputAt - input.length, outputAt, size);
}

/** Copies the input in, calls, and records the output. Returns null when done, else the buffer size of the next attempt. */
function enter(
  { shared, guest, memory, journal }: CallParts,
  name: string,
  input: Uint8Array,
  inputAt: number,
  outputAt: number,
  size: number,
): number | null {
  if (!memory.write(inputAt, input)) throw new GuestError('failed to write input to WASM memory');
  shared.set(words.phase, phases.label);
  const code = prefixed('WASM function call failed: ', () =>
    guest.invoke(name, [inputAt, input.length, outputAt, size]),
  );
  if (code === null) throw new GuestError('WASM function returned no results');
  const hint = code === tooSmallCode ? (memory.readU32(outputAt) ?? 0) : 0;
  journal.returned(code, hint);
  if (code === tooSmallCode) return hint > 0 ? hint : 2 * size;
  if (code < 0) throw new GuestError(`WASM function returned error code: ${code}`);
  // An empty output is never read, so its buffer may lie outside the memory.
  const output = code === 0 ? noBytes : memory.read(outputAt, code);
  if (output === null) throw new GuestError(`failed to read output from WASM memory (len=${code})`);
  journal.output(output);
  return null;
}

const noBytes = new Uint8Array(0);

function allocate({ shared, guest }: CallParts, what: 'input' | 'output', size: number): number {
  shared.set(words.phase, what === 'input' ? phases.allocInput : phases.allocOutput);
  return prefixed(`failed to allocate WASM ${what} buffer: `, () => {
    const pointer = guest.invoke('alloc', [size]);
    if (pointer === null) throw new GuestError('alloc returned no result');
    if (pointer === 0) throw new GuestError('alloc returned null pointer');
    return pointer >>> 0;
  });
}

/** Frees a buffer. Errors are ignored, because the gateway only logs them (gateway spec 1.5). */
function release({ shared, guest }: CallParts, pointer: number, size: number): void {
  if (pointer === 0 || size === 0) return;
  shared.set(words.phase, phases.dealloc);
  try {
    guest.invoke('dealloc', [pointer, size], 'uncancellable');
  } catch (thrown) {
    if (!(thrown instanceof GuestError)) throw thrown;
    shared.set(words.failedFrees, shared.get(words.failedFrees) + 1);
  }
}

function prefixed<T>(prefix: string, run: () => T): T {
  try {
    return run();
  } catch (thrown) {
    throw thrown instanceof GuestError ? thrown.withPrefix(prefix) : thrown;
  }
}
