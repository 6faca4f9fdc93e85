/** Turns what V8 throws out of a guest into the error that wazero returns (wazero spec 5). */
import { v8StackFrames } from '../shared/abi.ts';
import { ExitSignal, type FrameAddress, GuestError, HostPanic, exitError } from '../shared/guestError.ts';
import type { ModuleFacts } from '../shared/moduleFacts.ts';
import { webAssembly } from '../shared/webAssembly.ts';

/**
 * V8's message → wazero's text. Two V8 messages stand for two wazero traps each; `ModuleFacts.trapSites` tells those apart by the
 * offset of the trap.
 */
const trapTexts: ReadonlyMap<string, string> = new Map([
  ['unreachable', 'unreachable'],
  ['divide by zero', 'integer divide by zero'],
  ['remainder by zero', 'integer divide by zero'],
  ['divide result unrepresentable', 'integer overflow'],
  ['float unrepresentable in integer range', 'integer overflow'],
  ['memory access out of bounds', 'out of bounds memory access'],
  ['data segment out of bounds', 'out of bounds memory access'],
  ['table index is out of bounds', 'invalid table access'],
  ['table access out of bounds', 'invalid table access'],
  ['element segment out of bounds', 'invalid table access'],
  ['null function or function signature mismatch', 'indirect call type mismatch'],
  ['function signature mismatch', 'indirect call type mismatch'],
]);

const stackOverflow = 'Maximum call stack size exceeded';

/** Makes V8 record as many stack frames as wazero prints, in the whole thread. */
export function raiseStackTraceLimit(): void {
  Error.stackTraceLimit = v8StackFrames;
}

/** The guest's error for a value thrown by a call into the guest. Rethrows what is a bug of this program. */
export function guestErrorOf(thrown: unknown, facts: ModuleFacts): GuestError {
  if (thrown instanceof GuestError) return thrown;
  if (thrown instanceof ExitSignal) return exitError(thrown.code);
  if (thrown instanceof HostPanic) {
    const host = facts.imports.get(thrown.origin);
    const frames = wasmFrames(thrown);
    return new GuestError(`${thrown.message} (recovered by wazero)`, {
      frames: host === undefined ? frames : [{ index: host, offset: null }, ...frames],
    });
  }
  if (thrown instanceof webAssembly.RuntimeError) {
    const frames = wasmFrames(thrown);
    const text = trapSiteOf(thrown, facts) ?? trapTexts.get(thrown.message) ?? thrown.message;
    return new GuestError(`wasm error: ${text}`, { frames, isTrap: true });
  }
  if (thrown instanceof RangeError && thrown.message === stackOverflow) return new GuestError('stack overflow');
  throw thrown;
}

/** The meaning of the inserted `unreachable` that trapped; undefined for the guest's own traps. */
export function trapSiteOf(thrown: unknown, facts: ModuleFacts): string | undefined {
  if (!(thrown instanceof webAssembly.RuntimeError)) return undefined;
  const [innermost] = wasmFrames(thrown);
  return innermost === undefined ? undefined : facts.trapSites.get(innermost.offset);
}

/** The guest's frames below this call, innermost first; null when the guest is not running. */
export function guestFramesHere(): readonly FrameAddress[] | null {
  const frames = wasmFrames(new Error());
  return frames.length === 0 ? null : frames;
}

/** The guest's frames of an error, innermost first. V8 prints index and offset at the end of a line, after the function's name. */
function wasmFrames(error: Error): (FrameAddress & { readonly offset: number })[] {
  const frames = [];
  for (const [, index = '', offset = ''] of (error.stack ?? '').matchAll(
    /wasm-function\[(\d+)\]:0x([0-9a-f]+)\)?$/gm,
  )) {
    frames.push({ index: Number(index), offset: Number.parseInt(offset, 16) });
  }
  return frames;
}
