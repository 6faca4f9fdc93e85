/** Tells by the last three characters of a word whether it can be one of a set of words, so that most words stay in their text. */

/** Classes of characters that share a code of five bits: letters of both cases have their own, 1 to 26. */
export const digitCode = 27;
/** Characters outside of ASCII. */
export const wideCode = 28;
export const quoteCode = 29;
export const parenthesisCode = 30;

/** The code of each ASCII character; 0 for marks, white space and control characters. */
export const charCodes = new Uint8Array(128);
for (let code = 0x41; code <= 0x5a; code++) {
  charCodes[code] = code & 31;
  charCodes[code | 0x20] = code & 31;
}
for (let code = 0x30; code <= 0x39; code++) charCodes[code] = digitCode;
for (const quote of '"\'`') charCodes[quote.charCodeAt(0)] = quoteCode;
charCodes[0x29] = parenthesisCode;

/** Number of values of three codes. */
const allEnds = 1 << 15;

/** The bits of `recent` that are the codes of the last three characters. */
export const endMask = allEnds - 1;

/** Returns the code of a character, or of the place before a text. */
export function codeOf(char: number): number {
  return char < 128 ? (charCodes[char] as number) : char >= 128 ? wideCode : 0;
}

/** Returns the character at an index, and 0 outside of the text. `charCodeAt` gives NaN there, which makes all its later calls slow. */
export function charAt(text: string, at: number): number {
  return at >= 0 && at < text.length ? text.charCodeAt(at) : 0;
}

/** Returns the codes of the three characters before an index. */
export function endAt(text: string, end: number): number {
  const first = codeOf(charAt(text, end - 3));
  const middle = codeOf(charAt(text, end - 2));
  return (first << 10) | (middle << 5) | codeOf(charAt(text, end - 1));
}

const everyCode = Array.from({ length: 32 }, (_, code) => code);
const noWordCodes = [0, wideCode, quoteCode, parenthesisCode];

/** Returns a table that is 1 at the ends of the words. Words with wide characters have many forms, so that all ends with one are in it. */
export function endTable(words: Iterable<string>, isWideKnown: boolean): Uint8Array {
  const table = new Uint8Array(allEnds);
  for (const word of words) {
    const code = (fromEnd: number): number => codeOf(word.charCodeAt(word.length - fromEnd));
    // Before a shorter word, a letter is another word if this one begins with a capital, and the same word if it begins with a digit.
    const before = code(word.length) === digitCode ? noWordCodes : everyCode;
    const firsts = word.length > 2 ? [code(3)] : word.length === 2 ? before : everyCode;
    const middles = word.length > 1 ? [code(2)] : before;
    for (const first of firsts) for (const middle of middles) table[(first << 10) | (middle << 5) | code(1)] = 1;
  }
  if (!isWideKnown) return table;
  for (let end = 0; end < allEnds; end++) {
    if ((end & 31) === wideCode || ((end >> 5) & 31) === wideCode) table[end] = 1;
  }
  return table;
}
