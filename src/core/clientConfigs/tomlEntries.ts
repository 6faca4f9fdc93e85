/** Server entries in TOML: where their parts are, and how new parts are written so that the rest of the file stays byte for byte. */
import type { TextSpan } from '../base/textPlaces.ts';
import { type TomlNode, tomlPath } from '../toml/tomlNode.ts';
import { outlineToml, type TomlOutline, type TomlPair } from '../toml/tomlOutline.ts';
import type { EntrySpans, EntryWriter, TextEdit } from './clientModel.ts';

/** The parts of the entry with this path, or how it must be written to have them: as tables of its own (`[mcp_servers.name]`), one after the other. */
export function tomlEntrySpans(text: string, path: readonly string[]): EntrySpans | { readonly hint: string } {
  const { root, keys } = outlineToml(text);
  const entry = root.find(path);
  const headers = keys.filter((key) => key.kind === 'header');
  const at = headers.findIndex(({ node }) => node === entry);
  const header = headers[at];
  const written = tomlPath(path);
  if (entry === undefined || header === undefined) return { hint: `Write it as a table with a header: [${written}]` };
  const end = headers.slice(at + 1).find(({ node }) => !isBelow(node, entry))?.line.start ?? text.length;
  const isApart = keys.some(({ node, start }) => (start < header.start || start >= end) && isBelow(node, entry));
  if (isApart) return { hint: `Write the tables below [${written}] right after it` };
  const pairs = pairsOf(keys, entry);
  const valueOf = (name: string): TomlPair['value'] | null => {
    return pairs.find(({ node }) => node.parent === entry && node.name === name)?.value ?? null;
  };
  const stringAt = (name: string): TextSpan | null => {
    const span = valueOf(name);
    return span !== null && /["']/.test(text.charAt(span.start)) ? span : null;
  };
  const args = valueOf('args');
  return {
    entry: {
      start: header.line.start,
      end,
    },
    command: stringAt('command'),
    args: args === null ? null : { inside: { start: args.start + 1, end: args.end - 1 }, items: args.items ?? [] },
    env: environmentSpans(text, keys, entry),
    url: stringAt('url'),
  };
}

export const tomlWriter: EntryWriter = {
  // TOML's basic strings have the escapes of JSON, and demand one for DEL.
  string: (value) => JSON.stringify(value).replaceAll('\u007F', '\\u007F'),
  newArgs: (list, { command }, source) => nextLine(command, `args = [${list}]`, source),
  newEnv: (members, { command }, source) => nextLine(command, `env = { ${assignments(members).join(', ')} }`, source),
  addEnv: (members, { env }) => {
    const at = env?.insertAt ?? 0;
    // A table gets one line per member after its header; an inline table gets the members before its first.
    const text =
      env?.isTable === true
        ? assignments(members)
            .map((line) => `${line}\n`)
            .join('')
        : ` ${assignments(members).join(', ')}${env?.isEmpty === true ? ' ' : ','}`;
    return { start: at, end: at, text };
  },
};

/** `env` as a table with a header, or as an inline table; null for anything else. */
function environmentSpans(text: string, keys: TomlOutline['keys'], entry: TomlNode): EntrySpans['env'] {
  const env = entry.child('env');
  if (env === undefined) return null;
  const pairs = pairsOf(keys, env);
  const name = ({ node }: TomlPair): string => node.path().slice(env.depth).join('.');
  const header = keys.find((key) => key.kind === 'header' && key.node === env);
  if (header?.kind === 'header') {
    const lines = pairs.map((pair) => [name(pair), { start: pair.start, end: lineEnd(text, pair.value.end) }] as const);
    return { insertAt: header.line.end, isEmpty: pairs.length === 0, isTable: true, keys: new Map(lines) };
  }
  const inline = keys.find((key) => key.kind === 'pair' && key.table === entry && key.node === env);
  if (inline?.kind !== 'pair' || text.charAt(inline.value.start) !== '{') return null;
  const members = pairs.map((pair) => [name(pair), { start: pair.start, end: pair.value.end }] as const);
  return { insertAt: inline.value.start + 1, isEmpty: pairs.length === 0, isTable: false, keys: new Map(members) };
}

function pairsOf(keys: TomlOutline['keys'], table: TomlNode): readonly TomlPair[] {
  return keys.filter((key): key is TomlPair => key.kind === 'pair' && key.table === table);
}

function isBelow(node: TomlNode, table: TomlNode): boolean {
  let parent = node.parent;
  while (parent !== null && parent.depth > table.depth) parent = parent.parent;
  return parent === table;
}

/** Inserts a line after the line in which a value ends. */
function nextLine(value: TextSpan | null, line: string, source: string): TextEdit {
  const end = lineEnd(source, value?.end ?? 0);
  const lineBreak = source.includes('\r\n') ? '\r\n' : '\n';
  const isLast = source[end - 1] !== '\n';
  return { start: end, end, text: isLast ? `${lineBreak}${line}` : `${line}${lineBreak}` };
}

function assignments(members: readonly (readonly [string, string])[]): readonly string[] {
  return members.map(([name, value]) => `${name} = ${tomlWriter.string(value)}`);
}

/** The index after the line feed. */
function lineEnd(text: string, from: number): number {
  const feed = text.indexOf('\n', from);
  return feed < 0 ? text.length : feed + 1;
}
