/** Reads and evaluates constant expressions, with the feature gate of wazero's decoder (wazero spec 2.2). */
import { Cursor } from './cursor.ts';
import type { ByteSpan } from './module.ts';
import { Refused, withContext } from './refused.ts';
import { type ValueType, concreteRef, exnref, externref, f32, f64, funcref, i32, i64, v128 } from './valueTypes.ts';

const op = {
  end: 0x0b,
  globalGet: 0x23,
  i32Const: 0x41,
  i64Const: 0x42,
  f32Const: 0x43,
  f64Const: 0x44,
  refNull: 0xd0,
  refFunc: 0xd2,
  vector: 0xfd,
} as const;

/** v128.const, the only vector instruction in constant expressions. */
const v128Const = 0x0c;

/** Instructions of the feature extended-const, which is off in wazero. */
const extendedConst: ReadonlyMap<number, string> = new Map([
  [0x6a, 'i32.add'],
  [0x6b, 'i32.sub'],
  [0x6c, 'i32.mul'],
  [0x7c, 'i64.add'],
  [0x7d, 'i64.sub'],
  [0x7e, 'i64.mul'],
]);

/** Reads an expression and returns its span, `end` included. Types are checked by `evaluateConst`. */
export function readConstExpression(cursor: Cursor): ByteSpan {
  const start = cursor.at;
  for (;;) {
    const opcode = withContext('read const expression opcode', () => cursor.byte());
    if (opcode === op.end) return { start, end: cursor.at };
    readInstruction(cursor, opcode);
  }
}

function readInstruction(cursor: Cursor, opcode: number): void {
  switch (opcode) {
    case op.i32Const:
      withContext('read value', () => cursor.s32());
      return;
    case op.i64Const:
      withContext('read value', () => cursor.s64());
      return;
    case op.f32Const:
      withContext('read f32 constant', () => cursor.pass(4));
      return;
    case op.f64Const:
      withContext('read f64 constant', () => cursor.pass(8));
      return;
    case op.globalGet:
    case op.refFunc:
      withContext('read value', () => cursor.u32());
      return;
    case op.refNull:
      readRefNull(cursor);
      return;
    case op.vector:
      readVector(cursor);
      return;
  }
  const gated = extendedConst.get(opcode);
  if (gated === undefined) throw new Refused(`invalid byte for const expression op code: 0x${opcode.toString(16)}`);
  throw new Refused(`${gated} is not supported in a constant expression as feature "extended-const" is disabled`);
}

function readRefNull(cursor: Cursor): void {
  const byte = withContext('read reference type for ref.null', () => cursor.byte());
  if (byte === funcref || byte === externref || byte === exnref) return;
  cursor.at--;
  try {
    cursor.u32();
  } catch (thrown) {
    throw thrown instanceof Refused ? new Refused(`invalid type for ref.null: 0x${byte.toString(16)}`) : thrown;
  }
}

function readVector(cursor: Cursor): void {
  const opcode = withContext('read vector instruction opcode suffix', () => cursor.byte());
  if (opcode !== v128Const) throw new Refused(`invalid vector opcode for const expression: 0x${opcode.toString(16)}`);
  const read = Math.min(16, cursor.left);
  cursor.at += read;
  const context = 'read vector const instruction immediates';
  if (read === 0) throw new Refused(`${context}: EOF`);
  if (read < 16) throw new Refused(`${context}: needs 16 bytes but was ${read} bytes`);
}

/** Resolves the indexes in an expression; both functions may refuse. */
export interface ConstResolver {
  readonly global: (index: number) => ValueType;
  readonly func: (index: number) => void;
}

/** The type of an expression's value, and the signed value of an i32 constant; the value is 0 for everything else. */
export interface ConstValue {
  readonly type: ValueType;
  readonly value: number;
}

/** Evaluates an expression that `readConstExpression` has read; refuses when it does not leave exactly one value. */
export function evaluateConst(bytes: Uint8Array, span: ByteSpan, resolver: ConstResolver): ConstValue {
  const cursor = new Cursor(bytes, span.start, span.end);
  const stack: ConstValue[] = [];
  for (;;) {
    const opcode = cursor.byte();
    if (opcode === op.end) break;
    stack.push(evaluateInstruction(cursor, opcode, resolver));
  }
  const [only] = stack;
  if (only === undefined || stack.length !== 1) {
    throw new Refused('stack has more than one value at end of constant expression');
  }
  return only;
}

function evaluateInstruction(cursor: Cursor, opcode: number, resolver: ConstResolver): ConstValue {
  switch (opcode) {
    case op.i32Const:
      return { type: i32, value: cursor.s32() };
    case op.i64Const:
      cursor.s64();
      return { type: i64, value: 0 };
    case op.f32Const:
      cursor.pass(4);
      return { type: f32, value: 0 };
    case op.f64Const:
      cursor.pass(8);
      return { type: f64, value: 0 };
    case op.globalGet:
      return { type: resolver.global(cursor.u32()), value: 0 };
    case op.refFunc:
      resolver.func(cursor.u32());
      return { type: funcref, value: 0 };
    case op.refNull:
      return { type: nullType(cursor), value: 0 };
    default:
      cursor.pass(17);
      return { type: v128, value: 0 };
  }
}

function nullType(cursor: Cursor): ValueType {
  const byte = cursor.byte();
  if (byte === funcref || byte === externref || byte === exnref) return byte;
  cursor.at--;
  return concreteRef(cursor.u32(), true);
}
