/** Base64 as Go's `base64.StdEncoding` reads it, with its errors, and writes it back. */

/** A converted value, or the gateway's error text (without `failed to convert result: `). */
export type Converted<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PADDING = 0x3d;

/**
 * Decodes and encodes again, so the text comes out as the gateway sends it: line breaks gone, unused bits zero. The error names the
 * byte (of UTF-8, from 0) where Go's decoder gives up.
 */
export function normalizeBase64(text: string): Converted<string> {
  if (isCanonical(text)) return { ok: true, value: text };
  const sextets: number[] = [];
  const failedAt = readQuanta(new TextEncoder().encode(text), sextets);
  if (failedAt !== null) return { ok: false, error: `illegal base64 data at input byte ${failedAt}` };
  return { ok: true, value: writeQuanta(sextets) };
}

/** Whether Go takes a number for a byte, where bytes are written as a list of numbers; -0 has a sign, which a byte has not. */
export function isByte(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255 && !Object.is(value, -0);
}

/** Bytes as padded base64. */
export function encodeBase64(bytes: readonly number[]): string {
  return btoa(bytes.map((byte) => String.fromCharCode(byte)).join(''));
}

/** Whether a text comes out as it is: no line breaks, the padding that is due, and no bit set beyond the last byte. */
function isCanonical(text: string): boolean {
  if (text.length % 4 !== 0) return false;
  const end = text.search(/[^A-Za-z0-9+/]/);
  if (end < 0) return true;
  const last = text.charAt(end - 1);
  if (end === text.length - 1) return text.endsWith('=') && 'AEIMQUYcgkosw048'.includes(last);
  return end === text.length - 2 && text.endsWith('==') && 'AQgw'.includes(last);
}

/** Collects the six-bit values; returns where the input is illegal, or null. */
function readQuanta(source: Uint8Array, sextets: number[]): number | null {
  const end = source.length;
  let at = 0;
  let inQuantum = 0;
  while (at < end) {
    const byte = source[at] ?? 0;
    at++;
    const value = sextetOf(byte);
    if (value >= 0) {
      sextets.push(value);
      inQuantum = (inQuantum + 1) % 4;
    } else if (byte === PADDING) {
      return readPadding(source, at, inQuantum);
    } else if (!isLineBreak(byte)) {
      return at - 1;
    }
  }
  return inQuantum === 0 ? null : end - inQuantum;
}

/** Checks what follows the first `=`, which stood right before `at`. */
function readPadding(source: Uint8Array, at: number, inQuantum: number): number | null {
  if (inQuantum < 2) return at - 1;
  let next = skipLineBreaks(source, at);
  if (inQuantum === 2) {
    if (next === source.length) return source.length;
    if (source[next] !== PADDING) return next - 1;
    next = skipLineBreaks(source, next + 1);
  }
  return next < source.length ? next : null;
}

function skipLineBreaks(source: Uint8Array, from: number): number {
  let at = from;
  while (at < source.length && isLineBreak(source[at] ?? 0)) at++;
  return at;
}

function isLineBreak(byte: number): boolean {
  return byte === 0x0a || byte === 0x0d;
}

function sextetOf(byte: number): number {
  return byte < 0x80 ? ALPHABET.indexOf(String.fromCharCode(byte)) : -1;
}

function writeQuanta(sextets: readonly number[]): string {
  const last = sextets.length % 4;
  // A last group of two holds one byte, one of three two bytes; the bits beyond them are dropped by decoding.
  const usedBits = last === 2 ? 0x30 : last === 3 ? 0x3c : 0x3f;
  const text = sextets.map((value, at) => ALPHABET[at === sextets.length - 1 ? value & usedBits : value]).join('');
  return text + (last === 0 ? '' : '='.repeat(4 - last));
}
