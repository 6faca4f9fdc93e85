/** Makes the stack of a guard that stopped readable: names and places of the source, and what would give more. */
import type { GuardStack, StackFrame } from '../difc/record/stackFrame.ts';
import { DebugInfo, type LocatedCode } from '../dwarf/debugInfo.ts';
import { type ModuleOrigin, buildHint } from './buildHints.ts';
import { FunctionBodies } from './functionBodies.ts';
import { demangle } from './demangle.ts';
import { ModuleSymbols } from './moduleSymbols.ts';
import { SourceMap, type SourceMapText } from './sourceMap.ts';

/** A frame of a stack in the guard's file. */
export interface FrameOffset {
  /** Function index, imports counted. */
  readonly index: number;
  /** Offset of the instruction in the guard's file; null for an imported function. */
  readonly offset: number | null;
}

/** What the frames of a stack lack. */
interface Lacks {
  /** Functions without a name. */
  unnamed: number;
  /** Functions of the module without any place. */
  unplaced: number;
}

/** Reads the stacks of one module. What it read is kept for the next stack. */
export class StackReader {
  readonly #symbols: ModuleSymbols;
  readonly #debug: DebugInfo;
  readonly #bodies: FunctionBodies;
  readonly #map: SourceMap | null;
  /** Whether the debug information has a function that the module does not have. It is not used then. */
  #isForeign = false;

  /** `bytes`: the guard's file. It must not change. `map`: its source map; null when it names none. */
  constructor(bytes: Uint8Array, map: SourceMapText | null = null) {
    this.#symbols = new ModuleSymbols(bytes);
    this.#debug = new DebugInfo(bytes, this.#symbols.sections);
    this.#bodies = new FunctionBodies(bytes, this.#symbols.sections);
    this.#map = map === null ? null : new SourceMap(map, bytes.length);
  }

  /** The stack of these frames, innermost first. Never throws. */
  read(addresses: readonly FrameOffset[]): GuardStack {
    const lacks: Lacks = { unnamed: 0, unplaced: 0 };
    const located = addresses.map(({ offset }) => (offset === null ? null : this.#debug.locate(offset)));
    this.#isForeign ||= addresses.some(({ offset }, at) => !this.#fits(located[at] ?? null, offset));
    const frames = addresses.flatMap((address, at) => {
      const found = (this.#isForeign ? null : located[at]) ?? this.#mapped(address) ?? nowhere;
      return this.#framesOf(address, found, lacks);
    });
    return { frames, notes: this.#notes(frames, lacks) };
  }

  /** The place in the source map, which has no functions. */
  #mapped({ offset }: FrameOffset): LocatedCode | null {
    const body = offset === null ? null : this.#bodies.at(offset);
    if (offset === null || body === null) return null;
    const at = this.#map?.at(offset, body) ?? null;
    return at === null ? null : { places: [{ function: null, at }], code: null };
  }

  /** The inlined functions at an instruction, and its function. */
  #framesOf({ index, offset }: FrameOffset, { places }: LocatedCode, lacks: Lacks): readonly StackFrame[] {
    const name = this.#symbols.functionName(index) ?? demangled(places.at(-1)?.function ?? null);
    if (name === null) lacks.unnamed++;
    if (offset !== null && places.every(({ at }) => at === null)) lacks.unplaced++;
    return places.map((place, depth): StackFrame => {
      const inlined = depth < places.length - 1;
      const called = inlined ? (demangled(place.function) ?? '(inlined)') : (name ?? `$${index}`);
      return { function: called, index, offset, at: place.at, inlined };
    });
  }

  /** Whether the function in the debug information is one of the module: it begins behind the size in front of a body. */
  #fits(located: LocatedCode | null, offset: number | null): boolean {
    const code = located?.code ?? null;
    const body = offset === null ? null : this.#bodies.at(offset);
    if (code === null || body === null) return true;
    return body.start <= code.start && code.start <= body.start + longestSize && code.end <= body.end;
  }

  #notes(frames: readonly StackFrame[], { unnamed, unplaced }: Lacks): readonly string[] {
    const { origin } = this.#symbols;
    const notes: string[] = [];
    if (unnamed > 0) notes.push(unnamedNote(unnamed, buildHint(origin, 'names')));
    if (this.#isForeign) notes.push(foreignNote);
    notes.push(...this.#debug.problems);
    const mapProblem = this.#map?.problem ?? null;
    if (mapProblem !== null && unplaced > 0) notes.push(mapProblem);
    const hasPlaces = this.#debug.exists || this.#map !== null;
    if (unplaced > 0 && !hasPlaces && this.#debug.problems.size === 0) {
      notes.push(
        `The module has no debug information, so files and lines are not known. ${buildHint(origin, 'places')}`,
      );
    }
    if (isRustPanic(frames) && !canWrite(origin)) notes.push(lostPanicNote);
    return notes;
  }
}

/** Most bytes of the size in front of a function body. */
const longestSize = 5;

const nowhere: LocatedCode = { places: [{ function: null, at: null }], code: null };

const foreignNote =
  'The debug information is not of this build: its functions do not fit the functions of the module, so it is not used. Run wasm-opt with -g, or not at all';

function demangled(name: string | null): string | null {
  return name === null ? null : demangle(name);
}

function isRustPanic(frames: readonly StackFrame[]): boolean {
  return frames.some((frame) => /^(?:core|std)::panicking::/.test(frame.function));
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
