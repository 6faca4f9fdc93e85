/** LEB128, the variable-length numbers of the binary format: writes and skips them. */

/** The shortest encoding of an unsigned number below 2^32. */
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

/** The position after the number at `at`, of any sign and width; beyond the end of the bytes when the number is cut off. */
export function skipLeb128(bytes: Uint8Array, at: number): number {
  let position = at;
  while ((bytes[position] ?? 0) >= 0x80) position++;
  return position + 1;
}
