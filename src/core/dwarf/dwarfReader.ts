/** Reads the numbers and strings of a debug section. All numbers are little endian, as in every WebAssembly module. */
import { BadDwarf } from './badDwarf.ts';

/** Longest string that is read, in bytes; a longer one is cut. */
const longestString = 4096;

/** A position in a section. Reading behind the end throws `BadDwarf`. */
export class DwarfReader {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly end: number;
  at: number;
  readonly #view: DataView;

  /** Reads `bytes` from `at` to `end`. `name` is the section's, for sentences. */
  constructor(name: string, bytes: Uint8Array, at = 0, end = bytes.length) {
    this.name = name;
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = Math.min(end, bytes.length);
    this.at = at;
    if (at < 0 || at > this.end) this.fail(`offset ${at} is outside of it`);
  }

  get left(): number {
    return this.end - this.at;
  }

  /** The same bytes from here to `end`. */
  until(end: number): DwarfReader {
    return new DwarfReader(this.name, this.bytes, this.at, end);
  }

  fail(what: string): never {
    throw new BadDwarf(`${this.name} at byte ${this.at}: ${what}`);
  }

  skip(count: number): void {
    if (count > this.left) this.fail(`it ends too early, ${count} bytes are missing or absurd`);
    this.at += count;
  }

  u8(): number {
    if (this.at >= this.end) this.skip(1);
    return this.bytes[this.at++] ?? 0;
  }

  i8(): number {
    this.skip(1);
    return this.#view.getInt8(this.at - 1);
  }

  u16(): number {
    this.skip(2);
    return this.#view.getUint16(this.at - 2, true);
  }

  u24(): number {
    const low = this.u16();
    return low | (this.u8() << 16);
  }

  u32(): number {
    this.skip(4);
    return this.#view.getUint32(this.at - 4, true);
  }

  /** A number above 2^53 loses its last bits; none of those is a valid offset or address. */
  u64(): number {
    const low = this.u32();
    return low + this.u32() * 2 ** 32;
  }

  /** An unsigned number of 1, 2, 3, 4 or 8 bytes. */
  unsigned(size: number): number {
    switch (size) {
      case 1:
        return this.u8();
      case 2:
        return this.u16();
      case 3:
        return this.u24();
      case 4:
        return this.u32();
      case 8:
        return this.u64();
      default:
        return this.fail(`numbers of ${size} bytes are not known`);
    }
  }

  uleb(): number {
    let byte = this.u8();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let weight = 0x80;
    for (;;) {
      byte = this.u8();
      value += (byte & 0x7f) * weight;
      if (byte < 0x80) return value;
      weight *= 0x80;
      if (weight > 2 ** 70) this.fail('a number has more than 10 bytes');
    }
  }

  sleb(): number {
    let value = 0;
    let weight = 1;
    for (;;) {
      const byte = this.u8();
      value += (byte & 0x7f) * weight;
      weight *= 0x80;
      if (byte < 0x80) return (byte & 0x40) === 0 ? value : value - weight;
      if (weight > 2 ** 70) this.fail('a number has more than 10 bytes');
    }
  }

  /** Skips a LEB128 number. */
  skipLeb(): void {
    while (this.u8() >= 0x80);
  }

  /** A string that ends with 0. */
  string(): string {
    const start = this.at;
    const end = this.bytes.subarray(0, this.end).indexOf(0, start);
    if (end === -1) this.fail('a string has no end');
    this.at = end + 1;
    return decoder.decode(this.bytes.subarray(start, Math.min(end, start + longestString)));
  }

  /** The length at the begin of a unit, and the size of offsets in the unit: 4, or 8 in the 64-bit format. */
  unitLength(): { readonly length: number; readonly offsetSize: 4 | 8 } {
    const length = this.u32();
    if (length < 0xffff_fff0) return { length, offsetSize: 4 };
    if (length !== 0xffff_ffff) this.fail(`a unit has the reserved length ${length}`);
    return { length: this.u64(), offsetSize: 8 };
  }
}

const decoder = new TextDecoder();
