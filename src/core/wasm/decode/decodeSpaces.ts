/** Reads the sections that fill the index spaces: imports, functions, tables, memory, globals, exports (wazero spec 3.1). */
import type { Cursor } from './cursor.ts';
import { readConstExpression } from './decodeConst.ts';
import { hex, readGlobalType, readLimits, readTable } from './decodeTypes.ts';
import { memoryLimitsError } from './memoryCap.ts';
import type { DefinedGlobal, Export, ExternKind, Import, Limits, ByteSpan, TableType } from './module.ts';
import { quoteGo } from '../../go/goText.ts';
import { Refused, withContext } from './refused.ts';

const kinds: readonly ExternKind[] = ['func', 'table', 'memory', 'global', 'tag'];

/** The import section. */
export function readImports(cursor: Cursor): Import[] {
  const count = readCount(cursor);
  const imports: Import[] = [];
  for (let index = 0; index < count; index++) {
    const module = withContext(`import[${index}] error decoding module`, () => cursor.utf8('import module'));
    const name = withContext(`import[${index}] error decoding name`, () => cursor.utf8('import name'));
    const kind = withContext(`import[${index}] error decoding type`, () => cursor.byte());
    const what = `import[${index}] ${kinds[kind] ?? hex(kind)}[${module}.${name}]`;
    imports.push(withContext(what, () => readImport(cursor, kind, module, name)));
  }
  return imports;
}

function readImport(cursor: Cursor, kind: number, module: string, name: string): Import {
  switch (kind) {
    case 0:
      return { module, name, kind: 'func', typeIndex: cursor.u32() };
    case 1:
      return { module, name, kind: 'table', table: readTable(cursor) };
    case 2:
      return { module, name, kind: 'memory', memory: readMemoryType(cursor) };
    case 3:
      return { module, name, kind: 'global', global: readGlobalType(cursor) };
    case 4:
      throw new Refused('tag imports require exception handling feature: feature "exception-handling" is disabled');
    default:
      throw new Refused(`invalid byte: invalid byte for importdesc: ${hex(kind)}`);
  }
}

/** The function section: the type index of each defined function. */
export function readFunctions(cursor: Cursor): number[] {
  const count = readCount(cursor);
  const functions: number[] = [];
  try {
    for (let read = 0; read < count; read++) functions.push(cursor.u32());
  } catch (thrown) {
    throw thrown instanceof Refused ? new Refused(`get type index: ${thrown.message}`) : thrown;
  }
  return functions;
}

/** The table section. */
export function readTables(cursor: Cursor): TableType[] {
  const count = readSize(cursor);
  const tables: TableType[] = [];
  for (let read = 0; read < count; read++) tables.push(readTable(cursor));
  return tables;
}

/** The memory section: at most one memory, within the gateway's cap. */
export function readMemory(cursor: Cursor): (Limits & ByteSpan) | null {
  const count = readSize(cursor);
  if (count > 1) throw new Refused(`at most one memory allowed in module, but read ${count}`);
  return count === 0 ? null : readMemoryType(cursor);
}

function readMemoryType(cursor: Cursor): Limits & ByteSpan {
  const start = cursor.at;
  const { min, max, shared } = readLimits(cursor);
  if (shared) throw new Refused('shared memory requested but threads feature not enabled');
  const error = memoryLimitsError({ min, max });
  if (error !== null) throw new Refused(error);
  return { min, max, start, end: cursor.at };
}

/** The global section. */
export function readGlobals(cursor: Cursor): DefinedGlobal[] {
  const count = readCount(cursor);
  const globals: DefinedGlobal[] = [];
  for (let index = 0; index < count; index++) {
    globals.push(
      withContext(`global[${index}]`, () => ({ ...readGlobalType(cursor), init: readConstExpression(cursor) })),
    );
  }
  return globals;
}

/** The export section. */
export function readExports(cursor: Cursor): Export[] {
  const count = readCount(cursor);
  const exports: Export[] = [];
  const seen = new Set<string>();
  for (let index = 0; index < count; index++) {
    const each = withContext('read export', () => readExport(cursor));
    if (seen.has(each.name)) throw new Refused(`export[${index}] duplicates name ${quoteGo(each.name)}`);
    seen.add(each.name);
    exports.push(each);
  }
  return exports;
}

function readExport(cursor: Cursor): Export {
  const name = cursor.utf8('export name');
  const byte = withContext('error decoding export kind', () => cursor.byte());
  const kind = kinds[byte];
  if (kind === undefined) throw new Refused(`invalid byte: invalid byte for exportdesc: ${hex(byte)}`);
  return { name, kind, index: withContext('error decoding export index', () => cursor.u32()) };
}

function readCount(cursor: Cursor): number {
  return withContext('get size of vector', () => cursor.u32());
}

/** The count of tables or memories. wazero's error for it omits the cause. */
function readSize(cursor: Cursor): number {
  try {
    return cursor.u32();
  } catch (thrown) {
    throw thrown instanceof Refused ? new Refused('error reading size') : thrown;
  }
}
