/** Reads types: value types, function types with their groups, limits, tables, globals, with wazero's texts (wazero spec 2.1, 3.1). */
import type { Cursor } from './cursor.ts';
import type { GlobalType, Limits, ByteSpan, TableType } from './module.ts';
import { Refused, withContext } from './refused.ts';
import { readConstExpression } from './decodeConst.ts';
import {
  type Signature,
  type ValueType,
  abstractRef,
  concreteRef,
  exnref,
  externref,
  f32,
  f64,
  funcref,
  i32,
  i64,
  isConcrete,
  refNullPrefix,
  refPrefix,
  typeIndexOf,
  v128,
} from './valueTypes.ts';

/** Type bytes without a heap type behind them. */
const plainTypes: ReadonlySet<number> = new Set([i32, i64, f32, f64, v128, funcref, externref, exnref]);

/** wazero's limit for the minimum size of a table, in elements. */
const maxTableMin = 2 ** 27;

/** Whether the byte is a complete value type, without a heap type behind it. */
export function isPlainType(byte: number): boolean {
  return plainTypes.has(byte);
}

/** Whether the byte begins a `(ref …)` or `(ref null …)` type. */
export function isRefPrefix(byte: number): boolean {
  return byte === refNullPrefix || byte === refPrefix;
}

/** Reads the heap type behind a `(ref …)` or `(ref null …)` byte. */
export function readRefType(cursor: Cursor, nullable: boolean): ValueType {
  const heapType = withContext('read ref heap type', () => cursor.s33());
  const abstract = abstractRef(heapType, nullable);
  if (abstract !== undefined) return abstract;
  if (heapType < 0) throw new Refused(`unknown abstract heap type: ${heapType}`);
  return concreteRef(heapType, nullable);
}

/** Reads a value type. */
function readValueType(cursor: Cursor): ValueType {
  const byte = cursor.byte();
  if (isPlainType(byte)) return byte;
  if (isRefPrefix(byte)) return readRefType(cursor, byte === refNullPrefix);
  throw new Refused(`invalid value type: ${byte}`);
}

function readValueTypes(cursor: Cursor, count: number): ValueType[] {
  const types: ValueType[] = [];
  for (let read = 0; read < count; read++) types.push(readValueType(cursor));
  return types;
}

/** The type section. */
export function readTypes(cursor: Cursor): Signature[] {
  const count = withContext('get size of vector', () => cursor.u32());
  const types: Signature[] = [];
  for (let index = 0; index < count; index++) {
    const context = `read ${index}-th type`;
    const form = withContext(context, () => cursor.byte());
    if (form === 0x4e) {
      readGroup(cursor, types);
      continue;
    }
    cursor.at--;
    const type = withContext(context, () => readSignature(cursor));
    checkForwardRefs(type, types.length);
    types.push(type);
  }
  return types;
}

/** Reads a rec group, whose types may refer to each other. wazero accepts only function types in it. */
function readGroup(cursor: Cursor, types: Signature[]): void {
  const size = withContext('read rec group count', () => cursor.u32());
  const first = types.length;
  for (let position = 0; position < size; position++) {
    const type = withContext(`read ${position}-th type in rec group`, () => readSignature(cursor));
    types.push({ ...type, group: { position, size } });
  }
  for (const type of types.slice(first)) checkForwardRefs(type, first + size);
}

function readSignature(cursor: Cursor): Signature {
  const form = withContext('read leading byte', () => cursor.byte());
  if (form !== 0x60) throw new Refused(`invalid byte: ${hex(form)} != 0x60`);
  const paramCount = withContext('could not read parameter count', () => cursor.u32());
  const params = withContext('could not read parameter types', () => readValueTypes(cursor, paramCount));
  const resultCount = withContext('could not read result count', () => cursor.u32());
  const results = withContext('could not read result types', () => readValueTypes(cursor, resultCount));
  return { params, results };
}

function checkForwardRefs(type: Signature, known: number): void {
  const check = (types: readonly ValueType[], side: string): void => {
    for (const [index, each] of types.entries()) {
      if (!isConcrete(each) || typeIndexOf(each) < known) continue;
      throw new Refused(`unknown type index ${typeIndexOf(each)} in ${side}[${index}]`);
    }
  };
  check(type.params, 'param');
  check(type.results, 'result');
}

/** Reads limits, and whether the flag marks a shared memory. */
export function readLimits(cursor: Cursor): Limits & { readonly shared: boolean } {
  const flag = withContext('read leading byte', () => cursor.byte());
  if (flag > 0x03) throw new Refused(`invalid byte for limits: ${hex(flag)} not in (0x00, 0x01, 0x02, 0x03)`);
  const min = withContext('read min of limit', () => cursor.u32());
  const max = (flag & 1) === 0 ? null : withContext('read max of limit', () => cursor.u32());
  return { min, max, shared: flag >= 0x02 };
}

/** Reads a table type. As in wazero, the type byte is not checked. */
export function readTable(cursor: Cursor): TableType {
  let byte = withContext('read leading byte', () => cursor.byte());
  const hasInit = byte === 0x40;
  if (hasInit) {
    const reserved = withContext('read reserved byte after 0x40', () => cursor.byte());
    if (reserved !== 0) {
      throw new Refused(`expected 0x00 after 0x40 table prefix, got 0x${reserved.toString(16).padStart(2, '0')}`);
    }
    byte = withContext('read table ref type', () => cursor.byte());
  }
  const type = isRefPrefix(byte) ? readRefType(cursor, byte === refNullPrefix) : byte;
  const { min, max, shared } = withContext('read limits', () => readLimits(cursor));
  if (min > maxTableMin) throw new Refused(`table min must be at most ${maxTableMin}`);
  if (max !== null && max < min) throw new Refused('table size minimum must not be greater than maximum');
  if (shared) throw new Refused('tables cannot be marked as shared');
  const init: ByteSpan | null = hasInit ? withContext('read table init expr', () => readConstExpression(cursor)) : null;
  return { type, min, max, init };
}

/** Reads a global type. */
export function readGlobalType(cursor: Cursor): GlobalType {
  const type = withContext('read value type', () => readValueType(cursor));
  const mutability = withContext('read mutablity', () => cursor.byte());
  if (mutability > 1) throw new Refused(`invalid byte for mutability: ${hex(mutability)} != 0x00 or 0x01`);
  return { type, mutable: mutability === 1 };
}

/** A number as Go's `%#x` prints it. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
