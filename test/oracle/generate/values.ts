/** Operands of interest: the limits of the number types, as bits. */
import type { Random } from '../random.ts';

const i32Edges = [
  0, 1, 2, 3, 7, 8, 16, 31, 32, 33, 63, 64, 65, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7ffffffe,
  0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff, 0x55555555, 0xaaaaaaaa,
];

const i64Edges = [
  ...i32Edges.map(BigInt),
  ...[0x1_0000_0000n, 0x7fff_ffff_ffff_fffen, 0x7fff_ffff_ffff_ffffn, 0x8000_0000_0000_0000n, 0x8000_0000_0000_0001n],
  ...[0xffff_ffff_ffff_fffen, 0xffff_ffff_ffff_ffffn, 0xffff_ffff_8000_0000n, 0x20_0000_0000_0001n],
];

/** Numbers at which the result of rounding or conversion changes. */
const turns = [
  ...[0, 0.5, 0.49999999999999994, 1, 1.5, 2.5, 3, 127.9, 255, 16_777_216, 16_777_217, 8_388_607.5],
  ...[31, 32, 53, 63, 64].flatMap((power) => {
    const whole = 2 ** power;
    return [whole - 1, whole - 0.5, whole, whole + 1, whole * (1 - 2 ** -24), whole * (1 - 2 ** -53)];
  }),
  ...[1e20, 1e38, 3.5e38, 1e308, 1e-40, 5e-324, 2 ** -126, 2 ** -1022],
];

const f32Odd = [
  0x7fc00000, 0xffc00000, 0x7f800001, 0xff800001, 0x7fffffff, 0x7fa00000, 0x7f800000, 0xff800000, 0x7f7fffff, 1,
  0x007fffff,
];
const f64Odd = [
  ...[
    0x7ff8000000000000n,
    0xfff8000000000000n,
    0x7ff0000000000001n,
    0xfff0000000000001n,
    0x7fffffffffffffffn,
    0x7ff4000000000000n,
  ],
  ...[0x7ff0000000000000n, 0xfff0000000000000n, 0x7fefffffffffffffn, 1n, 0x000fffffffffffffn],
];

const floats = new DataView(new ArrayBuffer(8));

export function i32Value(random: Random): number {
  return random.once(5) ? random.bits() : random.pick(i32Edges);
}

export function i64Value(random: Random): bigint {
  return random.once(5) ? random.bits64() : random.pick(i64Edges);
}

export function f32Bits(random: Random): number {
  if (random.once(6)) return random.bits();
  if (random.once(4)) return random.pick(f32Odd);
  floats.setFloat32(0, random.once(2) ? random.pick(turns) : -random.pick(turns));
  return floats.getUint32(0);
}

export function f64Bits(random: Random): bigint {
  if (random.once(6)) return random.bits64();
  if (random.once(4)) return random.pick(f64Odd);
  floats.setFloat64(0, random.once(2) ? random.pick(turns) : -random.pick(turns));
  return floats.getBigUint64(0);
}

export function v128Bits(random: Random): bigint {
  const lanes = random.weighted<() => bigint>([
    [2, () => (i64Value(random) << 64n) | i64Value(random)],
    [2, () => (f64Bits(random) << 64n) | f64Bits(random)],
    [2, () => random.list(4, () => BigInt(f32Bits(random))).reduce((sum, lane) => (sum << 32n) | lane, 0n)],
    [2, () => random.list(4, () => BigInt(i32Value(random))).reduce((sum, lane) => (sum << 32n) | lane, 0n)],
    [1, () => (random.bits64() << 64n) | random.bits64()],
  ]);
  return lanes();
}
