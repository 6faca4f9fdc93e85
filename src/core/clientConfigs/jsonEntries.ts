/** Server entries in JSON with comments: where their parts are, and how new parts are written so that the rest of the file stays byte for byte. */
import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { TextSpan } from '../base/textPlaces.ts';
import type { EntrySpans, EntryWriter, TextEdit } from './clientModel.ts';
import { lastMember } from './entryFaults.ts';
import { isJsonRecord } from './jsonRecord.ts';

/** The tree of a text, or its first syntax error. */
export type JsonReading = { readonly root: Node } | { readonly offset: number; readonly reason: string };

/** Parses JSON with comments, trailing commas and a byte order mark, which clients accept. */
export function readJsonTree(text: string): JsonReading {
  const errors: ParseError[] = [];
  const body = text.replace(/^\uFEFF/, ' ');
  const root = parseTree(body, errors, { allowTrailingComma: true, disallowComments: false });
  const [error] = errors;
  if (error !== undefined) return { offset: error.offset, reason: printParseErrorCode(error.error) };
  if (root?.type !== 'object') return { offset: 0, reason: 'ObjectExpected' };
  return { root };
}

/** A server entry and its node in the tree. */
export interface JsonEntry {
  readonly name: string;
  readonly path: readonly string[];
  readonly node: Node;
}

/** The entries below the keys of a row; `*` matches every key. */
export function jsonEntries(root: Node, places: readonly (readonly string[])[]): readonly JsonEntry[] {
  return places.flatMap((place) =>
    membersAt(root, place, []).map(({ path, node }) => ({ name: path.at(-1) ?? '', path, node })),
  );
}

/** The value at a path. */
export function jsonNodeAt(root: Node, path: readonly string[]): Node | undefined {
  return path.reduce<Node | undefined>((node, key) => lastMember(node, key), root);
}

/** The spans of an entry's parts. */
export function jsonEntrySpans(entry: Node): EntrySpans {
  const holder = commandHolder(entry);
  const command = lastMember(holder, holder === entry ? 'command' : 'path');
  const args = lastMember(holder, 'args');
  const env = lastMember(holder, 'env');
  // The order in which `readClientText` looks for an address.
  const url = ['httpUrl', 'serverUrl', 'url'].map((name) => lastMember(entry, name)).find((node) => node !== undefined);
  return {
    entry: spanOf(entry),
    command: command?.type === 'string' ? spanOf(command) : null,
    args: args?.type === 'array' ? { inside: inside(args), items: (args.children ?? []).map(spanOf) } : null,
    env:
      env?.type === 'object'
        ? { insertAt: env.offset + 1, isEmpty: (env.children ?? []).length === 0, isTable: false, keys: keysOf(env) }
        : null,
    url: url?.type === 'string' ? spanOf(url) : null,
  };
}

/** The values of an entry as plain data. */
export function jsonEntryValues(entry: Node): Readonly<Record<string, unknown>> {
  const value = getNodeValue(entry) as Record<string, unknown>;
  const { command } = value;
  // Older versions of Zed have an object here: path, arguments and environment.
  if (isJsonRecord(command)) {
    const { path, args, env } = command;
    return { ...value, command: path, args, env };
  }
  return value;
}

export const jsonWriter: EntryWriter = {
  string: (value) => JSON.stringify(value),
  newArgs: (list, { command }, source) => after(command, `"args": [${list}]`, source),
  newEnv: (members, { command }, source) => after(command, `"env": { ${membersText(members)} }`, source),
  addEnv: (members, { env }) => {
    const at = env?.insertAt ?? 0;
    return { start: at, end: at, text: `${membersText(members)}${env?.isEmpty === true ? '' : ', '}` };
  },
};

/** Inserts a member after a value, on a line of its own if the value's member is on one. */
function after(value: TextSpan | null, text: string, source: string): TextEdit {
  const at = value?.end ?? 0;
  const lineStart = source.lastIndexOf('\n', (value?.start ?? 0) - 1) + 1;
  const [indent = ''] = /^[ \t]*(?=")/.exec(source.slice(lineStart)) ?? [];
  const isOwnLine = /^[ \t]*"[^"]*"\s*:\s*$/.test(source.slice(lineStart, value?.start ?? 0));
  const lineEnd = source.includes('\r\n') ? '\r\n' : '\n';
  return { start: at, end: at, text: isOwnLine ? `,${lineEnd}${indent}${text}` : `, ${text}` };
}

function membersText(members: readonly (readonly [string, string])[]): string {
  return members.map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(', ');
}

function membersAt(
  node: Node,
  place: readonly string[],
  path: readonly string[],
): { path: readonly string[]; node: Node }[] {
  const [key, ...rest] = place;
  if (node.type !== 'object') return [];
  const children = propertiesOf(node);
  if (key === undefined) {
    return children
      .filter(({ value }) => value.type === 'object')
      .map(({ name, value }) => ({ path: [...path, name], node: value }));
  }
  if (key !== '*') {
    const found = lastMember(node, key);
    return found === undefined ? [] : membersAt(found, rest, [...path, key]);
  }
  return children.flatMap(({ name, value }) => membersAt(value, rest, [...path, name]));
}

/** Of duplicate keys the last one counts, as in the parsers of the clients. */
function propertiesOf(node: Node): readonly { readonly name: string; readonly value: Node }[] {
  const found = new Map<string, Node>();
  for (const { children } of node.children ?? []) {
    const [key, value] = children ?? [];
    if (key !== undefined && value !== undefined) found.set(String(key.value), value);
  }
  return [...found].map(([name, value]) => ({ name, value }));
}

function commandHolder(entry: Node): Node {
  const command = lastMember(entry, 'command');
  return command?.type === 'object' ? command : entry;
}

function keysOf(node: Node): ReadonlyMap<string, TextSpan> {
  const keys = new Map<string, TextSpan>();
  for (const property of node.children ?? []) {
    const name = property.children?.[0]?.value as unknown;
    if (typeof name === 'string') keys.set(name, spanOf(property));
  }
  return keys;
}

function spanOf({ offset, length }: Node): TextSpan {
  return { start: offset, end: offset + length };
}

function inside({ offset, length }: Node): TextSpan {
  return { start: offset + 1, end: offset + length - 1 };
}
