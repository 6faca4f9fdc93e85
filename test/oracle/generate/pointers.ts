/** Addresses and lengths of interest: in the middle, at the ends of memory, and where 32 bits wrap. */
import type { Random } from '../random.ts';
import { i32Const, memoryEnd } from '../wasm/code.ts';

/** Code that pushes an address, and its description. */
export interface Pointer {
  readonly label: string;
  readonly code: readonly number[];
}

const lowAddresses = [0, 1, 4, 7, 8, 64, 255, 1000, 1024, 4096, 65_528, 65_535, 65_536];
const fromEnd = [0, -1, -2, -3, -4, -7, -8, -9, -16, -24, -32, -48, -64, -1024, 1, 2, 8, 65_536];
const highAddresses = [
  0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_fff8, 0xffff_fffe, 0xffff_ffff, 33_554_432, 33_554_431,
];

/** `oddity`: one in this many addresses is at an end of memory or beyond. */
export function pointer(random: Random, oddity = 4): Pointer {
  if (!random.once(oddity)) return fixed(random.once(3) ? random.below(4096) : random.pick(lowAddresses));
  if (random.once(3)) return fixed(random.pick(highAddresses));
  const offset = random.pick(fromEnd);
  return { label: `end${offset < 0 ? '' : '+'}${offset}`, code: memoryEnd(offset) };
}

const lengths = [0, 0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 24, 48, 64, 100, 256, 1000, 65_536];
const oddLengths = [
  0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0xffff_fff8, 0x2000_0000, 0x2000_0001, 0x1000_0000, 33_554_432,
];

export function length(random: Random, oddity = 6): Pointer {
  return fixed(random.once(oddity) ? random.pick(oddLengths) : random.pick(lengths));
}

export function fixed(value: number): Pointer {
  return { label: String(value), code: i32Const(value) };
}
