/** Validates blocks, branches, calls, drop and select (wazero spec 2.2, 3.1, func_validation.go). Functions refuse with wazero's text. */
import { type BodyContext, branchTypes } from './bodyContext.ts';
import { readBlockType } from './blockType.ts';
import { hex, isRefPrefix } from '../decode/decodeTypes.ts';
import { opcodeNames } from './opcodeNames.ts';
import { anyType, countError, mismatch } from './operandStack.ts';
import { Refused, withContext } from '../decode/refused.ts';
import { refTypeName } from './validateElements.ts';
import {
  type Signature,
  type ValueType,
  abstractRef,
  funcref,
  goNumber,
  i32,
  isPlain,
  isRef,
  isSubtype,
  typeName,
} from '../decode/valueTypes.ts';

const blockOp = 0x02;
const ifOp = 0x04;
const elseOp = 0x05;
const returnCall = 0x12;
const returnCallIndirect = 0x13;

/** block, loop, if. */
export function validateBlock(context: BodyContext, op: number): void {
  const { frames, operands, initialized } = context;
  const type = withContext('read block', () => readBlockType(context.cursor, context.outer.module.types));
  frames.push({ op: op === blockOp ? 0 : op, type, initialized });
  if (op === ifOp) operands.popType(i32, "cannot pop the operand for 'if': ");
  operands.popMany(type.params, { side: 'param', block: opcodeNames[op] ?? '' });
  operands.pushAll(type.params);
  operands.openBlock(type.params.length);
}

/** else. `position` is the offset of the opcode in the body. */
export function validateElse(context: BodyContext, position: number): void {
  const { operands } = context;
  const frame = context.target(0);
  if (frame?.op !== ifOp) throw new Refused(`else instruction must be used in if block: ${hex(position)}`);
  frame.op = elseOp;
  operands.popMany(frame.type.results, { side: 'result', block: 'if', exact: true });
  context.initialized = frame.initialized;
  operands.clear();
  operands.pushAll(frame.type.params);
}

/** end. */
export function validateEnd(context: BodyContext): void {
  const { frames, operands } = context;
  const frame = frames.pop();
  if (frame === undefined) return;
  if (frames.length > 0) context.initialized = frame.initialized;
  const { params, results } = frame.type;
  if (frame.op === ifOp && !sameTypes(params, results)) throw countError('result', 'else', params, results);
  const block = frame.op === 0 ? '' : (opcodeNames[frame.op] ?? '');
  operands.popMany(results, { side: 'result', block, exact: true });
  operands.clear();
  operands.pushAll(results);
  operands.closeBlock();
}

function sameTypes(a: readonly ValueType[], b: readonly ValueType[]): boolean {
  return a.length === b.length && a.every((type, index) => type === b[index]);
}

/** br. */
export function validateBr(context: BodyContext): void {
  const target = context.target(context.index());
  if (target === undefined) throw new Refused('invalid br operation: index out of range');
  context.operands.popMany(branchTypes(target), { side: 'result', block: 'br' });
  context.operands.unreachable();
}

/** br_if. */
export function validateBrIf(context: BodyContext): void {
  const { operands, frames } = context;
  const depth = context.index();
  const target = context.target(depth);
  if (target === undefined) {
    throw new Refused(labelError('br_if', `index=${depth}`, frames.length));
  }
  popCondition(context, 'cannot pop the required operand for br_if');
  operands.popMany(branchTypes(target), { side: 'result', block: 'br_if' });
  operands.pushAll(branchTypes(target));
}

function labelError(name: string, which: string, depth: number): string {
  return `invalid ln param given for ${name}: ${which} with ${depth} for the current label stack length`;
}

/** Pops an i32; the whole text of the refusal is `text`. */
function popCondition({ operands }: BodyContext, text: string): void {
  try {
    operands.popType(i32);
  } catch (thrown) {
    throw thrown instanceof Refused ? new Refused(text) : thrown;
  }
}

/** br_table. */
export function validateBrTable(context: BodyContext): void {
  const { operands, frames } = context;
  const count = context.index();
  const depths: number[] = [];
  for (let read = 0; read < count; read++) depths.push(context.index());
  const last = context.index();
  const fallback = context.target(last);
  if (fallback === undefined) throw new Refused(labelError('br_table', `ln=${last}`, frames.length));
  popCondition(context, 'cannot pop the required operand for br_table');
  const types = popLabel(context, branchTypes(fallback));
  for (const depth of depths) {
    const target = context.target(depth);
    if (target === undefined) throw new Refused('invalid l param given for br_table');
    checkLabel(types, last, branchTypes(target), depth);
  }
  operands.unreachable();
}

