/** Validates instructions without immediates that take numbers and give one (wazero spec 3.1, func_validation.go). */
import type { BodyContext } from './bodyContext.ts';
import { opcodeNames } from './opcodeNames.ts';
import { type ValueType, f32, f64, i32, i64, typeName } from './valueTypes.ts';

/** How the text names an operand: `the`, `the f32`, `the 1st`, `the 1st f32`. */
interface Row {
  readonly operands: number;
  readonly operand: ValueType;
  readonly result: ValueType;
  readonly typed: boolean;
  readonly counted: boolean;
}

/** `first-last operand,operand->result` with `#` for counted and `:` for typed texts; hexadecimal opcodes. */
const table = `
  45-45 i32->i32, 46-4f #:i32+i32->i32, 50-50 i64->i32, 51-5a #:i64+i64->i32, 5b-60 #:f32+f32->i32,
  61-66 #:f64+f64->i32, 67-69 :i32->i32, 6a-78 #i32+i32->i32, 79-7b :i64->i64, 7c-8a #:i64+i64->i64,
  8b-91 #:f32->f32, 92-98 #:f32+f32->f32, 99-9f #:f64->f64, a0-a6 #:f64+f64->f64, a7-a7 i64->i32,
  a8-a9 :f32->i32, aa-ab :f64->i32, ac-ad :i32->i64, ae-af :f32->i64, b0-b1 :f64->i64, b2-b3 :i32->f32,
  b4-b5 :i64->f32, b6-b6 f64->f32, b7-b8 :i32->f64, b9-ba :i64->f64, bb-bb f32->f64, bc-bc f32->i32,
  bd-bd f64->i64, be-be i32->f32, bf-bf i64->f64, c0-c1 i32->i32, c2-c4 i64->i64`;

const rows = readTable();

/** Whether the opcode is one of these. */
export function isNumeric(op: number): boolean {
  return rows[op] !== undefined;
}

export function validateNumeric({ operands }: BodyContext, op: number): void {
  const row = rows[op];
  if (row === undefined) return;
  for (let taken = 0; taken < row.operands; taken++) {
    const ordinal = row.counted ? ` ${taken === 0 ? '1st' : '2nd'}` : '';
    const type = row.typed ? ` ${typeName(row.operand)}` : '';
    operands.popType(row.operand, `cannot pop the${ordinal}${type} operand for ${opcodeNames[op]}: `);
  }
  operands.push(row.result);
}

function readTable(): readonly (Row | undefined)[] {
  const types: Readonly<Record<string, ValueType>> = { i32, i64, f32, f64 };
  const all = new Array<Row | undefined>(256).fill(undefined);
  for (const [, first = '', last = '', flags = '', operand = '', second = '', result = ''] of table.matchAll(
    /(\w\w)-(\w\w) ([#:]*)(\w+)(\+\w+)?->(\w+)/g,
  )) {
    const row: Row = {
      operands: second === '' ? 1 : 2,
      operand: types[operand] ?? i32,
      result: types[result] ?? i32,
      typed: flags.includes(':'),
      counted: flags.includes('#'),
    };
    all.fill(row, Number.parseInt(first, 16), Number.parseInt(last, 16) + 1);
  }
  return all;
}
