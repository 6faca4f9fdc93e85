/** Reads Rust's legacy symbol names: `_ZN4core9panicking5panic17h…E` is `core::panicking::panic`. */

const escapes: ReadonlyMap<string, string> = new Map([
  ['SP', '@'],
  ['BP', '*'],
  ['RF', '&'],
  ['LT', '<'],
  ['GT', '>'],
  ['LP', '('],
  ['RP', ')'],
  ['C', ','],
]);

/** The path of a legacy symbol without its hash; null when the text is not one. A C++ name has no hash and is not one either. */
export function demangleRustLegacy(symbol: string): string | null {
  const parts: string[] = [];
  let at = 3;
  while (symbol[at] !== 'E') {
    const digits = /^\d{1,5}/.exec(symbol.slice(at, at + 5))?.[0];
    if (digits === undefined) return null;
    const start = at + digits.length;
    const end = start + Number(digits);
    if (end >= symbol.length) return null;
    parts.push(symbol.slice(start, end));
    at = end;
  }
  const hash = parts.pop();
  if (hash === undefined || parts.length === 0 || !/^h[\da-f]{16}$/.test(hash)) return null;
  return parts.map(unescape).join('::');
}

/** Reads the escapes of one part. A part that would begin with `$` has an underscore in front of it. */
function unescape(part: string): string {
  return part.replace(/^_\$/, '$').replaceAll(/\$(\w+)\$|\.\.|\./g, (whole, name: string | undefined) => {
    if (whole === '..') return '::';
    if (name === undefined) return whole;
    const code = /^u([\da-f]{1,6})$/.exec(name)?.[1];
    if (code === undefined) return escapes.get(name) ?? whole;
    const point = Number.parseInt(code, 16);
    return point <= 0x10_ffff ? String.fromCodePoint(point) : whole;
  });
}
