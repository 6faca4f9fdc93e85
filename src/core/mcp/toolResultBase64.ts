/** Decodes and encodes base64 as Go's `base64.StdEncoding` does, with the same errors. */

/** A converted value, or the gateway's error text (without `failed to convert result: `). */
export type Converted<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PADDING = 0x3d;

/**
 * Decodes and re-encodes base64, as the gateway does: line breaks are removed, unused bits become zero. The error has the offset in UTF-8
 * bytes (from 0) at which Go's decoder fails.
 */
export function normalizeBase64(text: string): Converted<string> {
  if (isCanonical(text)) return { ok: true, value: text };
  const sextets: number[] = [];
  const failedAt = readQuanta(new TextEncoder().encode(text), sextets);
  if (failedAt !== null) return { ok: false, error: `illegal base64 data at input byte ${failedAt}` };
  return { ok: true, value: writeQuanta(sextets) };
}

/** Whether Go accepts a number as a byte in a list of numbers. It rejects -0 because of the sign. */
export function isByte(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255 && !Object.is(value, -0);
}

/** Encodes bytes as padded base64. */
export function encodeBase64(bytes: readonly number[]): string {
  return btoa(bytes.map((byte) => String.fromCharCode(byte)).join(''));
}

/** Whether normalising does not change a string: no line breaks, correct padding, and no bit set beyond the last byte. */
function isCanonical(text: string): boolean {
  if (text.length % 4 !== 0) return false;
  const end = text.search(/[^A-Za-z0-9+/]/);
  if (end < 0) return true;
  const last = text.charAt(end - 1);
  if (end === text.length - 1) return text.endsWith('=') && 'AEIMQUYcgkosw048'.includes(last);
  return end === text.length - 2 && text.endsWith('==') && 'AQgw'.includes(last);
}

/** Collects the six-bit values; returns the offset of the first illegal byte, or null. */
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

/** Checks the input after the first `=`, which is right before `at`. */
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
  // A last group of two sextets holds one byte, a group of three holds two; decoding drops the remaining bits.
  const usedBits = last === 2 ? 0x30 : last === 3 ? 0x3c : 0x3f;
  const text = sextets.map((value, at) => ALPHABET[at === sextets.length - 1 ? value & usedBits : value]).join('');
  return text + (last === 0 ? '' : '='.repeat(4 - last));
}
