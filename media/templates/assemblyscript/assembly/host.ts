/** The two functions that the gateway offers to a guard, and the writer of answers. */
import { fits, parseJson, Value } from './json';

// @ts-ignore: decorator
@external('env', 'host_log')
declare function hostLog(level: u32, message: usize, messageLength: u32): void;

// @ts-ignore: decorator
@external('env', 'call_backend')
declare function callBackend(
  tool: usize,
  toolLength: u32,
  args: usize,
  argsLength: u32,
  result: usize,
  capacity: u32,
): i32;

/** The levels of `host_log`; 0 is for debugging. */
export const INFO: u32 = 1;
export const WARN: u32 = 2;
export const ERROR: u32 = 3;

export function log(level: u32, message: string): void {
  const bytes = String.UTF8.encode(message);
  hostLog(level, changetype<usize>(bytes), bytes.byteLength);
}

/** Small on purpose, so that the second attempt is seen in a replay; 64 KiB is a usual size. */
const FIRST_CAPACITY: u32 = 128;
/** A larger answer counts as a failed look-up. */
const MAX_CAPACITY: u32 = 2 << 20;

/**
 * Calls a tool of the guard's own server and returns its result, which may have `isError`; null when the call failed. -2 says that the buffer is too
 * small, and the first four bytes hold the size that is needed. Every attempt is a call of the server, and a guard has 50 of them for each answer.
 */
export function ask(tool: string, args: Out): Value | null {
  const toolBytes = String.UTF8.encode(tool);
  let capacity = FIRST_CAPACITY;
  for (let attempt = 0; attempt < 3; attempt++) {
    const buffer = new ArrayBuffer(capacity);
    const at = changetype<usize>(buffer);
    const code = callBackend(
      changetype<usize>(toolBytes),
      toolBytes.byteLength,
      args.at,
      args.length,
      at,
      capacity,
    );
    if (code >= 0) return fits(at, code) ? parseJson(String.UTF8.decodeUnsafe(at, code)) : null;
    if (code != -2) break;
    capacity = max(load<u32>(at), 2 * capacity);
    if (capacity > MAX_CAPACITY) break;
  }
  log(WARN, `the look-up ${tool} ${String.UTF8.decodeUnsafe(args.at, args.length)} failed`);
  return null;
}

/** Writes UTF-8 straight to a buffer: what fits, and counts what does not. It makes no texts: their memory is given back after a call only. */
export class Out {
  /** May be larger than the capacity. */
  length: u32 = 0;

  constructor(
    readonly at: usize,
    readonly capacity: u32,
  ) {}

  /** A buffer of its own. */
  static ofSize(capacity: u32): Out {
    return new Out(changetype<usize>(new ArrayBuffer(capacity)), capacity);
  }

  put(text: string): void {
    for (let i = 0; i < text.length; i++) {
      const code = <u32>text.codePointAt(i);
      if (code >= 0x10000) i++;
      this.putChar(code);
    }
  }

  /** The inside of a JSON string. */
  putEscaped(text: string): void {
    for (let i = 0; i < text.length; i++) {
      const code = <u32>text.codePointAt(i);
      if (code >= 0x10000) i++;
      if (code < 0x20) {
        this.put(code < 0x10 ? '\\u000' : '\\u001');
        this.putByte((code & 15) + ((code & 15) < 10 ? 0x30 : 0x57));
      } else {
        if (code == 0x22 || code == 0x5c) this.putByte(0x5c);
        this.putChar(code);
      }
    }
  }

  putChar(code: u32): void {
    // Half of a pair of surrogates cannot be written as UTF-8.
    if (code >= 0xd800 && code < 0xe000) code = 0xfffd;
    if (code < 0x80) return this.putByte(code);
    if (code < 0x800) this.putByte(0xc0 | (code >> 6));
    else {
      if (code < 0x10000) this.putByte(0xe0 | (code >> 12));
      else {
        this.putByte(0xf0 | (code >> 18));
        this.putByte(0x80 | ((code >> 12) & 63));
      }
      this.putByte(0x80 | ((code >> 6) & 63));
    }
    this.putByte(0x80 | (code & 63));
  }

  putByte(byte: u32): void {
    if (this.length < this.capacity) store<u8>(this.at + this.length, byte);
    this.length++;
  }
}
