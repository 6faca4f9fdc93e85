/** Validates function bodies as wazero does: function by function, up to the first error (wazero spec 3.1). */
import { BodyContext, type ModuleContext } from './bodyContext.ts';
import { evaluateConst } from '../decode/decodeConst.ts';
import { hex } from '../decode/decodeTypes.ts';
import { functionLabel } from '../decode/functionLabel.ts';
import type { DecodedModule, ByteSpan } from '../decode/module.ts';
import { atomicNames, opcodeNames } from './opcodeNames.ts';
import { Refused, addContext } from '../decode/refused.ts';
import type { Spaces } from '../decode/spaces.ts';
import {
  validateBlock,
  validateBr,
  validateBrIf,
  validateBrTable,
  validateCall,
  validateCallIndirect,
  validateDrop,
  validateElse,
  validateEnd,
  validateReturn,
  validateSelect,
} from './validateControl.ts';
import { isMemoryOp, validateMemoryOp } from './validateMemory.ts';
import { validateMisc } from './validateMisc.ts';
import { isNumeric, validateNumeric } from './validateNumeric.ts';
import {
  validateRefFunc,
  validateRefIsNull,
  validateRefNull,
  validateTableAccess,
  validateVariable,
} from './validateReference.ts';
import { validateVector } from './validateVector.ts';
import { f32, f64, i32, i64 } from '../decode/valueTypes.ts';

/** wazero's limits for the functions of a module and the values on a function's operand stack. */
const maxFunctions = 2 ** 27;
const maxStackValues = 2 ** 27;

/** Refuses with wazero's text for the first invalid function. Slow: hundreds of ns per instruction. */
export function validateBodies(module: DecodedModule, spaces: Spaces): void {
  if (!module.hasCode) return;
  const count = spaces.functions.length;
  if (count > maxFunctions) throw new Refused(`too many functions (${count}) in a module`);
  const context: ModuleContext = { module, spaces, declared: declaredFunctions(module) };
  for (const [index, typeIndex] of module.functions.entries()) {
    try {
      validateFunction(context, index, typeIndex);
    } catch (thrown) {
      throw addContext(`invalid ${functionLabel(module, index)}`, thrown);
    }
  }
}

function validateFunction(outer: ModuleContext, index: number, typeIndex: number): void {
  const type = outer.module.types[typeIndex];
  if (type === undefined) throw new Refused(`type section index ${typeIndex} out of range`);
  const code = outer.module.code[index];
  if (code === undefined) return;
  const context = new BodyContext(outer, type, code);
  const { cursor, frames, operands } = context;
  while (cursor.at < cursor.end) {
    const { position } = context;
    if (frames.length === 0) throw new Refused(`unexpected end of function at pc=${hex(position)}`);
    validateInstruction(context, cursor.byte(), position);
  }
  if (frames.length > 0) throw new Refused('ill-nested block exists');
  if (operands.highest > maxStackValues) {
    throw new Refused(`function may have ${operands.highest} stack values, which exceeds limit ${maxStackValues}`);
  }
}

/** Opcode → name of the disabled feature in wazero's error. */
const gated: ReadonlyMap<number, string> = new Map([
  ...[0x08, 0x0a, 0x1f].map((op) => [op, 'exception-handling'] as const),
  ...[0x14, 0x15, 0xd4, 0xd5, 0xd6].map((op) => [op, 'typed-function-references'] as const),
]);

function validateInstruction(context: BodyContext, op: number, position: number): void {
  if (isNumeric(op)) {
    validateNumeric(context, op);
    return;
  }
  if (isMemoryOp(op)) {
    validateMemoryOp(context, op);
    return;
  }
  const feature = gated.get(op);
  if (feature !== undefined) throw new Refused(`${opcodeNames[op]} invalid as feature "${feature}" is disabled`);
  switch (op) {
    case 0x00:
      context.operands.unreachable();
      break;
    case 0x01:
      break;
    case 0x02:
    case 0x03:
    case 0x04:
      validateBlock(context, op);
      break;
    case 0x05:
      validateElse(context, position);
      break;
    case 0x0b:
      validateEnd(context);
      break;
    case 0x0c:
      validateBr(context);
      break;
    case 0x0d:
      validateBrIf(context);
      break;
    case 0x0e:
      validateBrTable(context);
      break;
    case 0x0f:
      validateReturn(context);
      break;
    case 0x10:
    case 0x12:
      validateCall(context, op);
      break;
    case 0x11:
    case 0x13:
      validateCallIndirect(context, op);
      break;
    case 0x1a:
      validateDrop(context);
      break;
    case 0x1b:
    case 0x1c:
      validateSelect(context, op === 0x1c);
      break;
    case 0x20:
    case 0x21:
    case 0x22:
    case 0x23:
    case 0x24:
      validateVariable(context, op);
      break;
    case 0x25:
    case 0x26:
      validateTableAccess(context, op);
      break;
    case 0x41:
    case 0x42:
    case 0x43:
    case 0x44:
      validateConst(context, op);
      break;
    case 0xd0:
      validateRefNull(context);
      break;
    case 0xd1:
      validateRefIsNull(context);
      break;
    case 0xd2:
      validateRefFunc(context);
      break;
    case 0xfc:
      validateMisc(context);
      break;
    case 0xfd:
      validateVector(context);
      break;
    case 0xfe:
      throw new Refused(`${atomicNames[context.cursor.byte()]} invalid as feature "threads" is disabled`);
    default:
      throw new Refused(`invalid instruction ${hex(op)}`);
  }
}

/** Validates a constant. As in wazero, a float constant that is cut off moves the cursor past the end, where blocks are still open. */
function validateConst({ cursor, operands }: BodyContext, op: number): void {
  switch (op) {
    case 0x41:
      readConst('read i32 immediate', () => cursor.s32());
      operands.push(i32);
      break;
    case 0x42:
      readConst('read i64 immediate', () => cursor.s64());
      operands.push(i64);
      break;
    case 0x43:
      cursor.at += 4;
      operands.push(f32);
      break;
    default:
      cursor.at += 8;
      operands.push(f64);
  }
}

function readConst(context: string, read: () => void): void {
  try {
    read();
  } catch (thrown) {
    throw addContext(context, thrown);
  }
}

function declaredFunctions({ bytes, exports, globals, elements }: DecodedModule): Set<number> {
  const declared = new Set<number>();
  const collect = (span: ByteSpan): void => {
    evaluateConst(bytes, span, { global: () => i32, func: (index) => declared.add(index) });
  };
  for (const { kind, index } of exports) if (kind === 'func') declared.add(index);
  for (const { init } of globals) collect(init);
  for (const { functions, expressions } of elements) {
    for (const index of functions ?? []) declared.add(index);
    for (const expression of expressions ?? []) {
      try {
        collect(expression);
      } catch (thrown) {
        if (!(thrown instanceof Refused)) throw thrown;
      }
    }
  }
  return declared;
}
