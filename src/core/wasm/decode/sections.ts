/** The sections of a module: numbers, names, order, and a list of them for any input. */
import { Cursor } from './cursor.ts';
import type { Section } from './module.ts';
import { Refused } from './refused.ts';

/** Number of each section. */
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

/** The name of a section in wazero's errors. */
export function sectionName(id: number): string {
  return sectionNames[id] ?? 'unknown';
}

/**
 * Whether section `id` may follow section `previous` (0 for the first) by wazero's rules. Custom sections may be anywhere. Unknown
 * numbers are out of order.
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

/** The sections found in any input. */
export interface SectionList {
  /** Whether the input starts like a WebAssembly module of version 1. */
  readonly isModule: boolean;
  readonly sections: readonly Section[];
  /** Offset of the first unreadable header or incomplete section; null when the list reaches the end of the input. */
  readonly stoppedAt: number | null;
}

/** Lists the sections as far as their headers can be read. Never throws; an incomplete section ends at the end of the input. */
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

/** Size of magic number and version, in bytes. */
export const preambleSize = 8;

const magic = [0x00, 0x61, 0x73, 0x6d];
const version = [0x01, 0x00, 0x00, 0x00];

/** Whether the bytes begin with the magic number. */
export function hasMagic(bytes: Uint8Array): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

/** Whether the bytes begin with the magic number and the version of a core module. */
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
