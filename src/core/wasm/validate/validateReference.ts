/** Validates accesses to locals, globals and tables, and reference instructions (wazero spec 2.2, 3.1, func_validation.go). */
import type { BodyContext } from './bodyContext.ts';
import { opcodeNames } from './opcodeNames.ts';
import { anyType } from './operandStack.ts';
import { Refused } from '../decode/refused.ts';
import { type ValueType, exnref, externref, funcref, i32, isRef, typeName } from '../decode/valueTypes.ts';

const typedReferences = 'feature "typed-function-references" is disabled';

/** local.get to global.set. */
export function validateVariable(context: BodyContext, op: number): void {
  const { operands, outer } = context;
  const index = context.index();
  const name = opcodeNames[op] ?? '';
  if (op <= 0x22) {
    validateLocal(context, name, index);
    return;
  }
  const global = outer.spaces.globals[index];
  if (op === 0x23) {
    if (global === undefined) throw new Refused(`invalid index for ${name}`);
    operands.push(global.type);
    return;
  }
  if (global === undefined) throw new Refused('invalid global index');
  if (!global.mutable) throw new Refused(`${name} when not mutable`);
  operands.popType(global.type);
}

function validateLocal(context: BodyContext, name: string, index: number): void {
  const { operands } = context;
  const type = context.local(index, name);
  if (name === 'local.get') {
    context.requireInitialized(index, type);
    operands.push(type);
    return;
  }
  operands.popType(type);
  if (name === 'local.tee') operands.push(type);
  context.markInitialized(index, type);
}

/** table.get and table.set. */
export function validateTableAccess(context: BodyContext, op: number): void {
  const { operands } = context;
  const type = tableType(context, context.index());
  if (op === 0x25) {
    operands.popType(i32, 'cannot pop the operand for table.get: ');
    operands.push(type);
    return;
  }
  operands.popType(type, 'cannot pop the operand for table.set: ');
  operands.popType(i32, 'cannot pop the operand for table.set: ');
}

/** The element type of a table; refuses an index that does not exist. */
export function tableType({ outer }: BodyContext, index: number): ValueType {
  const table = outer.spaces.tables[index];
  if (table === undefined) throw new Refused(`table of index ${index} not found`);
  return table.type;
}

/** ref.null. */
export function validateRefNull({ cursor, operands }: BodyContext): void {
  const type = cursor.byte();
  if (type !== externref && type !== funcref && type !== exnref) {
    throw new Refused(`ref.null with concrete type invalid as ${typedReferences}`);
  }
  operands.push(type);
}

/** ref.is_null. */
export function validateRefIsNull({ operands }: BodyContext): void {
  let type: ValueType;
  try {
    type = operands.pop();
  } catch (thrown) {
    throw thrown instanceof Refused ? new Refused(`cannot pop the operand for ref.is_null: ${thrown.message}`) : thrown;
  }
  if (!isRef(type) && type !== anyType) {
    throw new Refused(`type mismatch: expected reference type but was ${typeName(type)}`);
  }
  operands.push(i32);
}

/** ref.func. */
export function validateRefFunc(context: BodyContext): void {
  const index = context.index('failed to read function index for ref.func');
  if (!context.outer.declared.has(index)) throw new Refused(`undeclared function index ${index} for ref.func`);
  context.operands.push(funcref);
}
