/** The stack traces of one guard: the lines that the gateway prints, and the stack in the words of the guard's source. */
import type { GuardStack } from '../../../core/difc/record/stackFrame.ts';
import { StackReader } from '../../../core/symbols/guardStack.ts';
import type { SourceMapText } from '../../../core/symbols/sourceMap.ts';
import { originalOffset } from '../../../core/wasm/adapt/offsetMap.ts';
import { maxTraceFrames, omittedFrames, v8StackFrames } from './abi.ts';
import type { FrameAddress } from './guestError.ts';
import type { ReadyModule } from './moduleFacts.ts';

/** Reads stack traces; the module's names and debug information are read with the first one. */
export class GuestStacks {
  readonly #bytes: Uint8Array;
  readonly #ready: Pick<ReadyModule, 'frames' | 'offsets'>;
  readonly #map: SourceMapText | null;
  #reader: StackReader | null = null;

  /** `bytes`: the guard's file, unchanged as long as this object is used. `map`: its source map; null when it names none. */
  constructor(bytes: Uint8Array, ready: Pick<ReadyModule, 'frames' | 'offsets'>, map: SourceMapText | null = null) {
    this.#bytes = bytes;
    this.#map = map;
    this.#ready = ready;
  }

  /** The stack trace as wazero prints it: at most 30 frames, then a line about omitted ones (wazero spec 5.2). */
  trace(addresses: readonly FrameAddress[]): readonly string[] {
    const { frames } = this.#ready;
    const listed = addresses.slice(0, maxTraceFrames).map(({ index }) => frames[index] ?? `.$${index}()`);
    return addresses.length >= maxTraceFrames ? [...listed, omittedFrames] : listed;
  }

  /** The stack with names and places of the source. */
  stack(addresses: readonly FrameAddress[]): GuardStack {
    this.#reader ??= new StackReader(this.#bytes, this.#map);
    const stack = this.#reader.read(
      addresses.map(({ index, offset }) => {
        return { index, offset: offset === null ? null : originalOffset(this.#ready.offsets, offset) };
      }),
    );
    if (addresses.length < v8StackFrames) return stack;
    return { ...stack, notes: [`Only the innermost ${v8StackFrames} frames are known`, ...stack.notes] };
  }
}
