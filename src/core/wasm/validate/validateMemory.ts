/** Validates loads, stores, memory.size and memory.grow (wazero spec 2.2, 3.1, func_validation.go). */
import type { BodyContext } from './bodyContext.ts';
import { opcodeNames } from './opcodeNames.ts';
import { Refused } from '../decode/refused.ts';
import { type ValueType, f32, f64, i32, i64 } from '../decode/valueTypes.ts';

const firstAccess = 0x28;
const firstStore = 0x36;
const lastAccess = 0x3e;
const memoryGrow = 0x40;

/** Value type and log2 of the access size in bytes, from i32.load to i64.store32. */
const accesses: readonly (readonly [ValueType, number])[] = [
  ...([
    [i32, 2],
    [i64, 3],
    [f32, 2],
    [f64, 3],
  ] as const),
  ...([
    [i32, 0],
    [i32, 0],
    [i32, 1],
    [i32, 1],
  ] as const),
  ...([
    [i64, 0],
    [i64, 0],
    [i64, 1],
    [i64, 1],
    [i64, 2],
    [i64, 2],
  ] as const),
  ...([
    [i32, 2],
    [i64, 3],
    [f32, 2],
    [f64, 3],
  ] as const),
  ...([
    [i32, 0],
    [i32, 1],
    [i64, 0],
    [i64, 1],
    [i64, 2],
  ] as const),
];

/** Whether the opcode is one of these. */
export function isMemoryOp(op: number): boolean {
  return op >= firstAccess && op <= memoryGrow;
}

/** Validates a load, a store, memory.size or memory.grow. */
export function validateMemoryOp(context: BodyContext, op: number): void {
  requireMemory(context, opcodeNames[op] ?? '');
  if (op <= lastAccess) validateAccess(context, op);
  else validateSize(context, op);
}

/** Refuses an instruction of a module without a memory. */
export function requireMemory({ outer }: BodyContext, instruction: string): void {
  if (outer.spaces.memory === null) throw new Refused(`memory must exist for ${instruction}`);
}

/** Reads alignment (log2) and offset; returns the alignment. */
export function readAlignment(context: BodyContext): number {
  const align = context.index('read memory align');
  if (align >= 32) throw new Refused('invalid memory alignment');
  context.index('read memory offset');
  return align;
}

function validateAccess(context: BodyContext, op: number): void {
  const [type, bytes] = accesses[op - firstAccess] ?? [i32, 0];
  const { operands } = context;
  if (readAlignment(context) > bytes) throw new Refused('invalid memory alignment');
  if (op >= firstStore) operands.popType(type);
  operands.popType(i32);
  if (op < firstStore) operands.push(type);
}

function validateSize(context: BodyContext, op: number): void {
  const { cursor, operands } = context;
  const start = cursor.at;
  const memory = context.index();
  if (memory !== 0 || cursor.at !== start + 1) {
    throw new Refused('memory instruction reserved bytes not zero with 1 byte');
  }
  if (op === memoryGrow) operands.popType(i32);
  operands.push(i32);
}
