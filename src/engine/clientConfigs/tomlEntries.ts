/** Server entries in TOML: where their parts stand, found by a scan that knows texts, lists, inline tables and comments, and nothing more. */
import type { EntrySpans, EntryWriter, Span, TextEdit } from './clientModel.ts';

/** `key = value` under a table. */
interface TomlMember {
  readonly table: readonly string[];
  readonly key: readonly string[];
  readonly start: number;
  readonly value: Span;
}

/** `[table]`. */
interface TomlHeader {
  readonly path: readonly string[];
  readonly start: number;
  /** Behind its line. */
  readonly end: number;
}

/** The tables and members of a text in order. */
export interface TomlOutline {
  readonly headers: readonly TomlHeader[];
  readonly members: readonly TomlMember[];
}

/** Goes over a text that a TOML parser took; of one that it would not take, the outline is what was found before the mistake. */
function tomlOutline(text: string): TomlOutline {
  const headers: TomlHeader[] = [];
  const members: TomlMember[] = [];
  let table: readonly string[] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    at = skipBlank(text, at);
    if (at >= text.length) break;
    const start = at;
    if (text[at] === '[') {
      const open = text[at + 1] === '[' ? at + 2 : at + 1;
      const { keys, end } = readKeys(text, open);
      table = keys;
      at = lineEnd(text, end);
      headers.push({ path: keys, start, end: at });
      continue;
    }
    const { keys, end } = readKeys(text, at);
    const valueStart = skipSpaces(text, end + 1);
    if (text[end] !== '=' || keys.length === 0) return { headers, members };
    const valueEnd = skipValue(text, valueStart);
    members.push({ table, key: keys, start, value: { start: valueStart, end: valueEnd } });
    at = lineEnd(text, valueEnd);
  }
  return { headers, members };
}

