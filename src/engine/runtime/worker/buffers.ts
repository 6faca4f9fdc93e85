/**
 * The buffer protocol of one guard call: where input and output lie, how often the call is tried, what the answer means.
 *
 * Strategy (gateway spec 1.4 to 1.7). A guest function is `f(inputAt, inputLength, outputAt, outputSize) -> i32`. The host does not
 * know how long the output will be, so it offers a buffer and offers a larger one when the guest asks for it:
 *
 *     size = 4 MiB                                       input longer than 8 MiB: refused before the guest is entered
 *     at most 3 attempts:
 *       place input and output of `size`                 allocator path or direct path, see below
 *       code = f(…)
 *       code = -2  ->  hint = u32 at outputAt            little endian; 0 also when it lies outside the memory
 *                      size = hint > 0 ? hint : 2 * size
 *                      size > 16 MiB: error; else the next attempt
 *       code < 0   ->  error with the code
 *       code = 0   ->  empty output                      success; the caller decides what an empty output means
 *       code > 0   ->  `code` bytes at outputAt          not compared with `size`, only with the end of the memory
 *     after the third -2: error that names the size a fourth attempt would have had
 *
 * The hint is obeyed as it stands: it may be smaller than the last size, and the output buffer is not cleared, so a guest that returns
 * -2 without writing a hint has its old bytes read as one.
 *
 * Allocator path, when the guest exports both `alloc` and `dealloc` (1.5): `alloc` input, `alloc` output, call, copy the output, then
 * `dealloc` output and input. Both `dealloc`s also run after a failure and after the deadline; their own failures do not count.
 * Direct path, otherwise (1.6): input and output lie side by side at the very end of the memory, which grows if needed, keeps the new
 * size, and may hold live data of the guest there.
 *
 * A retry repeats the whole attempt: both buffers, the copy of the input, the call. What the first attempt did stays done: changed
 * globals and memory, log lines, and look-ups, which are asked again (the limit of 50 is for all attempts together, 1.9 and 1.10).
 * Only -2 is retried. Every error ends the call; a trap in `alloc` or in the function also poisons the guard (1.8).
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
import type { Recorder } from './entryJournal.ts';
import { type SharedState, phases, words } from '../shared/workerContract.ts';

/** What a call works on. */
export interface CallWorld {
  readonly shared: SharedState;
  readonly guest: Guest;
  readonly memory: GuestMemory;
  readonly recorder: Recorder;
}

/** The input as far as it came: over the limit only its length does. */
export interface CallInput {
  readonly length: number;
  readonly bytes: Uint8Array;
}

/** Calls one export with one input and records its output; throws `GuestError` with the gateway's text. */
export function callExport(world: CallWorld, name: string, input: CallInput): void {
  const { guest, memory, recorder } = world;
  if (!guest.has(name)) throw new GuestError(`function ${name} not exported from WASM module`);
  if (!memory.exists) throw new GuestError('WASM module has no memory');
  if (input.length > maxInputBytes) {
    throw new GuestError(`input too large: ${input.length} bytes (max ${maxInputBytes})`);
  }
  const attempt = guest.has('alloc') && guest.has('dealloc') ? allocatedAttempt : directAttempt;
  let size = firstOutputBytes;
  for (let tries = 0; tries < maxAttempts; tries++) {
    recorder.attempt(size);
    const needed = attempt(world, name, input.bytes, size);
    if (needed === null) return;
    if (needed > maxOutputBytes) {
      throw new GuestError(`guard requires buffer of ${needed} bytes which exceeds maximum of ${maxOutputBytes} bytes`);
    }
    size = needed;
  }
  throw new GuestError(`failed after ${maxAttempts} attempts, buffer size ${size} still insufficient`);
}

/** Both buffers from the guest's allocator, given back in reverse order, whatever happens (gateway spec 1.5). */
function allocatedAttempt(world: CallWorld, name: string, input: Uint8Array, size: number): number | null {
  const inputAt = allocate(world, 'input', input.length);
  try {
    const outputAt = allocate(world, 'output', size);
    try {
      return enter(world, name, input, inputAt, outputAt, size);
    } finally {
      release(world, outputAt, size);
    }
  } finally {
    release(world, inputAt, input.length);
  }
}

/** Both buffers at the very end of the memory, which is grown when needed and never shrinks (gateway spec 1.6). */
function directAttempt(world: CallWorld, name: string, input: Uint8Array, size: number): number | null {
  const { memory, recorder } = world;
  const required = input.length + size + directMarginBytes;
  const before = memory.size;
  if (before < required && !memory.grow(pagesFor(required - before))) {
    throw new GuestError(`failed to grow WASM memory from ${before} to ${required} bytes`);
  }
  recorder.watchMemory('host');
  const outputAt = memory.size - size;
  return enter(world, name, input, outputAt - input.length, outputAt, size);
}

/** Copies the input in, calls, and takes the output; null when done, else the buffer size to try next. */
function enter(
  { shared, guest, memory, recorder }: CallWorld,
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
  recorder.returned(code, hint);
  if (code === tooSmallCode) return hint > 0 ? hint : 2 * size;
  if (code < 0) throw new GuestError(`WASM function returned error code: ${code}`);
  // An empty output is never read, so its buffer may lie anywhere.
  const output = code === 0 ? noBytes : memory.read(outputAt, code);
  if (output === null) throw new GuestError(`failed to read output from WASM memory (len=${code})`);
  recorder.output(output);
  return null;
}

const noBytes = new Uint8Array(0);

function allocate({ shared, guest }: CallWorld, what: 'input' | 'output', size: number): number {
  shared.set(words.phase, what === 'input' ? phases.allocInput : phases.allocOutput);
  return prefixed(`failed to allocate WASM ${what} buffer: `, () => {
    const pointer = guest.invoke('alloc', [size]);
    if (pointer === null) throw new GuestError('alloc returned no result');
    if (pointer === 0) throw new GuestError('alloc returned null pointer');
    return pointer >>> 0;
  });
}

/** Gives a buffer back. The gateway only logs what goes wrong here, so it does not count (gateway spec 1.5). */
function release({ shared, guest }: CallWorld, pointer: number, size: number): void {
  if (pointer === 0 || size === 0) return;
  shared.set(words.phase, phases.dealloc);
  try {
    guest.invoke('dealloc', [pointer, size], 'uncancellable');
  } catch (thrown) {
    if (!(thrown instanceof GuestError)) throw thrown;
  }
}

function prefixed<T>(prefix: string, run: () => T): T {
  try {
    return run();
  } catch (thrown) {
    throw thrown instanceof GuestError ? thrown.behind(prefix) : thrown;
  }
}
