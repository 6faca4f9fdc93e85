/** Escapes invisible characters in untrusted text: those that move the cursor, change the text direction, or have no width. */

/** For a single line: line feeds and tabs are escaped too, so that a name cannot look like a line of its own. */
export function visible(text: string): string {
  return text.replaceAll(hidden, escapeCharacter);
}

/** For text of several lines: line feeds and tabs are left as they are. */
export function visibleLines(text: string): string {
  return text.replaceAll(hidden, (char) => (char === '\n' || char === '\t' ? char : escapeCharacter(char)));
}

/** For an encoded JSON value: the same characters as JSON escapes, so that a reader of the JSON gets the same strings. Line feeds between values stay. */
export function visibleJson(json: string): string {
  return json.replaceAll(hidden, (char) => {
    if (char === '\n') return char;
    const units = Array.from({ length: char.length }, (_, at) => char.charCodeAt(at).toString(16).padStart(4, '0'));
    return units.map((unit) => `\\u${unit}`).join('');
  });
}

/** Control and format characters (C0, DEL, C1, text direction, zero width), line separators, lone surrogates, and the tag block. */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u{E0000}-\u{E007F}]/gu;

function escapeCharacter(char: string): string {
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}
