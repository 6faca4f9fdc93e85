/** Decodes a module section by section, in wazero's order and with its errors (wazero spec 3.1). */
import { Cursor } from './cursor.ts';
import { readCode } from './decodeCode.ts';
import { readExports, readFunctions, readGlobals, readImports, readMemory, readTables } from './decodeSpaces.ts';
import { readData, readElements } from './decodeSegments.ts';
import { readTypes } from './decodeTypes.ts';
import type { DecodedModule, Section } from './module.ts';
import { readNames } from './names.ts';
import { Refused, addContext, refusalOf, withContext } from './refused.ts';
import { hasMagic, hasPreamble, inOrder, preambleSize, sectionId, sectionName } from './sections.ts';
import { externref, funcref, isPlain } from './valueTypes.ts';

type Draft = { -readonly [K in keyof DecodedModule]: DecodedModule[K] };

/** Decodes the whole binary; refuses with wazero's text. The result is decoded, not validated. */
export function decodeModule(bytes: Uint8Array): DecodedModule {
  if (!hasMagic(bytes)) throw new Refused('invalid magic number');
  if (!hasPreamble(bytes)) throw new Refused('invalid version header');
  const sections: Section[] = [];
  const draft = emptyModule(bytes, sections);
  const cursor = new Cursor(bytes, preambleSize);
  let previous = 0;
  while (cursor.left > 0) {
    const header = cursor.at;
    const id = cursor.byte();
    const size = withContext(`get size of section ${sectionName(id)}`, () => cursor.u32());
    if (!inOrder(id, previous)) throw new Refused('invalid section order');
    if (id !== sectionId.custom) previous = id;
    const start = cursor.at;
    let name = '';
    try {
      if (id === sectionId.custom) name = readCustom(cursor, size, draft);
      else readSection(cursor, id, draft);
      const read = cursor.at - start;
      if (read !== size) throw new Refused(`invalid section length: expected to be ${size} but got ${read}`);
    } catch (thrown) {
      throw thrown instanceof UnprefixedRefusal ? thrown : addContext(`section ${sectionName(id)}`, thrown);
    }
    sections.push({ id, header, start, end: cursor.at, name });
  }
  const { functions, code } = draft;
  if (functions.length !== code.length) {
    throw new Refused(`function and code section have inconsistent lengths: ${functions.length} != ${code.length}`);
  }
  draft.hasLaterTypes ||= declaresLaterTypes(draft);
  return draft;
}

/** A section that could not be read, and wazero's reason. */
export interface UnreadableSection {
  readonly section: Section;
  readonly reason: string;
}

/**
 * Decodes each section separately, for input that wazero may refuse. Unreadable sections are left out, and the sections may contradict
 * each other.
 */
export function decodeTolerantly(
  bytes: Uint8Array,
  sections: readonly Section[],
): { readonly module: DecodedModule; readonly unreadable: readonly UnreadableSection[] } {
  const draft = emptyModule(bytes, sections);
  const unreadable: UnreadableSection[] = [];
  for (const section of sections) {
    const { id, start, end } = section;
    const cursor = new Cursor(bytes, start, end);
    const refusal = refusalOf(() => {
      if (id === sectionId.custom) readCustom(cursor, end - start, draft);
      else readSection(cursor, id, draft);
    });
    if (refusal !== null) unreadable.push({ section, reason: refusal.message });
  }
  draft.hasLaterTypes ||= declaresLaterTypes(draft);
  return { module: draft, unreadable };
}

/** A refusal that wazero reports without the name of the section. */
class UnprefixedRefusal extends Refused {}

function unprefixed<T>(read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    throw thrown instanceof Refused && !thrown.panic ? new UnprefixedRefusal(thrown.message) : thrown;
  }
}

function emptyModule(bytes: Uint8Array, sections: readonly Section[]): Draft {
  return {
    bytes,
    sections,
    types: [],
    imports: [],
    functions: [],
    tables: [],
    memory: null,
    globals: [],
    exports: [],
    start: null,
    elements: [],
    hasCode: false,
    code: [],
    data: [],
    dataCount: null,
    names: null,
    hasLaterTypes: false,
  };
}

function readSection(cursor: Cursor, id: number, draft: Draft): void {
  switch (id) {
    case sectionId.type:
      draft.types = readTypes(cursor);
      break;
    case sectionId.import:
      draft.imports = unprefixed(() => readImports(cursor));
      break;
    case sectionId.function:
      draft.functions = readFunctions(cursor);
      break;
    case sectionId.table:
      draft.tables = readTables(cursor);
      break;
    case sectionId.memory:
      draft.memory = readMemory(cursor);
      break;
    case sectionId.tag:
      throw new UnprefixedRefusal('tag section not supported as feature "exception-handling" is disabled');
    case sectionId.global:
      draft.globals = unprefixed(() => readGlobals(cursor));
      break;
    case sectionId.export:
      draft.exports = readExports(cursor);
      break;
    case sectionId.start:
      draft.start = withContext('get function index', () => cursor.u32());
      break;
    case sectionId.element:
      draft.elements = readElements(cursor);
      break;
    case sectionId.code: {
      const { code, hasLaterTypes } = readCode(cursor);
      draft.hasCode = true;
      draft.code = code;
      draft.hasLaterTypes ||= hasLaterTypes;
      break;
    }
    case sectionId.data:
      draft.data = readData(cursor);
      break;
    case sectionId.dataCount:
      draft.dataCount = readDataCount(cursor);
      break;
    default:
      throw new Refused('invalid section id');
  }
}

/** The data count; as in wazero, 0 when the input ends before it. */
function readDataCount(cursor: Cursor): number {
  try {
    return cursor.u32();
  } catch (thrown) {
    if (thrown instanceof Refused && thrown.message === 'EOF') return 0;
    throw thrown;
  }
}

/** Reads the name section and skips other custom sections; returns the name of the section. */
function readCustom(cursor: Cursor, size: number, draft: Draft): string {
  const start = cursor.at;
  const name = cursor.utf8('custom section name');
  const nameSize = cursor.at - start;
  if (size < nameSize) throw new Refused(`malformed custom section ${name}`);
  if (name !== 'name') {
    unprefixed(() => withContext(`failed to skip name[${name}]`, () => cursor.discard(size - nameSize)));
    return name;
  }
  if (draft.names !== null) throw new Refused('redundant custom section name');
  draft.names = readNames(cursor, size - nameSize);
  return name;
}

function declaresLaterTypes({ types, tables, globals, elements }: DecodedModule): boolean {
  return (
    types.some((type) => type.group !== undefined || !type.params.every(isPlain) || !type.results.every(isPlain)) ||
    tables.some((table) => table.init !== null || (table.type !== funcref && table.type !== externref)) ||
    globals.some((global) => !isPlain(global.type)) ||
    // A list of function indexes has the type `(ref func)` without declaring it.
    elements.some(({ type, expressions }) => expressions !== null && !isPlain(type))
  );
}
