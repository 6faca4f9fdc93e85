/** What V8 throws out of a guest, turned into the error that wazero would return (wazero spec 5). */
import { v8StackFrames } from '../shared/abi.ts';
import { ExitSignal, GuestError, HostPanic, exitError } from '../shared/guestError.ts';
import type { ModuleFacts } from '../shared/moduleFacts.ts';
import { webAssembly } from '../shared/webAssembly.ts';

/** wazero's text by V8's message; V8 has one message for two pairs, which the prepared module tells apart by trap sites. */
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

/** Makes V8 keep as many frames as wazero prints; for the whole thread. */
export function keepLongStacks(): void {
  Error.stackTraceLimit = v8StackFrames;
}

/**
 * The guest's error for whatever came out of a call into it. Something that neither the guest nor wazero would raise is a
 * mistake of ours, and is thrown on.
 */
export function guestErrorOf(thrown: unknown, facts: ModuleFacts): GuestError {
  if (thrown instanceof GuestError) return thrown;
  if (thrown instanceof ExitSignal) return exitError(thrown.code);
  if (thrown instanceof HostPanic) {
    const host = facts.imports.get(thrown.from);
    const frames = wasmFrames(thrown).map((frame) => frame.index);
    return new GuestError(`${thrown.message} (recovered by wazero)`, host === undefined ? frames : [host, ...frames]);
  }
  if (thrown instanceof webAssembly.RuntimeError) {
    const frames = wasmFrames(thrown);
    const text = trapSiteOf(thrown, facts) ?? trapTexts.get(thrown.message) ?? thrown.message;
    return new GuestError(
      `wasm error: ${text}`,
      frames.map((frame) => frame.index),
      true,
    );
  }
  if (thrown instanceof RangeError && thrown.message === stackOverflow) return new GuestError('stack overflow');
  throw thrown;
}

/** What an `unreachable` of ours stands for, when that is what trapped; undefined for the guest's own traps. */
export function trapSiteOf(thrown: unknown, facts: ModuleFacts): string | undefined {
  if (!(thrown instanceof webAssembly.RuntimeError)) return undefined;
  const [innermost] = wasmFrames(thrown);
  return innermost === undefined ? undefined : facts.trapSites.get(innermost.offset);
}

/** A guest's frame: the index of the function and the offset of the instruction in the compiled bytes. */
interface WasmFrame {
  readonly index: number;
  readonly offset: number;
}

/** The guest's frames of an error, innermost first. A frame's place stands at the end of its line, after the function's name. */
function wasmFrames(error: Error): WasmFrame[] {
  const frames: WasmFrame[] = [];
  for (const [, index = '', offset = ''] of (error.stack ?? '').matchAll(
    /wasm-function\[(\d+)\]:0x([0-9a-f]+)\)?$/gm,
  )) {
    frames.push({ index: Number(index), offset: Number.parseInt(offset, 16) });
  }
  return frames;
}
