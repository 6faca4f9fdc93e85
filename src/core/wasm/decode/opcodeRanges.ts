/** Reads lists of opcodes and ranges; the tables of core/wasm are written in this form. */

/** `0e 4e-51` stands for 0x0e, 0x4e, 0x4f, 0x50 and 0x51. */
export function codesOf(text: string): number[] {
  return text.split(' ').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map((code) => Number.parseInt(code, 16));
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
