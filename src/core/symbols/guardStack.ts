/** Makes the stack of a guard that stopped readable: names of the source, and what would give more. */
import type { GuardStack, StackFrame } from '../difc/record/stackFrame.ts';
import { type ModuleOrigin, buildHint } from './buildHints.ts';
import { libraryOf } from './libraryFrames.ts';
import { ModuleSymbols } from './moduleSymbols.ts';

/** A frame of a stack in the guard's file. */
export interface FrameOffset {
  /** Function index, imports counted. */
  readonly index: number;
  /** Offset of the instruction in the guard's file; null for an imported function. */
  readonly offset: number | null;
}

/** Reads the stacks of one module. What it read is kept for the next stack. */
export class StackReader {
  readonly #symbols: ModuleSymbols;

  /** `bytes`: the guard's file. It must not change. */
  constructor(bytes: Uint8Array) {
    this.#symbols = new ModuleSymbols(bytes);
  }

  /** The stack of these frames, innermost first. Never throws. */
  read(addresses: readonly FrameOffset[]): GuardStack {
    const symbols = this.#symbols;
    let unnamed = 0;
    const frames = addresses.map(({ index, offset }): StackFrame => {
      const name = symbols.functionName(index);
      if (name === null) unnamed++;
      return { function: name ?? `$${index}`, index, offset, at: null, inlined: false };
    });
    const notes = unnamed === 0 ? [] : [unnamedNote(unnamed, buildHint(symbols.origin, 'names'))];
    if (isRustPanic(frames) && !canWrite(symbols.origin)) notes.push(lostPanicNote);
    return { frames, notes };
  }
}

function isRustPanic(frames: readonly StackFrame[]): boolean {
  return frames.some((frame) => /^(?:core|std)::panicking/.test(libraryOf(frame) ?? ''));
}

function canWrite({ names }: ModuleOrigin): boolean {
  return names.includes('fd_write');
}

/** On `wasm32-unknown-unknown`, Rust's standard error goes nowhere. */
const lostPanicNote =
  'Rust panicked, and its message is lost because the module has no standard error. Build for wasm32-wasip1, or pass the message to host_log in std::panic::set_hook';

function unnamedNote(unnamed: number, hint: string): string {
  const what =
    unnamed === 1 ? '1 function of the stack has no name' : `${unnamed} functions of the stack have no names`;
  return `${what} in the module. ${hint}`;
}
