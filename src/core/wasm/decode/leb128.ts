/** Numbers in LEB128, the binary format's variable length: writing them, and passing over them. */

/** An unsigned number below 2^32 in its shortest form. */
export function encodeU32(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return bytes;
}

/** The position after the number that starts at `at`, of any sign and width; past the end when it is cut. */
export function skipLeb128(bytes: Uint8Array, at: number): number {
  let position = at;
  while ((bytes[position] ?? 0) >= 0x80) position++;
  return position + 1;
}
