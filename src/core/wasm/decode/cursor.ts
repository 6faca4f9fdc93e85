/** Reads a binary front to back; refuses with the texts of wazero's reader (`EOF`, `unexpected EOF`, overflows). */
import { Refused } from './refused.ts';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const overflow32 = 'overflows a 32-bit integer';
const twoTo32 = 2 ** 32;
const twoTo33 = 2 ** 33;

/** A position in a binary. All methods read at `at` and advance it. */
export class Cursor {
  readonly bytes: Uint8Array;
  readonly end: number;
  /** Offset of the next byte. May be set beyond the end, as wazero's validator does; a read there gives `EOF`. */
  at: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** Number of bytes left. */
  get left(): number {
    return Math.max(0, this.end - this.at);
  }

  byte(): number {
    if (this.at >= this.end) throw new Refused('EOF');
    return this.bytes[this.at++] ?? 0;
  }

  /** Skips `count` bytes. When there are fewer, refuses with `EOF` if none is left, else with `unexpected EOF`. */
  pass(count: number): void {
    const left = this.left;
    if (count > left) {
      this.at = this.end;
      throw new Refused(left === 0 ? 'EOF' : 'unexpected EOF');
    }
    this.at += count;
  }

  /** Skips `count` bytes; always refuses with `EOF` when there are fewer. wazero reads ignored content this way. */
  discard(count: number): void {
    const enough = count <= this.left;
    this.at = enough ? this.at + count : this.end;
    if (!enough) throw new Refused('EOF');
  }

  /** An unsigned 32-bit number in LEB128. */
  u32(): number {
    let value = 0;
    let scale = 1;
    for (let read = 1; read <= 5; read++) {
      const byte = this.byte();
      if (byte < 0x80) {
        if (read === 5 && byte > 0x0f) throw new Refused(overflow32);
        return value + byte * scale;
      }
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
    }
    throw new Refused(overflow32);
  }

  /** A signed 32-bit number in LEB128. As in wazero, the length is checked only after the last byte. */
  s32(): number {
    let value = 0;
    let shift = 0;
    let byte: number;
    let read = 0;
    do {
      byte = this.#signedByte();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      shift += 7;
      read++;
    } while (byte >= 0x80);
    if (shift < 32 && (byte & 0x40) !== 0) value |= -1 << shift;
    if (read > 5 || (read === 5 && (byte & 0x30) !== (value < 0 ? 0x30 : 0))) throw new Refused(overflow32);
    return value;
  }

  /** A signed 33-bit number in LEB128: a block type or a heap type. */
  s33(): number {
    let value = 0;
    let shift = 0;
    let byte = 0x80;
    while (shift < 35 && byte >= 0x80) {
      byte = this.#signedByte();
      value += (byte & 0x7f) * 2 ** shift;
      shift += 7;
    }
    if (shift < 33 && (byte & 0x40) !== 0) value += twoTo33 - 2 ** shift;
    value %= twoTo33;
    if (value >= twoTo32) value -= twoTo33;
    if (shift === 35 && (byte & 0x20) !== (value < 0 ? 0x20 : 0)) throw new Refused('overflows a 33-bit integer');
    return value;
  }

  /** Skips a signed 64-bit number in LEB128, whose value is not needed. */
  s64(): void {
    let byte: number;
    let read = 0;
    do {
      byte = this.#signedByte();
      read++;
    } while (byte >= 0x80);
    const negative = (byte & 1) !== 0;
    if (read > 10 || (read === 10 && (byte & 0x3e) !== (negative ? 0x3e : 0))) {
      throw new Refused('overflows a 64-bit integer');
    }
  }

  /** A UTF-8 string with its length in front; `what` names it in the refusal. */
  utf8(what: string): string {
    let size: number;
    try {
      size = this.u32();
    } catch (thrown) {
      throw thrown instanceof Refused ? new Refused(`failed to read ${what} size: ${thrown.message}`) : thrown;
    }
    const start = this.at;
    try {
      this.pass(size);
    } catch (thrown) {
      throw thrown instanceof Refused ? new Refused(`failed to read ${what}: ${thrown.message}`) : thrown;
    }
    return this.#text(start, what);
  }

  /** The bytes from `start` to `at` as a string. Short ASCII strings, such as names, are faster without a decoder. */
  #text(start: number, what: string): string {
    const { bytes, at } = this;
    if (at - start < 48) {
      let text = '';
      let next = start;
      while (next < at) {
        const byte = bytes[next] ?? 0x80;
        if (byte >= 0x80) break;
        text += String.fromCharCode(byte);
        next++;
      }
      if (next === at) return text;
    }
    try {
      return strictUtf8.decode(bytes.subarray(start, at));
    } catch {
      throw new Refused(`${what} is not valid UTF-8`);
    }
  }

  #signedByte(): number {
    if (this.at >= this.end) throw new Refused('readByte failed: EOF');
    return this.bytes[this.at++] ?? 0;
  }
}
