/** Reads the name section as wazero does: eagerly, with its errors, and with little regard for the sizes of subsections (wazero spec 2.4). */
import type { Cursor } from './cursor.ts';
import type { NameEntry, Names } from './module.ts';
import { withContext } from './refused.ts';

const subsection = { module: 0, functions: 1, locals: 2 } as const;

/**
 * Reads `limit` bytes from the cursor; refuses with wazero's text. When a subsection's size exceeds what is left, wazero's counter
 * wraps and it reads to the end of the file; this does the same.
 */
export function readNames(cursor: Cursor, limit: number): Names {
  let left = limit;
  let module = '';
  let functions: readonly NameEntry[] = [];
  while (left > 0) {
    if (cursor.left === 0) break;
    const id = cursor.byte();
    const sizeAt = cursor.at;
    const size = withContext(`failed to read the size of subsection[${id}]`, () => cursor.u32());
    left -= 1 + (cursor.at - sizeAt);
    if (left < 0) left = Infinity;
    if (id === subsection.module) module = cursor.utf8('module name');
    else if (id === subsection.functions) functions = readFunctionNames(cursor);
    else if (id === subsection.locals) readLocalNames(cursor);
    else withContext(`failed to skip subsection[${id}]`, () => cursor.discard(size));
    left -= size;
    if (left < 0) left = Infinity;
  }
  return { module, functions };
}

/**
 * Function index → name in wazero's stack traces. wazero walks names and functions in parallel, so an entry after one with a higher
 * index is ignored, and the first of two entries for the same function is used.
 */
export function functionNames(entries: readonly NameEntry[], functionCount: number): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  let next = 0;
  for (const entry of entries) {
    if (entry.index < next) continue;
    if (entry.index >= functionCount) break;
    names.set(entry.index, entry.name);
    next = entry.index + 1;
  }
  return names;
}

function readFunctionNames(cursor: Cursor): NameEntry[] {
  const count = readFunctionCount(cursor, subsection.functions);
  const entries: NameEntry[] = [];
  for (let read = 0; read < count; read++) {
    const index = readFunctionIndex(cursor, subsection.functions);
    entries.push({ index, name: cursor.utf8(`function[${index}] name`) });
  }
  return entries;
}

/** Local names are not used, but bad ones are refused. */
function readLocalNames(cursor: Cursor): void {
  const count = readFunctionCount(cursor, subsection.locals);
  for (let read = 0; read < count; read++) {
    const index = readFunctionIndex(cursor, subsection.locals);
    const locals = withContext(`failed to read the local count for function[${index}]`, () => cursor.u32());
    for (let local = 0; local < locals; local++) {
      const localIndex = withContext(`failed to read a local index of function[${index}]`, () => cursor.u32());
      cursor.utf8(`function[${index}] local[${localIndex}] name`);
    }
  }
}

function readFunctionCount(cursor: Cursor, id: number): number {
  return withContext(`failed to read the function count of subsection[${id}]`, () => cursor.u32());
}

function readFunctionIndex(cursor: Cursor, id: number): number {
  return withContext(`failed to read a function index in subsection[${id}]`, () => cursor.u32());
}
