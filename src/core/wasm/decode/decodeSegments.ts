/** Reads the element and data sections (wazero spec 3.1). */
import type { Cursor } from './cursor.ts';
import { readConstExpression } from './decodeConst.ts';
import { hex, isRefPrefix, readRefType } from './decodeTypes.ts';
import type { DataSegment, ElementSegment, ByteSpan } from './module.ts';
import { Refused, withContext } from './refused.ts';
import { type ValueType, asNonNullable, externref, funcref, refNullPrefix } from './valueTypes.ts';

/** wazero refuses function indexes from here on. */
const maxFunctionIndex = 2 ** 27;

/** The section's segments in order. */
export function readElements(cursor: Cursor): ElementSegment[] {
  const count = withContext('get size of vector', () => cursor.u32());
  const segments: ElementSegment[] = [];
  for (let read = 0; read < count; read++) segments.push(withContext('read element', () => readElement(cursor)));
  return segments;
}

/**
 * Reads one segment. The flags are three bits: 1: not active; 2: has a table index, or, when not active, is declarative; 4: consists
 * of expressions. In wazero a list of function indexes has the type `(ref func)`.
 */
function readElement(cursor: Cursor): ElementSegment {
  const start = cursor.at;
  const flags = withContext('read element prefix', () => cursor.u32());
  if (flags > 7) throw new Refused(`invalid element segment prefix: ${hex(flags)}`);
  const active = (flags & 1) === 0;
  const explicit = (flags & 2) !== 0;
  const byExpression = (flags & 4) !== 0;
  const table = active && explicit ? withContext('get size of vector', () => cursor.u32()) : 0;
  const offset = active ? withContext('read expr for offset', () => readConstExpression(cursor)) : null;
  let type = byExpression ? funcref : asNonNullable(funcref);
  if (!active || explicit) {
    if (byExpression) type = readElementType(cursor);
    else readElementKind(cursor);
  }
  return {
    start,
    mode: active ? 'active' : explicit ? 'declarative' : 'passive',
    type,
    table,
    offset,
    functions: byExpression ? null : readFunctionIndexes(cursor),
    expressions: byExpression ? readExpressions(cursor) : null,
    end: cursor.at,
  };
}

function readElementKind(cursor: Cursor): void {
  const kind = withContext('read element prefix', () => cursor.byte());
  if (kind !== 0) throw new Refused(`element kind must be zero but was ${hex(kind)}`);
}

function readElementType(cursor: Cursor): ValueType {
  const byte = withContext('read element ref type', () => cursor.byte());
  if (isRefPrefix(byte)) return readRefType(cursor, byte === refNullPrefix);
  if (byte !== funcref && byte !== externref) throw new Refused(`invalid ref type for element: ${hex(byte)}`);
  return byte;
}

function readFunctionIndexes(cursor: Cursor): number[] {
  const count = withContext('get size of vector', () => cursor.u32());
  const indexes: number[] = [];
  for (let read = 0; read < count; read++) {
    const index = readFunctionIndex(cursor);
    if (index >= maxFunctionIndex) throw new Refused(`too large function index in Element init: ${index}`);
    indexes.push(index);
  }
  return indexes;
}

function readFunctionIndex(cursor: Cursor): number {
  try {
    return cursor.u32();
  } catch (thrown) {
    throw thrown instanceof Refused ? new Refused(`read function index: ${thrown.message}`) : thrown;
  }
}

function readExpressions(cursor: Cursor): ByteSpan[] {
  const count = withContext('failed to get the size of constexpr vector', () => cursor.u32());
  const expressions: ByteSpan[] = [];
  for (let read = 0; read < count; read++) expressions.push(readConstExpression(cursor));
  return expressions;
}

/** The section's segments in order. */
export function readData(cursor: Cursor): DataSegment[] {
  const count = withContext('get size of vector', () => cursor.u32());
  const segments: DataSegment[] = [];
  for (let read = 0; read < count; read++) segments.push(withContext('read data segment', () => readSegment(cursor)));
  return segments;
}

function readSegment(cursor: Cursor): DataSegment {
  const start = cursor.at;
  const flags = withContext('read data segment prefix', () => cursor.u32());
  if (flags > 2) throw new Refused(`invalid data segment prefix: ${hex(flags)}`);
  if (flags === 2) {
    const memory = withContext('read memory index', () => cursor.u32());
    if (memory !== 0) throw new Refused(`memory index must be zero but was ${memory}`);
  }
  const offset = flags === 1 ? null : withContext('read offset expression', () => readConstExpression(cursor));
  const size = withContext('get the size of vector', () => cursor.u32());
  const initStart = cursor.at;
  withContext('read bytes for init', () => cursor.pass(size));
  return { start, end: cursor.at, offset, init: { start: initStart, end: cursor.at } };
}
