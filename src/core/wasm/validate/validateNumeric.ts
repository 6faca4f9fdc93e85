/** Validates numeric instructions, which have no immediates (wazero spec 3.1, func_validation.go). */
import type { BodyContext } from './bodyContext.ts';
import { codesOf } from '../decode/opcodeRanges.ts';
import { opcodeNames } from './opcodeNames.ts';
import { type ValueType, f32, f64, i32, i64, typeName } from '../decode/valueTypes.ts';

/** An instruction's types. `typed` and `counted` determine how wazero's error names an operand: `the`, `the f32`, `the 1st`, `the 1st f32`. */
interface Row {
  readonly operands: number;
  readonly operand: ValueType;
  readonly result: ValueType;
  readonly typed: boolean;
  readonly counted: boolean;
}

/** Opcodes, then operands -> result; `#` marks counted rows, `:` typed ones. */
const table = `
  45 i32->i32, 46-4f #:i32+i32->i32, 50 i64->i32, 51-5a #:i64+i64->i32, 5b-60 #:f32+f32->i32,
  61-66 #:f64+f64->i32, 67-69 :i32->i32, 6a-78 #i32+i32->i32, 79-7b :i64->i64, 7c-8a #:i64+i64->i64,
  8b-91 #:f32->f32, 92-98 #:f32+f32->f32, 99-9f #:f64->f64, a0-a6 #:f64+f64->f64, a7 i64->i32,
  a8-a9 :f32->i32, aa-ab :f64->i32, ac-ad :i32->i64, ae-af :f32->i64, b0-b1 :f64->i64, b2-b3 :i32->f32,
  b4-b5 :i64->f32, b6 f64->f32, b7-b8 :i32->f64, b9-ba :i64->f64, bb f32->f64, bc f32->i32,
  bd f64->i64, be i32->f32, bf i64->f64, c0-c1 i32->i32, c2-c4 i64->i64`;

const rows = readTable();

/** Whether the opcode is one of these. */
export function isNumeric(op: number): boolean {
  return rows.has(op);
}

/** Validates one numeric instruction. */
export function validateNumeric({ operands }: BodyContext, op: number): void {
  const row = rows.get(op);
  if (row === undefined) return;
  for (let taken = 0; taken < row.operands; taken++) {
    const ordinal = row.counted ? ` ${taken === 0 ? '1st' : '2nd'}` : '';
    const type = row.typed ? ` ${typeName(row.operand)}` : '';
    operands.popType(row.operand, `cannot pop the${ordinal}${type} operand for ${opcodeNames[op]}: `);
  }
  operands.push(row.result);
}

function readTable(): ReadonlyMap<number, Row> {
  const types: Readonly<Record<string, ValueType>> = { i32, i64, f32, f64 };
  const byCode = new Map<number, Row>();
  for (const [, codes = '', flags = '', operand = '', second = '', result = ''] of table.matchAll(
    /(\S+) ([#:]*)(\w+)(\+\w+)?->(\w+)/g,
  )) {
    const row: Row = {
      operands: second === '' ? 1 : 2,
      operand: types[operand] ?? i32,
      result: types[result] ?? i32,
      typed: flags.includes(':'),
      counted: flags.includes('#'),
    };
    for (const code of codesOf(codes)) byCode.set(code, row);
  }
  return byCode;
}
