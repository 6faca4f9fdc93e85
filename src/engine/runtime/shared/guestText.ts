/** Decodes bytes of a guest as Go does: every byte that is not part of valid UTF-8 becomes one U+FFFD. */

/** The bytes as a string. A byte order mark is kept; the array may be a view of shared memory. */
export function guestText(bytes: Uint8Array): string {
  if (bytes.length === 0) return '';
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return text.includes(replacement) ? decodeByteWise(bytes, () => replacement) : text;
}

/**
 * The bytes as a string in which a byte that is not part of valid UTF-8 becomes the lone surrogate U+DC00 + byte, so that it can be
 * recovered; null when all bytes are valid. `text` is the result of `guestText` for the same bytes.
 */
export function escapedGuestText(bytes: Uint8Array, text: string): string | null {
  if (!text.includes(replacement)) return null;
  const escaped = decodeByteWise(bytes, (byte) => String.fromCharCode(0xdc00 + byte));
  return escaped === text ? null : escaped;
}

const replacement = '\ufffd';

/** Node replaces the start of a broken sequence by one U+FFFD, Go each of its bytes; so only the valid runs are given to Node. */
function decodeByteWise(bytes: Uint8Array, stray: (byte: number) => string): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: string[] = [];
  let start = 0;
  let at = 0;
  while (at < buffer.length) {
    const length = sequenceLength(buffer, at);
    if (length === 0) {
      parts.push(buffer.toString('utf8', start, at), stray(buffer[at] ?? 0));
      start = at + 1;
    }
    at += Math.max(length, 1);
  }
  parts.push(buffer.toString('utf8', start));
  return parts.join('');
}

/** Length in bytes of the valid UTF-8 sequence that starts at `at`; 0 when there is none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const second = bytes[at + 1] ?? 0;
  if (first >= 0xc2 && first <= 0xdf) return isContinuation(second) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const low = first === 0xe0 ? 0xa0 : 0x80;
    const high = first === 0xed ? 0x9f : 0xbf;
    return second >= low && second <= high && isContinuation(bytes[at + 2]) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const low = first === 0xf0 ? 0x90 : 0x80;
    const high = first === 0xf4 ? 0x8f : 0xbf;
    return second >= low && second <= high && isContinuation(bytes[at + 2]) && isContinuation(bytes[at + 3]) ? 4 : 0;
  }
  return 0;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte <= 0xbf;
}
