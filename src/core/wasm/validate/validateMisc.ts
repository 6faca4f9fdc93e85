/** Validates the instructions behind the prefix 0xfc: saturating conversions and bulk operations (wazero spec 2.2, func_validation.go). */
import type { BodyContext } from './bodyContext.ts';
import { hex } from '../decode/decodeTypes.ts';
import { miscNames } from './opcodeNames.ts';
import { Refused } from '../decode/refused.ts';
import { refTypeName } from './validateElements.ts';
import { requireMemory } from './validateMemory.ts';
import { tableType } from './validateReference.ts';
import { type ValueType, f32, f64, i32, i64, isSubtype } from '../decode/valueTypes.ts';

const threeNumbers: readonly ValueType[] = [i32, i32, i32];

/** Validates the instruction behind the prefix at the cursor. */
export function validateMisc(context: BodyContext): void {
  const { operands } = context;
  const op = context.index('failed to read misc opcode');
  if (op > 0xff) throw new Refused(`invalid misc opcode: ${hex(op)}`);
  const name = miscNames[op] ?? '';
  const pop = (types: readonly ValueType[]): void => {
    for (const type of types) operands.popType(type, `cannot pop the operand for ${name}: `);
  };
  if (op <= 0x07) {
    pop([op % 4 < 2 ? f32 : f64]);
    operands.push(op < 4 ? i32 : i64);
    return;
  }
  switch (name) {
    case 'memory.init':
    case 'memory.copy':
    case 'memory.fill':
      validateBulkMemory(context, name);
      pop(threeNumbers);
      break;
    case 'data.drop':
      readDataIndex(context, name);
      break;
    case 'table.init':
      validateTableInit(context, name);
      pop(threeNumbers);
      break;
    case 'elem.drop':
      readElementIndex(context, name);
      break;
    case 'table.copy':
      validateTableCopy(context, name);
      pop(threeNumbers);
      break;
    case 'table.grow':
      pop([i32, readTableType(context, name)]);
      operands.push(i32);
      break;
    case 'table.size':
      readTableType(context, name);
      operands.push(i32);
      break;
    case 'table.fill':
      pop([i32, readTableType(context, name), i32]);
      break;
    default:
      throw new Refused(`unknown misc opcode ${hex(op)}`);
  }
}

function readTableType(context: BodyContext, name: string): ValueType {
  return tableType(context, context.index(`failed to read table index for ${name}`));
}

function validateBulkMemory(context: BodyContext, name: string): void {
  requireMemory(context, name);
  if (name === 'memory.init') readDataIndex(context, name);
  readReserved(context, name);
  if (name === 'memory.copy') readReserved(context, name);
}

/** Reads a memory index, which must be a single zero byte. */
function readReserved(context: BodyContext, name: string): void {
  const start = context.cursor.at;
  const memory = context.index(`failed to read memory index for ${name}`);
  if (memory === 0 && context.cursor.at === start + 1) return;
  throw new Refused(`${name} reserved byte must be zero encoded with 1 byte`);
}

function readDataIndex(context: BodyContext, name: string): void {
  const { dataCount, data } = context.outer.module;
  if (dataCount === null) throw new Refused(`${name} requires data count section`);
  const index = context.index(`failed to read data segment index for ${name}`);
  if (index >= data.length) throw new Refused(`index ${index} out of range of data section(len=${data.length})`);
}

function readElementIndex(context: BodyContext, name: string): ValueType {
  const { elements } = context.outer.module;
  const index = context.index(`failed to read element segment index for ${name}`);
  const segment = elements[index];
  if (segment !== undefined) return segment.type;
  throw new Refused(`index ${index} out of range of element section(len=${elements.length})`);
}

function validateTableInit(context: BodyContext, name: string): void {
  const element = readElementIndex(context, name);
  const table = tableType(context, context.index(`failed to read source table index for ${name}`));
  if (isSubtype(element, table)) return;
  const [has, wants] = [refTypeName(element), refTypeName(table)];
  throw new Refused(`type mismatch for table.init: element type ${has} does not match table type ${wants}`);
}

function validateTableCopy(context: BodyContext, name: string): void {
  const to = tableType(context, context.index(`failed to read destination table index for ${name}`));
  const from = tableType(context, context.index(`failed to read source table index for ${name}`));
  if (isSubtype(from, to)) return;
  throw new Refused(`table type mismatch for table.copy: ${refTypeName(from)} (src) != ${refTypeName(to)} (dst)`);
}