/** The parts of the entry with this path; null when it is not written as a table of its own (`[mcp_servers.name]`). */
export function tomlEntrySpans(text: string, path: readonly string[]): EntrySpans | null {
  const { headers, members } = tomlOutline(text);
  const at = headers.findIndex((header) => same(header.path, path));
  const header = headers[at];
  if (header === undefined) return null;
  const own = (name: string): TomlMember | undefined =>
    members.find(({ table, key }) => same(table, path) && same(key, [name]));
  const value = (name: string): Span | undefined => own(name)?.value;
  const isText = (span: Span | undefined): span is Span => span !== undefined && /["']/.test(text[span.start] ?? '');
  const [command, url] = [value('command'), value('url')];
  const args = value('args');
  return {
    entry: {
      start: header.start,
      end: headers.slice(at + 1).find((next) => !within(next.path, path))?.start ?? text.length,
    },
    command: isText(command) ? command : null,
    args:
      args === undefined
        ? null
        : { inside: { start: args.start + 1, end: args.end - 1 }, items: listItems(text, args) },
    env: envOf(text, path, { headers, members }),
    url: isText(url) ? url : null,
  };
}

export const tomlWriter: EntryWriter = {
  // What JSON escapes, TOML's basic texts escape in the same way.
  text: (value) => JSON.stringify(value).replaceAll('\u007F', '\\u007F'),
  newArgs: (list, { command }, source) => nextLine(command, `args = [${list}]`, source),
  newEnv: (members, { command }, source) => nextLine(command, `env = { ${membersText(members)} }`, source),
  addEnv: (members, { env }) => {
    const at = env?.insertAt ?? 0;
    // A table of its own takes a line for each member, an inline table takes them before its first.
    const text =
      env !== null && env.keys.has(ownTable)
        ? members.map(([name, value]) => `${name} = ${tomlWriter.text(value)}\n`).join('')
        : null;
    return { start: at, end: at, text: text ?? ` ${membersText(members)}${env?.isEmpty === true ? ' ' : ','}` };
  },
};

/** Marks an environment that is written as a table; no variable has such a name. */
const ownTable = '[]';

function envOf(text: string, path: readonly string[], { headers, members }: TomlOutline): EntrySpans['env'] {
  const header = headers.find((each) => same(each.path, [...path, 'env']));
  if (header !== undefined) {
    const own = members.filter(({ table }) => same(table, header.path));
    const keys = new Map(own.map(({ key, start, value }) => [key.join('.'), { start, end: lineEnd(text, value.end) }]));
    keys.set(ownTable, { start: header.start, end: header.end });
    return { insertAt: header.end, isEmpty: own.length === 0, keys };
  }
  const inline = members.find(({ table, key }) => same(table, path) && same(key, ['env']))?.value;
  if (inline === undefined || text[inline.start] !== '{') return null;
  const keys = new Map<string, Span>();
  let at = skipSpaces(text, inline.start + 1);
  while (at < inline.end - 1) {
    const { keys: key, end } = readKeys(text, at);
    const valueEnd = skipValue(text, skipSpaces(text, end + 1));
    if (key.length === 0 || valueEnd <= at) break;
    keys.set(key.join('.'), { start: at, end: valueEnd });
    at = skipSpaces(text, valueEnd);
    if (text[at] === ',') at = skipSpaces(text, at + 1);
  }
  return { insertAt: inline.start + 1, isEmpty: keys.size === 0, keys };
}

function nextLine(value: Span | null, line: string, source: string): TextEdit {
  const end = lineEnd(source, value?.end ?? 0);
  const lineBreak = source.includes('\r\n') ? '\r\n' : '\n';
  const isLast = source[end - 1] !== '\n';
  return { start: end, end, text: isLast ? `${lineBreak}${line}` : `${line}${lineBreak}` };
}

function membersText(members: readonly (readonly [string, string])[]): string {
  return members.map(([name, value]) => `${name} = ${tomlWriter.text(value)}`).join(', ');
}

function listItems(text: string, list: Span): readonly Span[] {
  const items: Span[] = [];
  let at = skipBlank(text, list.start + 1);
  while (at < list.end - 1) {
    const end = skipValue(text, at);
    if (end <= at) break;
    items.push({ start: at, end });
    at = skipBlank(text, end);
    if (text[at] === ',') at = skipBlank(text, at + 1);
  }
  return items;
}

/** A key of one or more parts, plain or quoted; `end` is the first character after it and the blanks behind it. */
function readKeys(text: string, from: number): { readonly keys: readonly string[]; readonly end: number } {
  const keys: string[] = [];
  let at = skipSpaces(text, from);
  for (;;) {
    const quote = text[at];
    if (quote === '"' || quote === "'") {
      const end = skipQuoted(text, at, quote);
      const inner = text.slice(at + 1, end - 1);
      keys.push(quote === '"' ? unescaped(inner) : inner);
      at = end;
    } else {
      const [bare = ''] = /^[\w-]+/.exec(text.slice(at, at + 200)) ?? [];
      if (bare === '') break;
      keys.push(bare);
      at += bare.length;
    }
    at = skipSpaces(text, at);
    if (text[at] !== '.') break;
    at = skipSpaces(text, at + 1);
  }
  return { keys, end: at };
}

/** Where a value ends that begins here. */
function skipValue(text: string, from: number): number {
  const first = text[from];
  if (first === '"' || first === "'") {
    const triple = first.repeat(3);
    if (!text.startsWith(triple, from)) return skipQuoted(text, from, first);
    return skipMultiline(text, from, triple);
  }
  if (first === '[' || first === '{') {
    const close = first === '[' ? ']' : '}';
    let at = skipBlank(text, from + 1);
    while (at < text.length && text[at] !== close) {
      if (text[at] === ',' || text[at] === '=') at = skipBlank(text, at + 1);
      else {
        const next = skipValue(text, at);
        at = skipBlank(text, next > at ? next : at + 1);
      }
    }
    return Math.min(text.length, at + 1);
  }
  const [plain = ''] = /^[^\s,\]}#=]+/.exec(text.slice(from, from + 200)) ?? [];
  return from + plain.length;
}

function skipQuoted(text: string, from: number, quote: string): number {
  let at = from + 1;
  while (at < text.length && text[at] !== quote && text[at] !== '\n') at += text[at] === '\\' && quote === '"' ? 2 : 1;
  return Math.min(text.length, at + 1);
}

function skipMultiline(text: string, from: number, triple: string): number {
  let at = from + 3;
  while (at < text.length && !text.startsWith(triple, at)) at += text[at] === '\\' && triple === '"""' ? 2 : 1;
  let end = Math.min(text.length, at + 3);
  // Up to two quotes may stand before the closing ones.
  while (text[end] === triple[0] && end < at + 5) end++;
  return end;
}

/** Past blanks, line ends and comments. */
function skipBlank(text: string, from: number): number {
  let at = from;
  for (;;) {
    while (/\s/.test(text[at] ?? '')) at++;
    if (text[at] !== '#') return at;
    at = lineEnd(text, at);
  }
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}

/** Behind the line feed of a line. */
function lineEnd(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at + 1;
}

function unescaped(inner: string): string {
  try {
    return String(JSON.parse(`"${inner}"`));
  } catch {
    return inner;
  }
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((part, at) => part === other[at]);
}

function within(path: readonly string[], parent: readonly string[]): boolean {
  return path.length > parent.length && same(path.slice(0, parent.length), parent);
}
