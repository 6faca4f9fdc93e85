/** Reads the type of a block: empty, one result, or a function type of the module (wazero spec 2.2). */
import type { Cursor } from '../decode/cursor.ts';
import { Refused, withContext } from '../decode/refused.ts';
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
  v128,
} from '../decode/valueTypes.ts';

/** Block types without an index, by their signed number. */
const short: ReadonlyMap<number, Signature> = new Map([
  [-64, { params: [], results: [] }],
  ...[i32, i64, f32, f64, v128, funcref, externref, exnref].map((type) => [type - 0x80, oneResult(type)] as const),
]);

const nullableRef = -29;
const nonNullableRef = -28;

/** Reads a block type; refuses with wazero's text. */
export function readBlockType(cursor: Cursor, types: readonly Signature[]): Signature {
  const number = withContext('decode int33', () => cursor.s33());
  const known = short.get(number);
  if (known !== undefined) return known;
  if (number === nullableRef || number === nonNullableRef) {
    return oneResult(readRef(cursor, types, number === nullableRef));
  }
  const type = types[number];
  if (number < 0 || type === undefined) throw new Refused(`type index out of range: ${number}`);
  return type;
}

function readRef(cursor: Cursor, types: readonly Signature[], nullable: boolean): ValueType {
  const heapType = withContext('read ref heap type in block', () => cursor.s33());
  const abstract = abstractRef(heapType, nullable);
  if (abstract !== undefined) return abstract;
  if (heapType < 0) throw new Refused(`unknown abstract heap type in block: ${heapType}`);
  if (heapType >= types.length) throw new Refused('unknown type');
  return concreteRef(heapType, nullable);
}

function oneResult(type: ValueType): Signature {
  return { params: [], results: [type] };
}
