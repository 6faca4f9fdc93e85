/** Tokenizes and indents JSON text without parsing it, so that numbers, escapes and member order stay as sent. */

export type JsonTokenKind = 'key' | 'string' | 'number' | 'word' | 'punctuation' | 'space';

/** A piece of JSON text. */
export interface JsonToken {
  readonly kind: JsonTokenKind;
  readonly text: string;
}

const plain = /(-?\d[\d.eE+-]*)|(true|false|null)|([{}[\],:])|(\s+)|([^\s{}[\],:"]+)/y;
const quoteOrEscape = /["\\]/g;
const colonAhead = /\s*:/y;

/** The tokens of a text. Characters that are not JSON become `word` tokens, so the tokens always add up to the text. */
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

/** Searches from one quote or backslash to the next, because a single regular expression overflows on strings of several megabytes. */
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

/** The JSON indented by two spaces per level. Truncated JSON is indented as far as it goes. Never throws. */
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
