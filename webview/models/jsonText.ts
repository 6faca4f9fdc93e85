/** JSON as text: indented and coloured without being parsed, so that numbers, escapes and order stay as they were sent. */

export type JsonTokenKind = 'key' | 'string' | 'number' | 'word' | 'punctuation' | 'space';

/** A piece of JSON text. */
export interface JsonToken {
  readonly kind: JsonTokenKind;
  readonly text: string;
}

const plain = /(-?\d[\d.eE+-]*)|(true|false|null)|([{}[\],:])|(\s+)|([^\s{}[\],:"]+)/y;
const quoteOrEscape = /["\\]/g;
const colonAhead = /\s*:/y;

/** The text cut into tokens; anything that is not JSON becomes `word`, so no character is lost. */
export function jsonTokens(text: string): readonly JsonToken[] {
  const tokens: JsonToken[] = [];
  let at = 0;
  while (at < text.length) {
    const token = text[at] === '"' ? stringToken(text, at) : plainToken(text, at);
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
}

function plainToken(text: string, at: number): JsonToken {
  plain.lastIndex = at;
  const [all = text.slice(at), number, word, punctuation, space] = plain.exec(text) ?? [];
  if (number !== undefined) return { kind: 'number', text: all };
  if (punctuation !== undefined) return { kind: 'punctuation', text: all };
  return { kind: space === undefined || word !== undefined ? 'word' : 'space', text: all };
}

/** Looks from one quote or backslash to the next: one expression for the whole would overflow on strings of megabytes. */
function stringToken(text: string, at: number): JsonToken {
  let end = at + 1;
  while (end < text.length) {
    quoteOrEscape.lastIndex = end;
    const mark = quoteOrEscape.exec(text);
    end = mark === null ? text.length : mark.index + (mark[0] === '"' ? 1 : 2);
    if (mark?.[0] === '"') break;
  }
  colonAhead.lastIndex = end;
  return { kind: colonAhead.test(text) ? 'key' : 'string', text: text.slice(at, end) };
}

/** The same JSON with two spaces a level; a text that breaks off is indented as far as it goes. Never throws. */
export function indentJson(text: string): string {
  const out: string[] = [];
  let depth = 0;
  let opened = false;
  const newLine = (): void => void out.push('\n', '  '.repeat(Math.max(0, depth)));
  for (const { kind, text: token } of jsonTokens(text)) {
    if (kind === 'space') continue;
    const mark = kind === 'punctuation' ? token : '';
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
