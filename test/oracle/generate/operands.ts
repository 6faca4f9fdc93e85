/** Code that pushes an operand, and code that writes a result to the output. */
import type { Random } from '../random.ts';
import {
  type TypeByte,
  access,
  call,
  f32Const,
  f64Const,
  i32Const,
  i64Const,
  localGet,
  localSet,
  localTee,
  types,
  v128Const,
  vectorOp,
} from '../wasm/code.ts';
import { type GuardProgram, scratch } from '../wasm/guardProgram.ts';
import { f32Bits, f64Bits, i32Value, i64Value, v128Bits } from './values.ts';

/** Source of the operand: V8 may fold a constant, but not a value from memory. */
export type Way = 'constant' | 'local' | 'memory';

export interface Operand {
  readonly type: TypeByte;
  readonly bits: bigint;
  readonly way: Way;
}

export function operand(random: Random, type: TypeByte): Operand {
  return { type, bits: bitsOf(random, type), way: random.pick(['constant', 'local', 'memory'] as const) };
}

function bitsOf(random: Random, type: TypeByte): bigint {
  switch (type) {
    case types.i32:
      return BigInt(i32Value(random));
    case types.i64:
      return i64Value(random);
    case types.f32:
      return BigInt(f32Bits(random));
    case types.f64:
      return f64Bits(random);
    default:
      return v128Bits(random);
  }
}

export function constant({ type, bits }: Pick<Operand, 'type' | 'bits'>): number[] {
  switch (type) {
    case types.i32:
      return i32Const(Number(bits));
    case types.i64:
      return i64Const(bits);
    case types.f32:
      return f32Const(Number(bits));
    case types.f64:
      return f64Const(bits);
    default:
      return v128Const(bits);
  }
}

const stores: Readonly<Partial<Record<TypeByte, readonly [store: number[], load: number[]]>>> = {
  [types.i32]: [access(0x36, 2, 0), access(0x28, 2, 0)],
  [types.i64]: [access(0x37, 3, 0), access(0x29, 3, 0)],
  [types.f32]: [access(0x38, 2, 0), access(0x2a, 2, 0)],
  [types.f64]: [access(0x39, 3, 0), access(0x2b, 3, 0)],
  [types.v128]: [vectorOp(0x0b, 4, 0), vectorOp(0x00, 4, 0)],
};

const locals: Readonly<Partial<Record<TypeByte, number>>> = {
  [types.i32]: scratch.i32,
  [types.i64]: scratch.i64,
  [types.f32]: scratch.f32,
  [types.f64]: scratch.f64,
  [types.v128]: scratch.v128,
};

/** Pushes the operand; one from memory also remains at its address. */
export function push(value: Operand, address: number): number[] {
  const [store = [], load = []] = stores[value.type] ?? [];
  const local = locals[value.type] ?? 0;
  switch (value.way) {
    case 'constant':
      return constant(value);
    case 'local':
      return [...constant(value), ...localSet(local), ...localGet(local)];
    case 'memory':
      return [...i32Const(address), ...constant(value), ...store, ...i32Const(address), ...load];
  }
}

/** Pops a value and writes its bits to the output; with `anyNan` every NaN is written alike. */
export function putResult(program: GuardProgram, type: TypeByte, anyNan: boolean): number[] {
  const put = call(program.put);
  switch (type) {
    case types.i32:
      return [0xad, ...put];
    case types.i64:
      return put;
    case types.f32:
      return anyNan ? [...sameNan(scratch.f32, f32Const(0x7fc00000), 0x5b), 0xbc, 0xad, ...put] : [0xbc, 0xad, ...put];
    case types.f64:
      return anyNan ? [...sameNan(scratch.f64, f64Const(0x7ff8000000000000n), 0x61), 0xbd, ...put] : [0xbd, ...put];
    default:
      return [
        ...localTee(scratch.v128),
        ...vectorOp(0x1d, 0),
        ...put,
        ...localGet(scratch.v128),
        ...vectorOp(0x1d, 1),
        ...put,
      ];
  }
}

function sameNan(local: number, nan: readonly number[], equal: number): number[] {
  return [...localTee(local), ...nan, ...localGet(local), ...localGet(local), equal, 0x1b];
}
