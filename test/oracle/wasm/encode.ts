/** The binary format's numbers, names, vectors and sections, as lists of bytes. */

/** Unsigned LEB128 in its shortest form; `padding` adds that many unnecessary bytes. */
export function u32(value: number, padding = 0): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(padding > 0 ? rest | 0x80 : rest);
  for (let extra = 1; extra <= padding; extra++) bytes.push(extra === padding ? 0 : 0x80);
  return bytes;
}

/** Signed LEB128 of an integer of 32 or 64 bits. */
export function signed(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asIntN(64, BigInt(value));
  for (;;) {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    if ((rest === 0n && (byte & 0x40) === 0) || (rest === -1n && (byte & 0x40) !== 0)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}

/** The bits of a value, lowest byte first. */
export function littleEndian(bits: bigint, byteCount: number): number[] {
  return Array.from({ length: byteCount }, (_, index) => Number((bits >> BigInt(8 * index)) & 0xffn));
}

export function text(value: string): number[] {
  const bytes = new TextEncoder().encode(value);
  return [...u32(bytes.length), ...bytes];
}

export function vector(items: readonly (readonly number[])[]): number[] {
  return [...u32(items.length), ...items.flat()];
}

export function sized(bytes: readonly number[]): number[] {
  return [...u32(bytes.length), ...bytes];
}

export function section(id: number, bytes: readonly number[]): number[] {
  return [id, ...sized(bytes)];
}

export function customSection(name: string, bytes: readonly number[]): number[] {
  return section(0, [...text(name), ...bytes]);
}

/** Magic number and version. */
export const preamble: readonly number[] = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
