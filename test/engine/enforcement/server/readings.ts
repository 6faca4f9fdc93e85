/** All that a server could be asked for by the same bytes: every reading that some server makes of them. */
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { type Loose, LooseNumber, LooseObject, looseValues, plainOf } from './looseJson.ts';

/** One message in one reading. */
export interface Asked {
  readonly method: string;
  /** The id as JSON text; null for none. */
  readonly id: string | null;
  /** Of a tool call; empty for others. */
  readonly tool: string;
  /** The parameters as JSON text; of a tool call the arguments. */
  readonly text: string;
}

/** What the bytes ask for, in all readings, each once. The reading of a strict server comes first. */
export function readingsOf(bytes: Buffer): readonly Asked[] {
  const found = new Map<string, Asked>();
  for (const text of textsOf(bytes)) {
    for (const value of looseValues(text)) {
      for (const reading of readers) {
        for (const asked of messagesIn(value, reading)) {
          const key = JSON.stringify(asked);
          if (!found.has(key)) found.set(key, asked);
        }
      }
    }
  }
  return [...found.values()];
}

/** Bytes as text: compressed or not, in the encodings that a server may guess, whole and split at whatever ends a line somewhere. */
function textsOf(bytes: Buffer): readonly string[] {
  const all = [bytes, ...unpackers.flatMap((unpack) => attempt(() => unpack(bytes)))];
  const texts = all.flatMap((each) => [
    each.toString('utf8'),
    each.toString('latin1'),
    permissive(each),
    // Some servers leave invalid bytes out.
    each.toString('utf8').replaceAll('\uFFFD', ''),
    ...(each.includes(0)
      ? [each.toString('utf16le'), swapped(each), each.toString('latin1').replaceAll('\0', '')]
      : []),
    ...(/%7b/i.test(each.toString('latin1'))
      ? attempt(() => decodeURIComponent(each.toString('utf8').replaceAll('+', ' ')))
      : []),
  ]);
  const pieces = texts.flatMap((text) => [text, ...text.split(/[\p{Cc}\u2028\u2029]/u)]);
  const quoted = pieces
    .flatMap((text) => attempt(() => JSON.parse(text) as unknown))
    .filter((value) => typeof value === 'string');
  return [...new Set([...pieces, ...quoted])];
}

const unpackers: readonly ((bytes: Buffer) => Buffer)[] = [
  gunzipSync,
  inflateSync,
  inflateRawSync,
  brotliDecompressSync,
];

function attempt<T>(make: () => T): readonly T[] {
  try {
    return [make()];
  } catch {
    return [];
  }
}

function swapped(bytes: Buffer): string {
  const even = bytes.subarray(0, bytes.length - (bytes.length % 2));
  return Buffer.from(even).swap16().toString('utf16le');
}

/** UTF-8 with overlong sequences, as old decoders accept it. */
function permissive(bytes: Buffer): string {
  return bytes.toString('latin1').replaceAll(/[\xC0-\xDF][\x80-\xBF]|[\xE0-\xEF][\x80-\xBF]{2}/g, (sequence) => {
    const [first = 0, ...rest] = Buffer.from(sequence, 'latin1');
    const lead = rest.length === 1 ? first & 0x1f : first & 0x0f;
    return String.fromCharCode(rest.reduce((code, byte) => (code << 6) | (byte & 0x3f), lead));
  });
}

/** Finds a member of an object by a name in small letters. */
type MemberReader = (object: LooseObject, name: string) => Loose | undefined;

const readers: readonly MemberReader[] = [
  (object, name) => object.members.findLast(([key]) => key === name)?.[1],
  (object, name) => object.members.find(([key]) => key === name)?.[1],
  (object, name) => object.members.findLast(([key]) => folded(key) === name)?.[1],
  (object, name) => object.members.find(([key]) => folded(key) === name)?.[1],
  (object, name) => object.members.findLast(([key]) => normal(key) === name)?.[1],
  inherited,
];

/** As Go's `encoding/json` compares names: U+212A and U+017F equal k and s. */
function folded(name: string): string {
  return name.toLowerCase().replaceAll('\u212A', 'k').replaceAll('\u017F', 's');
}

/** As a server that trims and unifies what it reads. */
function normal(text: string): string {
  const cut = text.split('\0')[0] ?? '';
  const plain = cut.normalize('NFKC').replaceAll(/[\u200B-\u200F\u2060\u00AD\uFEFF]/g, '');
  return (
    attempt(() => decodeURIComponent(plain))
      .concat(plain)[0]
      ?.trim()
      .toLowerCase()
      .replaceAll(/[/\\]+/g, '/') ?? ''
  );
}

/** As a server in JavaScript that copies members one by one: `__proto__` lends its members. */
function inherited(object: LooseObject, name: string): Loose | undefined {
  const own = object.members.findLast(([key]) => key === name)?.[1];
  if (own !== undefined) return own;
  for (const [key, value] of object.members) {
    if ((key === '__proto__' || key === 'prototype' || key === 'constructor') && value instanceof LooseObject) {
      const lent = inherited(value, name);
      if (lent !== undefined) return lent;
    }
  }
  return undefined;
}

function messagesIn(value: Loose, read: MemberReader): readonly Asked[] {
  if (Array.isArray(value)) return value.flatMap((each: Loose) => messagesIn(each, read));
  if (typeof value === 'string') return looseValues(value).flatMap((each) => messagesIn(each, read));
  if (!(value instanceof LooseObject)) return [];
  const method = textOf(read(value, 'method'));
  if (method === null) return [];
  const id = read(value, 'id');
  const params = opened(read(value, 'params')) ?? value;
  const [tool, args] = Array.isArray(params)
    ? [params[0] as Loose, opened(params[1] as Loose | undefined)]
    : params instanceof LooseObject
      ? [read(params, 'name'), opened(read(params, 'arguments'))]
      : [];
  const name = textOf(tool) ?? '';
  const idText =
    id === undefined || id === null ? null : id instanceof LooseNumber ? id.text : JSON.stringify(plainOf(id));
  const isCall = normal(method) === 'tools/call';
  return [
    {
      method: normal(method),
      id: idText,
      tool: isCall ? normal(name) : '',
      text: isCall ? argumentText(args, read) : JSON.stringify(plainOf(params)),
    },
  ];
}

/** The arguments as the reader takes them: of members with equal names it sees one. */
function argumentText(args: Loose | undefined, read: MemberReader): string {
  if (!(args instanceof LooseObject)) return JSON.stringify(plainOf(args ?? null));
  const names = [...new Set(['path', ...args.members.map(([name]) => name)])];
  return JSON.stringify(
    Object.fromEntries(
      names.flatMap((name) => {
        const value = read(args, name);
        return value === undefined ? [] : [[name, plainOf(value)]];
      }),
    ),
  );
}

/** JSON in a string counts as the value. */
function opened(value: Loose | undefined): Loose | undefined {
  return typeof value === 'string' ? (looseValues(value)[0] ?? value) : (value ?? undefined);
}

function textOf(value: Loose | undefined): string | null {
  if (typeof value === 'string') return value;
  return Array.isArray(value) && typeof value[0] === 'string' ? value[0] : null;
}
