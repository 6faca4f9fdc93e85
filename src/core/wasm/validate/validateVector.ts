/** Validates the instructions behind the prefix 0xfd; wazero reads their opcode as one byte (wazero spec 2.2, func_validation.go). */
import type { BodyContext } from './bodyContext.ts';
import { codesOf } from '../decode/opcodeRanges.ts';
import { vectorNames } from './opcodeNames.ts';
import { Refused } from '../decode/refused.ts';
import { readAlignment, requireMemory } from './validateMemory.ts';
import { type ValueType, f32, f64, i32, i64, v128 } from '../decode/valueTypes.ts';

/** Instructions without immediates: operand types, result type, and opcodes in hexadecimal. */
const groups: readonly { readonly codes: string; readonly takes: readonly ValueType[]; readonly gives: ValueType }[] = [
  { takes: [v128], gives: i32, codes: '53 63 64 83 84 a3 a4 c3 c4' },
  {
    takes: [v128],
    gives: v128,
    codes: '4d 5e-62 67-6a 74 75 7a 7c-81 87-8a 94 a0 a1 a7-aa c0 c1 c7-ca e0 e1 e3 ec ed ef f8-ff',
  },
  {
    takes: [v128, v128],
    gives: v128,
    codes: '0e 23-4c 4e-51 65 66 6e-73 76-79 7b 82 85 86 8e-93 95-99 9b-9f ae b1 b5-ba bc-bf ce d1 d5-df e4-eb f0-f7',
  },
  { takes: [v128, v128, v128], gives: v128, codes: '52' },
  { takes: [i32, v128], gives: v128, codes: '6b-6d 8b-8d ab-ad cb-cd' },
  { takes: [i32], gives: v128, codes: '0f-11' },
  { takes: [i64], gives: v128, codes: '12' },
  { takes: [f32], gives: v128, codes: '13' },
  { takes: [f64], gives: v128, codes: '14' },
];

const simple = spread(groups);

/** Opcode of a load or store → log2 of its highest alignment. */
const alignments: ReadonlyMap<number, number> = new Map([
  [0x00, 4],
  ...[0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x5d].map((op) => [op, 3] as const),
  [0x07, 0],
  [0x08, 1],
  [0x09, 2],
  [0x5c, 2],
  [0x0b, 4],
]);

/** Opcode of a load or store of one lane → log2 of the lane's bytes; a vector has 16 >> that many lanes. */
const laneAccesses: ReadonlyMap<number, number> = new Map(
  [0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x5b].map((op, index) => [op, index % 4]),
);

/** Opcode of extract_lane or replace_lane → number of lanes, type of a lane, and whether it replaces. */
const laneMoves: ReadonlyMap<number, readonly [lanes: number, type: ValueType, replaces: boolean]> = new Map([
  [0x15, [16, i32, false]],
  [0x16, [16, i32, false]],
  [0x17, [16, i32, true]],
  [0x18, [8, i32, false]],
  [0x19, [8, i32, false]],
  [0x1a, [8, i32, true]],
  [0x1b, [4, i32, false]],
  [0x1c, [4, i32, true]],
  [0x1d, [2, i64, false]],
  [0x1e, [2, i64, true]],
  [0x1f, [4, f32, false]],
  [0x20, [4, f32, true]],
  [0x21, [2, f64, false]],
  [0x22, [2, f64, true]],
]);

const firstLaneStore = 0x58;

/** Validates the instruction behind the prefix at the cursor. */
export function validateVector(context: BodyContext): void {
  const { cursor, operands } = context;
  const op = cursor.byte();
  const name = vectorNames[op] ?? '';
  const group = simple.get(op);
  const align = alignments.get(op);
  if (group !== undefined) {
    pop(context, name, group.takes);
    operands.push(group.gives);
  } else if (align !== undefined) {
    validateAccess(context, op, name, align);
  } else if (laneAccesses.has(op)) {
    validateLaneAccess(context, op, name);
  } else if (laneMoves.has(op)) {
    validateLaneMove(context, op, name);
  } else if (name === 'v128.const') {
    if (cursor.at + 16 > cursor.end - 1) throw new Refused(`cannot read constant vector value for ${name}`);
    cursor.at += 16;
    operands.push(v128);
  } else if (name === 'v128.shuffle') {
    validateShuffle(context, name);
  } else {
    throw new Refused(`unknown SIMD instruction ${name}`);
  }
}

function pop({ operands }: BodyContext, name: string, types: readonly ValueType[]): void {
  for (const type of types) operands.popType(type, `cannot pop the operand for ${name}: `);
}

function validateAccess(context: BodyContext, op: number, name: string, maxAlign: number): void {
  requireMemory(context, name);
  checkAlignment(readAlignment(context), maxAlign, name);
  if (op === 0x0b) {
    pop(context, name, [v128, i32]);
    return;
  }
  pop(context, name, [i32]);
  context.operands.push(v128);
}

function checkAlignment(align: number, max: number, name: string): void {
  if (align > max) throw new Refused(`invalid memory alignment ${align} for ${name}`);
}

/** Validates a load or store of one lane. When the lane index is missing, wazero's error names load64_lane for every load. */
function validateLaneAccess(context: BodyContext, op: number, name: string): void {
  const size = laneAccesses.get(op) ?? 0;
  requireMemory(context, name);
  checkAlignment(readAlignment(context), size, name);
  const stores = op >= firstLaneStore;
  readLane(context, 16 >> size, name, stores ? name : 'v128.load64_lane');
  pop(context, name, [v128, i32]);
  if (!stores) context.operands.push(v128);
}

function validateLaneMove(context: BodyContext, op: number, name: string): void {
  const [lanes, type, replaces] = laneMoves.get(op) ?? [0, i32, false];
  readLane(context, lanes, name, name);
  pop(context, name, replaces ? [type, v128] : [v128]);
  context.operands.push(replaces ? v128 : type);
}

function readLane({ cursor }: BodyContext, lanes: number, name: string, missingName: string): void {
  if (cursor.left === 0) throw new Refused(`lane for ${missingName} not found`);
  const lane = cursor.byte();
  if (lane >= lanes) throw new Refused(`invalid lane index ${lane} >= ${lanes} for ${name}`);
}

function validateShuffle(context: BodyContext, name: string): void {
  const { cursor, operands } = context;
  if (cursor.left < 16) throw new Refused(`16 lane indexes for ${name} not found`);
  for (let index = 0; index < 16; index++) {
    const lane = cursor.byte();
    if (lane >= 32) throw new Refused(`invalid lane index[${index}] ${lane} >= 32 for ${name}`);
  }
  pop(context, name, [v128, v128]);
  operands.push(v128);
}

type Group = Pick<(typeof groups)[number], 'takes' | 'gives'>;

function spread(all: typeof groups): ReadonlyMap<number, Group> {
  return new Map(all.flatMap((group) => codesOf(group.codes).map((code) => [code, group] as const)));
}
