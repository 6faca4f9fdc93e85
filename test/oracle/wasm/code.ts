/** The instructions that the generators use, as bytes. */
import { littleEndian, signed, u32 } from './encode.ts';

/** The bytes of the value types. */
export const types = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
  funcref: 0x70,
  externref: 0x6f,
} as const;
export type TypeByte = (typeof types)[keyof typeof types];

export const unreachable = [0x00];
export const nop = [0x01];
export const end = [0x0b];
export const drop = [0x1a];
export const select = [0x1b];
export const returnOp = [0x0f];
export const i32Add = [0x6a];
export const i32Sub = [0x6b];
export const memorySize = [0x3f, 0x00];
export const memoryGrow = [0x40, 0x00];

export function i32Const(value: number): number[] {
  return [0x41, ...signed(value | 0)];
}

export function i64Const(value: bigint): number[] {
  return [0x42, ...signed(value)];
}

/** A constant from its bits. */
export function f32Const(bits: number): number[] {
  return [0x43, ...littleEndian(BigInt(bits >>> 0), 4)];
}

export function f64Const(bits: bigint): number[] {
  return [0x44, ...littleEndian(bits, 8)];
}

export function v128Const(bits: bigint): number[] {
  return [0xfd, 0x0c, ...littleEndian(bits, 16)];
}

export function localGet(index: number): number[] {
  return [0x20, ...u32(index)];
}

export function localSet(index: number): number[] {
  return [0x21, ...u32(index)];
}

export function localTee(index: number): number[] {
  return [0x22, ...u32(index)];
}

export function globalGet(index: number): number[] {
  return [0x23, ...u32(index)];
}

export function globalSet(index: number): number[] {
  return [0x24, ...u32(index)];
}

export function call(index: number): number[] {
  return [0x10, ...u32(index)];
}

export function callIndirect(type: number, table = 0): number[] {
  return [0x11, ...u32(type), ...u32(table)];
}

/** A load or store: opcode, alignment as a power of two, offset. */
export function access(opcode: number, align: number, offset: number): number[] {
  return [opcode, ...u32(align), ...u32(offset)];
}

/** An instruction with the prefix 0xfc, with its immediates. */
export function misc(number: number, ...immediates: readonly number[]): number[] {
  return [0xfc, ...u32(number), ...immediates.flatMap((each) => u32(each))];
}

/** An instruction with the prefix 0xfd. */
export function vectorOp(number: number, ...bytes: readonly number[]): number[] {
  return [0xfd, ...u32(number), ...bytes];
}

/** `memory.size` in bytes, plus `offset`. */
export function memoryEnd(offset: number): number[] {
  return [...memorySize, ...i32Const(16), 0x74, ...i32Const(offset), ...i32Add];
}
