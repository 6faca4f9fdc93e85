/** JSON as text: indented and coloured without being parsed, so that numbers, escapes and order stay as they were sent. */

export type JsonTokenKind = 'key' | 'string' | 'number' | 'word' | 'punctuation' | 'space';

/** A piece of JSON text. */
export interface JsonToken {
  readonly kind: JsonTokenKind;
  readonly text: string;
}

const pattern =
  /("[^"\\]*(?:\\.[^"\\]*)*"?)(\s*:)?|(-?\d[\d.eE+-]*)|(true|false|null)|([{}[\],:])|(\s+)|([^\s{}[\],:"]+)/gy;

/** The text cut into tokens; anything that is not JSON becomes `word`, so no character is lost. */
export function jsonTokens(text: string): readonly JsonToken[] {
  const tokens: JsonToken[] = [];
  for (const [, string, colon, number, word, punctuation, space, other] of text.matchAll(pattern)) {
    if (string !== undefined) {
      tokens.push({ kind: colon === undefined ? 'string' : 'key', text: string });
      if (colon !== undefined) tokens.push({ kind: 'punctuation', text: colon });
    } else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (punctuation !== undefined) tokens.push({ kind: 'punctuation', text: punctuation });
    else if (space !== undefined) tokens.push({ kind: 'space', text: space });
    else tokens.push({ kind: 'word', text: word ?? other ?? '' });
  }
  return tokens;
}

/** The same JSON with two spaces a level; a text that breaks off is indented as far as it goes. Never throws. */
export function indentJson(text: string): string {
  const out: string[] = [];
  let depth = 0;
  let opened = false;
  const newLine = (): void => void out.push('\n', '  '.repeat(Math.max(0, depth)));
  for (const { kind, text: token } of jsonTokens(text)) {
    if (kind === 'space') continue;
    const mark = kind === 'punctuation' ? token.trim() : '';
    const closes = mark === '}' || mark === ']';
    if (closes) depth--;
    if (opened !== closes) newLine();
    opened = mark === '{' || mark === '[';
    if (opened) depth++;
    out.push(mark === ':' ? ': ' : token);
    if (mark === ',') newLine();
  }
  return out.join('');
}
