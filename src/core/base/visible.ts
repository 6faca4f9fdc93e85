/** Makes seen what hides in text that others wrote: what moves a cursor, turns the direction of writing, or has no width. */

/** One line: line feeds and tabs are shown, too, so that no name can pass for a line of its own. */
export function visible(text: string): string {
  return text.replaceAll(hidden, shown);
}

/** Text of several lines, whose line feeds and tabs are meant. */
export function visibleLines(text: string): string {
  return text.replaceAll(hidden, (char) => (char === '\n' || char === '\t' ? char : shown(char)));
}

/** Control characters (C0, DEL, C1), marks of direction and blanks without width, line separators, lone surrogates, and the tag block. */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u{E0000}-\u{E007F}]/gu;

function shown(char: string): string {
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}
