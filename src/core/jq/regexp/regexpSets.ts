/** Sets of characters in Go's regular expressions (`regexp/syntax`). */
import type { RuneTest } from './regexpTree.ts';

/** `\d`, `\s` and `\w`, which are ASCII in Go. */
export const perlSets: Readonly<Record<string, RuneTest>> = {
  d: between('09'),
  s: (rune) => rune === 0x20 || rune === 9 || rune === 10 || rune === 12 || rune === 13,
  w: isWord,
};

export function isWord(rune: number): boolean {
  return (
    (rune >= 0x61 && rune <= 0x7a) || (rune >= 0x41 && rune <= 0x5a) || (rune >= 0x30 && rune <= 0x39) || rune === 0x5f
  );
}

/** The sets of `[[:name:]]`. */
export const posixSets: Readonly<Record<string, RuneTest>> = {
  alnum: between('09AZaz'),
  alpha: between('AZaz'),
  ascii: between('\0\x7f'),
  blank: between('\t\t  '),
  cntrl: between('\0\x1f\x7f\x7f'),
  digit: between('09'),
  graph: between('!~'),
  lower: between('az'),
  print: between(' ~'),
  punct: between('!/:@[`{~'),
  space: between('\t\r  '),
  upper: between('AZ'),
  word: isWord,
  xdigit: between('09AFaf'),
};

/** The set of `\p{name}`: a general category or a script; null when Go does not know it. */
export function unicodeSet(name: string): RuneTest | null {
  if (name === 'Any') return () => true;
  for (const property of [name, `Script=${name}`]) {
    if (property === name && !/^(?:C|L|M|N|P|S|Z)[a-z]?$/.test(name)) continue;
    try {
      const pattern = new RegExp(`^\\p{${property}}$`, 'u');
      return (rune) => pattern.test(String.fromCodePoint(rune));
    } catch {
      continue;
    }
  }
  return null;
}

/** The set without regard to case. */
export function folded(test: RuneTest): RuneTest {
  return (rune) => {
    if (test(rune)) return true;
    const char = String.fromCodePoint(rune);
    return [char.toLowerCase(), char.toUpperCase()].some((other) => {
      const code = other.codePointAt(0) ?? -1;
      return other.length === (code > 0xffff ? 2 : 1) && test(code);
    });
  };
}

/** Ranges given as pairs of characters. */
function between(pairs: string): RuneTest {
  const codes = Array.from(pairs, (char) => char.charCodeAt(0));
  return (rune) => {
    for (let at = 0; at < codes.length; at += 2) {
      if (rune >= (codes[at] ?? 0) && rune <= (codes[at + 1] ?? 0)) return true;
    }
    return false;
  };
}
