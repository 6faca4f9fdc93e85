/** Reads a binary front to back, refusing with the words of wazero's reader (`EOF`, `unexpected EOF`, overflow texts). */
import { Refused } from './refused.ts';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const overflow32 = 'overflows a 32-bit integer';
const twoTo32 = 2 ** 32;
const twoTo33 = 2 ** 33;

export class Cursor {
  readonly bytes: Uint8Array;
  readonly end: number;
  /** Offset of the next byte. May be set beyond the end, as wazero's validator does; reading there is `EOF`. */
  at: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get left(): number {
    return Math.max(0, this.end - this.at);
  }

  byte(): number {
    if (this.at >= this.end) throw new Refused('EOF');
    return this.bytes[this.at++] ?? 0;
  }

  /** Passes over `count` bytes; refuses with `EOF` when none is left and `unexpected EOF` when some are. */
  pass(count: number): void {
    const left = this.left;
    if (count > left) {
      this.at = this.end;
      throw new Refused(left === 0 ? 'EOF' : 'unexpected EOF');
    }
    this.at += count;
  }

  /** Like `pass`, for bytes that nobody looks at: its one refusal is `EOF`. */
  discard(count: number): void {
    const enough = count <= this.left;
    this.at = enough ? this.at + count : this.end;
    if (!enough) throw new Refused('EOF');
  }

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

  /** A signed 32-bit number. wazero reads on while bytes say that more follow, and only then counts them. */
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

  /** A signed 33-bit number: a block type or a heap type. */
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

  /** Passes over a signed 64-bit number; nothing here needs its value. */
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

  /** A text with its length in front; `what` names it in the refusal. */
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

  /** The bytes from `start` to here as text. Short ASCII, which names are, goes without a decoder. */
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
