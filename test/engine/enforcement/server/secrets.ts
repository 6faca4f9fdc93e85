/** The secrets of the hostile server, and whether bytes reveal one in any of its forms. */
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

/** The secret in the private file of a case. The letters around the number make it a word of its own. */
export function secretOf(n: number): string {
  return `TOPSECRET${n}END`;
}

/** The number of the case whose private file a text names; null for none. */
export function privateNumber(text: string): number | null {
  const [, number] = /private(?:\/|%2f|\\\/)c(\d+)/i.exec(text) ?? [];
  return number === undefined ? null : Number(number);
}

/** The secret as a number, for places that hold no text. */
export function secretNumber(n: number): number {
  return 733_100_000 + n;
}

/**
 * The cases, of those with these numbers, whose secret the bytes carry: as text, escaped, encoded, in capital or small letters, compressed, or
 * as a number.
 */
export function revealed(bytes: Buffer, numbers: readonly number[]): readonly number[] {
  const all = texts(bytes).map((text) => text.toLowerCase());
  return numbers.filter((n) => {
    const secret = secretOf(n);
    const forms = [secret, ...codings.map((coding) => coding(secret)), String(secretNumber(n))];
    return forms.some((form) => all.some((text) => text.includes(form.toLowerCase())));
  });
}

const codings: readonly ((text: string) => string)[] = [
  (text) => Buffer.from(text).toString('base64').replace(/=+$/, ''),
  (text) => Buffer.from(text).toString('base64url'),
  (text) => Buffer.from(text).toString('hex'),
  (text) => Buffer.from(text).reverse().toString(),
  (text) => Buffer.from(text, 'utf16le').toString('latin1'),
  (text) => Buffer.from(text).toString('hex').replaceAll(/../g, '%$&'),
];

function texts(bytes: Buffer): readonly string[] {
  const raw = bytes.toString('latin1');
  const unescaped = raw.replaceAll(/\\+u([0-9a-f]{4})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16) & 0xff),
  );
  return [raw, unescaped, raw.replaceAll('\0', ''), ...unpackings.flatMap((unpack) => attempt(unpack, bytes))];
}

const unpackings: readonly ((bytes: Buffer) => Buffer)[] = [gunzipSync, inflateSync, brotliDecompressSync];

function attempt(unpack: (bytes: Buffer) => Buffer, bytes: Buffer): readonly string[] {
  try {
    return [unpack(bytes).toString('latin1')];
  } catch {
    return [];
  }
}
