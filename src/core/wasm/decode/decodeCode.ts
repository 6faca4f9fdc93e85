/** Reads the code section: sizes, local declarations and the span of each body. Bodies are not decoded (wazero spec 3.1). */
import type { Cursor } from './cursor.ts';
import { hex, isPlainType, isRefPrefix, readRefType } from './decodeTypes.ts';
import type { Code } from './module.ts';
import { Refused, addContext, withContext } from './refused.ts';
import { type ValueType, exnref, refNullPrefix } from './valueTypes.ts';

const endOpcode = 0x0b;
const maxLocals = 2 ** 32 - 1;

/** A run of declared locals of one type. */
export interface LocalRun {
  readonly count: number;
  readonly type: ValueType;
}

/** The entries, and whether a local has a type that WebAssembly 2.0 does not have. */
export function readCode(cursor: Cursor): { readonly code: Code[]; readonly hasLaterTypes: boolean } {
  const count = withContext('get size of vector', () => cursor.u32());
  const code: Code[] = [];
  let hasLaterTypes = false;
  for (let index = 0; index < count; index++) {
    try {
      const entry = readEntry(cursor);
      hasLaterTypes ||= entry.hasLaterTypes;
      code.push(entry.code);
    } catch (thrown) {
      throw addContext(`read ${index}-th code segment`, thrown);
    }
  }
  return { code, hasLaterTypes };
}

/** Reads the local declarations at the cursor. They were checked when the entry was read. */
export function readLocals(cursor: Cursor): LocalRun[] {
  const runs: LocalRun[] = [];
  const count = cursor.u32();
  for (let read = 0; read < count; read++) {
    const size = cursor.u32();
    const byte = cursor.byte();
    const type = isRefPrefix(byte) ? readRefType(cursor, byte === refNullPrefix) : byte;
    runs.push({ count: size, type });
  }
  return runs;
}

/** wazero reads the locals twice: first it checks types and count, then the size of the entry. */
function readEntry(cursor: Cursor): { readonly code: Code; readonly hasLaterTypes: boolean } {
  const start = cursor.at;
  const size = readU32(cursor, 'get the size of code');
  const locals = cursor.at;
  const end = locals + size;
  const runs = readU32(cursor, 'get the size locals');
  if (cursor.at > end) throw new Refused('EOF');
  const firstRun = cursor.at;
  const { localCount, hasLaterTypes } = checkLocals(cursor, runs);
  if (runs > 0) {
    cursor.at = firstRun;
    fitLocals(cursor, runs, end);
  }
  const body = cursor.at;
  if (body > end) throw new Refused('runtime error: makeslice: len out of range', { panic: true });
  withContext('read body', () => cursor.pass(end - body));
  if (end === body || cursor.bytes[end - 1] !== endOpcode) throw new Refused('expr not end with OpcodeEnd');
  return { code: { start, end, locals, localCount, body: { start: body, end } }, hasLaterTypes };
}

function checkLocals(cursor: Cursor, runs: number): { readonly localCount: number; readonly hasLaterTypes: boolean } {
  let localCount = 0;
  let hasLaterTypes = false;
  for (let read = 0; read < runs; read++) {
    localCount += readU32(cursor, 'read n of locals');
    const byte = withContext('read type of local', () => cursor.byte());
    if (isRefPrefix(byte)) withContext('read local ref heap type', () => cursor.s33());
    else if (!isPlainType(byte)) throw new Refused(`invalid local type: ${hex(byte)}`);
    hasLaterTypes ||= isRefPrefix(byte) || byte === exnref;
  }
  if (localCount > maxLocals) throw new Refused(`too many locals: ${localCount}`);
  return { localCount, hasLaterTypes };
}

function fitLocals(cursor: Cursor, runs: number, end: number): void {
  for (let read = 0; read < runs; read++) {
    cursor.u32();
    if (cursor.at + 1 > end) throw new Refused('EOF');
    const byte = cursor.byte();
    if (isRefPrefix(byte)) readRefType(cursor, byte === refNullPrefix);
  }
}

function readU32(cursor: Cursor, context: string): number {
  try {
    return cursor.u32();
  } catch (thrown) {
    throw addContext(context, thrown);
  }
}
