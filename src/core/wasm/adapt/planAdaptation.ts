/** The edits of declarations that make V8 treat a module as wazero does: memory cap, private exports, no start section, inert elements. */
import { encodeU32 } from '../decode/leb128.ts';
import { effectiveMax } from '../decode/memoryCap.ts';
import type { DecodedModule, ElementSegment, Section } from '../decode/module.ts';
import type { Edit } from './rewrite.ts';
import { inertElements } from './segments.ts';
import { sectionId } from '../decode/sections.ts';
import type { Spaces } from '../decode/spaces.ts';
import { funcref, i32 } from '../decode/valueTypes.ts';
import type { BodyScan } from '../describe/scanBodies.ts';
import { exportState, type StateExports } from './stateExports.ts';
import { appendEntries } from './vectorSection.ts';

/** The edits, and what the host needs to know about the edited module. */
export interface Adaptation {
  readonly edits: readonly Edit[];
  /** Name of the export of memory 0; null without a memory. */
  readonly memoryExport: string | null;
  /** Name of the export of the start function; null without one. */
  readonly startExport: string | null;
  /** Export and index of the global that is 1 when the guest was closed; null for a guest that cannot close itself. */
  readonly closedFlag: AddedGlobal | null;
  /** The global that counts rounds of loops down; null when they are not counted. */
  readonly rounds: AddedGlobal | null;
  /** How the state of an instance is read; null when it is not exported. */
  readonly state: StateExports | null;
}

/** What a copy of a module has beyond what decides. */
export interface CopyOptions {
  /** Whether the rounds of loops are counted, to find the function of a call that does not end; default false. */
  readonly countsRounds?: boolean;
  /** Whether the state of an instance is exported, for snapshots; default false. The code is the same. */
  readonly exportsState?: boolean;
}

/** An added global. */
interface AddedGlobal {
  readonly export: string;
  readonly index: number;
}

/** Plans the edits for a module that wazero accepts and can link. */
export function planAdaptation(
  module: DecodedModule,
  spaces: Spaces,
  scan: BodyScan,
  { countsRounds = false, exportsState = false }: CopyOptions,
): Adaptation {
  const exports = new PrivateExports(module);
  const own = module.exports.find((each) => each.kind === 'memory')?.name;
  const memoryExport = spaces.memory === null ? null : (own ?? exports.add('guardscope:memory', 'memory', 0));
  const startExport = module.start === null ? null : exports.add('guardscope:start', 'func', module.start);
  const globals: (readonly number[])[] = [];
  const add = (name: string, global: readonly number[]): AddedGlobal => {
    const index = spaces.globals.length + globals.push(global) - 1;
    return { export: exports.add(name, 'global', index), index };
  };
  const closedFlag = canClose(module) ? add('guardscope:closed', mutableI32(0)) : null;
  const rounds = countsRounds ? add('guardscope:rounds', mutableI32(-1)) : null;
  const addExport = exports.add.bind(exports);
  const state = exportsState ? exportState(module, spaces, scan, addExport) : null;
  return {
    memoryExport,
    startExport,
    closedFlag,
    rounds,
    state,
    edits: [
      ...capMemory(module),
      ...(globals.length === 0 ? [] : appendEntries(module, sectionId.global, module.globals.length, globals)),
      ...appendEntries(module, sectionId.export, module.exports.length, exports.entries),
      ...removeStart(module),
      ...emptyElements(module, spaces),
    ],
  };
}

/** A mutable i32 global with an initial value from -64 to 63; -1 is the largest number of rounds. */
function mutableI32(initial: number): readonly number[] {
  return [i32, 0x01, 0x41, initial & 0x7f, 0x0b];
}

/** Whether the guest can close itself: only proc_exit closes a module that the gateway calls again afterwards (wazero spec 6.3, 6.5). */
function canClose({ imports }: DecodedModule): boolean {
  return imports.some((each) => each.module === 'wasi_snapshot_preview1' && each.name === 'proc_exit');
}

const kindBytes = { func: 0, table: 1, memory: 2, global: 3 } as const;

/** The added exports, under names that the module does not use. */
class PrivateExports {
  readonly entries: number[][] = [];
  readonly #taken: Set<string>;

  constructor({ exports }: DecodedModule) {
    this.#taken = new Set(exports.map((each) => each.name));
  }

  /** Adds an export and returns its name: `name`, followed by quotes until it is free. */
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

/** Writes the cap into the memory's limits, so that `memory.grow` obeys it (wazero spec 1.1, 1.2). */
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

/** Turns inert segments into declarative ones, so that indexes and declared functions stay the same. */
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