/** Pops the types of the default label. In unreachable code they become `anyType`, which matches every other label. */
function popLabel({ operands }: BodyContext, want: readonly ValueType[]): ValueType[] {
  const types = [...want];
  for (let taken = 0; taken < want.length; taken++) {
    const index = want.length - 1 - taken;
    const expected = want[index] ?? i32;
    const type = operands.pop();
    if (type === anyType) types[index] = anyType;
    else if (!isSubtype(type, expected)) throw mismatch('param', 'br_table', type, expected, taken);
  }
  return types;
}

function checkLabel(types: readonly ValueType[], last: number, other: readonly ValueType[], depth: number): void {
  if (types.length !== other.length) {
    const numbers = (list: readonly ValueType[]): string => `[${list.map(goNumber).join(' ')}]`;
    throw new Refused(
      `inconsistent block type length for br_table at ${depth}; ${numbers(types)} (ln=${last}) != ${numbers(other)} (l=${depth})`,
    );
  }
  for (const [index, type] of types.entries()) {
    const wanted = other[index] ?? i32;
    if (type === anyType || isSubtype(type, wanted) || isSubtype(wanted, type)) continue;
    throw new Refused(`inconsistent block type for br_table at ${depth}`);
  }
}

/** return. */
export function validateReturn({ operands, signature }: BodyContext): void {
  operands.popMany(signature.results, { side: 'result', block: '' });
  operands.unreachable();
}

/** call and return_call. wazero panics for a callee whose type does not exist, unless it has refused that callee before. */
export function validateCall(context: BodyContext, op: number): void {
  const { module, spaces } = context.outer;
  const typeIndex = spaces.functions[context.index()];
  if (typeIndex === undefined) throw new Refused('invalid function index');
  const type = module.types[typeIndex];
  if (type === undefined) {
    throw new Refused(`runtime error: index out of range [${typeIndex}] with length ${module.types.length}`, {
      panic: true,
    });
  }
  callSignature(context, op, type);
}

/** call_indirect and return_call_indirect. */
export function validateCallIndirect(context: BodyContext, op: number): void {
  const { module, spaces } = context.outer;
  const name = opcodeNames[op] ?? '';
  const typeIndex = context.index();
  const type = module.types[typeIndex];
  if (type === undefined) throw new Refused(`invalid type index at ${name}: ${typeIndex}`);
  const tableIndex = context.index('read table index');
  const table = spaces.tables[tableIndex];
  if (table === undefined) throw new Refused(`unknown table index: ${tableIndex}`);
  if (table.type !== funcref) {
    throw new Refused(`table is not funcref type but was ${refTypeName(table.type)} for ${name}`);
  }
  popCondition(context, `cannot pop the offset in table for ${name}`);
  callSignature(context, op, type);
}

function callSignature({ operands }: BodyContext, op: number, type: Signature): void {
  const name = opcodeNames[op] ?? '';
  for (const param of [...type.params].reverse()) {
    operands.popType(param, `type mismatch on ${name} operation param type: `);
  }
  operands.pushAll(type.results);
  if (op === returnCall || op === returnCallIndirect) {
    throw new Refused(`${name} invalid as feature "tail-call" is disabled`);
  }
}

/** drop. */
export function validateDrop({ operands }: BodyContext): void {
  withContext('invalid drop', () => operands.pop());
}

/** select with and without a type. wazero reads the type but does not use it. */
export function validateSelect(context: BodyContext, isTyped: boolean): void {
  const { operands } = context;
  operands.popType(i32, 'type mismatch on 3rd select operand: ');
  const second = withContext('invalid select', () => operands.pop());
  const first = withContext('invalid select', () => operands.pop());
  if (isTyped) readSelectType(context);
  else if (isRef(second) || isRef(first)) {
    throw new Refused('reference types cannot be used for non typed select instruction');
  }
  if (second === anyType || first === anyType) {
    operands.push(second === anyType ? first : second);
    return;
  }
  if (!isSubtype(second, first) && !isSubtype(first, second)) {
    throw new Refused('type mismatch on 1st and 2nd select operands');
  }
  operands.push(isSubtype(second, first) ? first : second);
}

function readSelectType({ cursor, outer }: BodyContext): void {
  const name = 'typed_select';
  if (cursor.byte() !== 1) throw new Refused(`too many type immediates for ${name}`);
  const byte = cursor.byte();
  if (isRefPrefix(byte)) {
    const heapType = withContext(`read heap type for ${name}`, () => cursor.s33());
    if (abstractRef(heapType, true) !== undefined) return;
    if (heapType < 0) throw new Refused(`invalid heap type for ${name}: ${heapType}`);
    if (heapType < outer.module.types.length) return;
    throw new Refused(`unknown type for ${name}: type index ${heapType} out of range`);
  }
  if (typeName(byte) === 'unknown' || !isPlain(byte)) {
    throw new Refused(`invalid type ${typeName(byte)} for ${name}`);
  }
}
