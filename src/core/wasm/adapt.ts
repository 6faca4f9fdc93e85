/** The edits that make V8 treat a module as wazero does: memory cap, private exports, no start section, inert elements. */
import { encodeU32, skipLeb128 } from './leb128.ts';
import { effectiveMax } from './memoryCap.ts';
import type { DecodedModule, ElementSegment, Section } from './module.ts';
import type { Edit } from './rewrite.ts';
import { inertElements } from './segments.ts';
import { sectionId } from './sections.ts';
import type { Spaces } from './spaces.ts';
import { funcref } from './valueTypes.ts';

/** An export that is put in. */
interface PrivateExport {
  readonly name: string;
  readonly kind: 'func' | 'memory';
  readonly index: number;
}

/** What the module will look like to the host once the edits are applied. */
export interface Adaptation {
  readonly edits: readonly Edit[];
  /** The name under which memory 0 is exported; null without a memory. */
  readonly memoryExport: string | null;
  /** The name under which the start function is exported; null without one. */
  readonly startExport: string | null;
}

/** Works out the edits for a module that wazero accepts and can link. */
export function adapt(module: DecodedModule, spaces: Spaces): Adaptation {
  const added: PrivateExport[] = [];
  const taken = new Set(module.exports.map((each) => each.name));
  const addExport = (name: string, kind: PrivateExport['kind'], index: number): string => {
    let free = name;
    while (taken.has(free)) free += "'";
    taken.add(free);
    added.push({ name: free, kind, index });
    return free;
  };
  const own = module.exports.find((each) => each.kind === 'memory')?.name;
  const memoryExport = spaces.memory === null ? null : (own ?? addExport('guardscope:memory', 'memory', 0));
  const startExport = module.start === null ? null : addExport('guardscope:start', 'func', module.start);
  return {
    memoryExport,
    startExport,
    edits: [
      ...capMemory(module),
      ...removeStart(module),
      ...emptyElements(module, spaces),
      ...(added.length === 0 ? [] : [addExports(module, added)]),
    ],
  };
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

const kindBytes = { func: 0, memory: 2 } as const;

/** Puts exports behind the module's own, in a section of its own if there is none. */
function addExports(module: DecodedModule, added: readonly PrivateExport[]): Edit {
  const entries = added.flatMap(({ name, kind, index }) => {
    const text = [...new TextEncoder().encode(name)];
    return [...encodeU32(text.length), ...text, kindBytes[kind], ...encodeU32(index)];
  });
  const section = sectionOf(module, sectionId.export);
  if (section === undefined) {
    const content = [...encodeU32(added.length), ...entries];
    const at = module.sections.find((each) => each.id > sectionId.export && each.id !== sectionId.tag)?.header;
    const start = at ?? module.bytes.length;
    return { start, end: start, bytes: [sectionId.export, ...encodeU32(content.length), ...content], inside: null };
  }
  const content = module.bytes.subarray(skipLeb128(module.bytes, section.start), section.end);
  const bytes = [...encodeU32(module.exports.length + added.length), ...content, ...entries];
  return { start: section.start, end: section.end, bytes, inside: section };
}
