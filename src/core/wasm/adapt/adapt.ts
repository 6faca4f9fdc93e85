/** The edits that make V8 treat a module as wazero does: memory cap, private exports, no start section, inert elements. */
import { encodeU32 } from '../decode/leb128.ts';
import { effectiveMax } from '../decode/memoryCap.ts';
import type { DecodedModule, ElementSegment, Section } from '../decode/module.ts';
import type { Edit } from './rewrite.ts';
import { inertElements } from './segments.ts';
import { sectionId } from '../decode/sections.ts';
import type { Spaces } from '../decode/spaces.ts';
import { funcref, i32 } from '../decode/valueTypes.ts';
import { appendEntries } from './vectorSection.ts';

/** What the module will look like to the host once the edits are applied. */
export interface Adaptation {
  readonly edits: readonly Edit[];
  /** The name under which memory 0 is exported; null without a memory. */
  readonly memoryExport: string | null;
  /** The name under which the start function is exported; null without one. */
  readonly startExport: string | null;
  /** A global that tells the guest it was closed: its export and its index; null for a guest that cannot close itself. */
  readonly closedFlag: { readonly export: string; readonly index: number } | null;
}

/** Works out the edits for a module that wazero accepts and can link. */
export function adapt(module: DecodedModule, spaces: Spaces): Adaptation {
  const exports = new PrivateExports(module);
  const own = module.exports.find((each) => each.kind === 'memory')?.name;
  const memoryExport = spaces.memory === null ? null : (own ?? exports.add('guardscope:memory', 'memory', 0));
  const startExport = module.start === null ? null : exports.add('guardscope:start', 'func', module.start);
  const flagIndex = spaces.globals.length;
  const closedFlag = canClose(module)
    ? { export: exports.add('guardscope:closed', 'global', flagIndex), index: flagIndex }
    : null;
  return {
    memoryExport,
    startExport,
    closedFlag,
    edits: [
      ...capMemory(module),
      ...(closedFlag === null ? [] : appendEntries(module, sectionId.global, module.globals.length, [flagGlobal])),
      ...appendEntries(module, sectionId.export, module.exports.length, exports.entries),
      ...removeStart(module),
      ...emptyElements(module, spaces),
    ],
  };
}

/** A mutable i32 that starts as 0. */
const flagGlobal: readonly number[] = [i32, 0x01, 0x41, 0x00, 0x0b];

/** Only proc_exit closes a module whose calls the gateway goes on making (wazero spec 6.3, 6.5). */
function canClose({ imports }: DecodedModule): boolean {
  return imports.some((each) => each.module === 'wasi_snapshot_preview1' && each.name === 'proc_exit');
}

const kindBytes = { func: 0, memory: 2, global: 3 } as const;

/** Exports that are put in, under names that are still free. */
class PrivateExports {
  readonly entries: number[][] = [];
  readonly #taken: Set<string>;

  constructor({ exports }: DecodedModule) {
    this.#taken = new Set(exports.map((each) => each.name));
  }

  /** Gives the name, with as many quotes behind it as it takes to be free. */
  add(name: string, kind: keyof typeof kindBytes, index: number): string {
    let free = name;
    while (this.#taken.has(free)) free += "'";
    this.#taken.add(free);
    const text = [...new TextEncoder().encode(free)];
    this.entries.push([...encodeU32(text.length), ...text, kindBytes[kind], ...encodeU32(index)]);
    return free;
  }
}

function sectionOf(module: DecodedModule, id: number): Section | undefined {
  return module.sections.find((each) => each.id === id);
}

/** Writes the cap into the memory's limits, where `memory.grow` meets it (wazero spec 1.1, 1.2). */
function capMemory(module: DecodedModule): Edit[] {
  const { memory } = module;
  const inside = sectionOf(module, sectionId.memory);
  if (memory === null || inside === undefined || memory.max === effectiveMax(memory)) return [];
  const bytes = [0x01, ...encodeU32(memory.min), ...encodeU32(effectiveMax(memory))];
  return [{ start: memory.start, end: memory.end, bytes, inside }];
}

function removeStart(module: DecodedModule): Edit[] {
  const section = sectionOf(module, sectionId.start);
  return section === undefined ? [] : [{ start: section.header, end: section.end, bytes: [], inside: null }];
}

/** Turns segments without effect into declarative ones, which keep their index and the functions they declare. */
function emptyElements(module: DecodedModule, spaces: Spaces): Edit[] {
  const inside = sectionOf(module, sectionId.element);
  if (inside === undefined) return [];
  return [...inertElements(module, spaces)].map((segment) => {
    return { start: segment.start, end: segment.end, bytes: declarative(module, segment), inside };
  });
}

function declarative(module: DecodedModule, { functions, expressions, type }: ElementSegment): number[] {
  if (functions !== null) return [0x03, 0x00, ...encodeU32(functions.length), ...functions.flatMap(encodeU32)];
  const values = (expressions ?? []).flatMap(({ start, end }) => [...module.bytes.subarray(start, end)]);
  const byte = type <= 0xff ? type : funcref;
  return [0x07, byte, ...encodeU32(expressions?.length ?? 0), ...values];
}
