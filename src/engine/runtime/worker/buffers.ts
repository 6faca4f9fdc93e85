/** The buffer protocol of one guard call: where input and output lie, how often it is tried, what the answer means (gateway spec 1.4 to 1.7). */
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

/** What a call works on. */
export interface CallParts {
  readonly shared: SharedState;
  readonly guest: Guest;
  readonly memory: GuestMemory;
  readonly journal: EntryJournal;
}

/** The input as far as it came: over the limit only its length does. */
export interface CallInput {
  readonly length: number;
  readonly bytes: Uint8Array;
}

/** Calls one export with one input and records its output; throws `GuestError` with the gateway's text. */
export function callExport(parts: CallParts, name: string, input: CallInput): void {
  const { guest, memory, journal } = parts;
  if (!guest.has(name)) throw new GuestError(`function ${name} not exported from WASM module`);
  if (!memory.exists) throw new GuestError('WASM module has no memory');
  if (input.length > maxInputBytes) {
    throw new GuestError(`input too large: ${input.length} bytes (max ${maxInputBytes})`);
  }
  const attempt = guest.has('alloc') && guest.has('dealloc') ? allocatedAttempt : directAttempt;
  let size = firstOutputBytes;
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

/** Both buffers from the guest's allocator, given back in reverse order, whatever happens (gateway spec 1.5). */
function allocatedAttempt(parts: CallParts, name: string, input: Uint8Array, size: number): number | null {
  const inputAt = allocate(parts, 'input', input.length);
  try {
    const outputAt = allocate(parts, 'output', size);
    try {
      return enter(parts, name, input, inputAt, outputAt, size);
    } finally {
      release(parts, outputAt, size);
    }
  } finally {
    release(parts, inputAt, input.length);
  }
}

/** Both buffers at the very end of the memory, which is grown when needed and never shrinks (gateway spec 1.6). */
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

/** Copies the input in, calls, and takes the output; null when done, else the buffer size to try next. */
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
  // An empty output is never read, so its buffer may lie anywhere.
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

/** Gives a buffer back. The gateway only logs what goes wrong here, so it does not count (gateway spec 1.5). */
function release({ shared, guest }: CallParts, pointer: number, size: number): void {
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
    throw thrown instanceof GuestError ? thrown.withPrefix(prefix) : thrown;
  }
}
