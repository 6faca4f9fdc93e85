/** Makes secrets for tests: random characters of an alphabet, equal in every run, so that no source file has a text that looks like a secret. */

const digits = '0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();

/** Alphabets by the names that documentation of services uses. */
const alphabets = {
  hex: 'abcdef0123456789',
  HEX: 'ABCDEF0123456789',
  digits,
  lower,
  upper,
  base36: lower + digits,
  BASE36: upper + digits,
  letters: lower + upper,
  base62: lower + upper + digits,
  url: `${lower}${upper}${digits}_-`,
  base64: `${lower}${upper}${digits}+/`,
  base32: `${upper}234567`,
} as const;

/** Returns `length` characters of an alphabet; other seeds give other characters. */
export function madeUp(alphabet: keyof typeof alphabets, length: number, seed = 1): string {
  const characters = alphabets[alphabet];
  let state = seed * 2654435761 + length * 97 + characters.length;
  let text = '';
  while (text.length < length) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    text += characters.charAt(Math.floor((state / 2 ** 32) * characters.length));
  }
  return text;
}

/** A UUID of random hexadecimal digits. */
export function madeUpUuid(seed = 1): string {
  const hex = madeUp('hex', 32, seed);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
