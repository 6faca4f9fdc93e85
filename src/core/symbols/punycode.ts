/** Decodes punycode as Rust's v0 symbol names use it, with `_` in front of the encoded part (RFC 3492, Rust RFC 2603). */

const base = 36;
const tMin = 1;
const tMax = 26;
const skew = 38;
const damp = 700;

/** The decoded identifier; null when the text is not valid punycode. */
export function decodePunycode(text: string): string | null {
  const split = text.lastIndexOf('_');
  const points = Array.from(text.slice(0, Math.max(split, 0)), (char) => char.codePointAt(0) ?? 0);
  let point = 128;
  let index = 0;
  let bias = 72;
  const rest = text.slice(split + 1);
  for (let at = 0; at < rest.length;) {
    const before = index;
    let weight = 1;
    for (let k = base; ; k += base) {
      const digit = digitOf(rest[at++] ?? '');
      if (digit === -1) return null;
      index += digit * weight;
      const threshold = Math.min(Math.max(k - bias, tMin), tMax);
      if (digit < threshold) break;
      weight *= base - threshold;
      if (!Number.isSafeInteger(weight)) return null;
    }
    const count = points.length + 1;
    bias = adapt(index - before, count, before === 0);
    point += Math.floor(index / count);
    index %= count;
    if (point > 0x10_ffff) return null;
    points.splice(index++, 0, point);
  }
  return String.fromCodePoint(...points);
}

function digitOf(char: string): number {
  if (/^[a-z]$/.test(char)) return char.charCodeAt(0) - 97;
  return /^\d$/.test(char) ? char.charCodeAt(0) - 22 : -1;
}

function adapt(delta: number, count: number, isFirst: boolean): number {
  let rest = isFirst ? Math.floor(delta / damp) : delta >> 1;
  rest += Math.floor(rest / count);
  let k = 0;
  for (; rest > ((base - tMin) * tMax) >> 1; k += base) rest = Math.floor(rest / (base - tMin));
  return k + Math.floor(((base - tMin + 1) * rest) / (rest + skew));
}
