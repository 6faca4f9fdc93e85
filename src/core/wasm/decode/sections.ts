/** The sections of a module: their numbers, names and order, and a tolerant list of them for input of any kind. */
import { Cursor } from './cursor.ts';
import type { Section } from './module.ts';
import { Refused } from './refused.ts';

export const sectionId = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;

const sectionNames = [
  'custom',
  'type',
  'import',
  'function',
  'table',
  'memory',
  'global',
  'export',
  'start',
  'element',
  'code',
  'data',
  'data_count',
  'tag',
];

/** A section's name as wazero's errors print it. */
export function sectionName(id: number): string {
  return sectionNames[id] ?? 'unknown';
}

/**
 * Whether section `id` may follow `previous` (0: none yet) by wazero's rules. Custom sections may stand anywhere. A number
 * it does not know counts as out of order.
 */
export function inOrder(id: number, previous: number): boolean {
  if (id === sectionId.custom) return true;
  if (id === sectionId.tag) return previous <= sectionId.memory;
  if (previous === sectionId.tag) return id >= sectionId.global;
  if (id > sectionId.dataCount) return false;
  if (id === sectionId.dataCount) return previous <= sectionId.element;
  if (previous === sectionId.dataCount) return id >= sectionId.code;
  return id > previous;
}

/** What a tolerant look at the bytes found. */
export interface SectionList {
  /** Whether the input starts like a WebAssembly module of version 1. */
  readonly isModule: boolean;
  readonly sections: readonly Section[];
  /** Offset at which the list had to stop; null when it reached the end of the input. */
  readonly stoppedAt: number | null;
}

/** Lists the sections as far as their headers can be read. Never throws; a section that is cut ends where the input does. */
export function listSections(bytes: Uint8Array): SectionList {
  const isModule = hasPreamble(bytes);
  const sections: Section[] = [];
  if (!isModule) return { isModule, sections, stoppedAt: bytes.length === 0 ? null : 0 };
  const cursor = new Cursor(bytes, preambleSize);
  while (cursor.left > 0) {
    const header = cursor.at;
    try {
      const id = cursor.byte();
      const size = cursor.u32();
      const start = cursor.at;
      const end = Math.min(start + size, bytes.length);
      sections.push({ id, header, start, end, name: id === sectionId.custom ? customName(bytes, start, end) : '' });
      if (start + size > bytes.length) return { isModule, sections, stoppedAt: header };
      cursor.at = end;
    } catch (thrown) {
      if (thrown instanceof Refused) return { isModule, sections, stoppedAt: header };
      throw thrown;
    }
  }
  return { isModule, sections, stoppedAt: null };
}

/** Bytes before the first section: magic number and version. */
export const preambleSize = 8;

const magic = [0x00, 0x61, 0x73, 0x6d];
const version = [0x01, 0x00, 0x00, 0x00];

/** Whether the magic number is there. */
export function hasMagic(bytes: Uint8Array): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

/** Whether magic number and version are those of a core module. */
export function hasPreamble(bytes: Uint8Array): boolean {
  return hasMagic(bytes) && version.every((byte, index) => bytes[magic.length + index] === byte);
}

function customName(bytes: Uint8Array, start: number, end: number): string {
  try {
    return new Cursor(bytes, start, end).utf8('custom section name');
  } catch {
    return '';
  }
}
