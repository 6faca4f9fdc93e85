/** Converts a backend's raw tool result as the gateway's MCP library does: known members only, empty ones dropped (go-sdk v1.7.0 `mcp`). */
import { quoteGo } from '../go/goText.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { jsonText } from '../base/jsonText.ts';
import { encodeBase64, isByte, normalizeBase64 } from './toolResultBase64.ts';

/** The result, or the library's error text (for a wrong type, without the description of the Go type). */
export type SdkResult =
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly error: string };

/**
 * Returns what the library's `tools/call` returns over stdio, streamable HTTP and SSE. A guard receives this form: without
 * `isError: false`, without members unknown to the library, and with an empty `content` if there was none.
 */
export function readSdkResult(raw: JsonValue): SdkResult {
  try {
    check(wireResult, raw);
    return { ok: true, value: reshape(resultMembers, raw) };
  } catch (thrown) {
    if (thrown instanceof Refusal) return { ok: false, error: thrown.message };
    throw thrown;
  }
}

/** Error text with which the library refuses a result. Not thrown out of this file. */
class Refusal extends Error {}

/** Reads one member; undefined omits it. Go treats a missing member and null alike. */
type Read = (value: JsonValue) => JsonValue | undefined;

type Members = Readonly<Record<string, Read>>;

const text: Read = (value) => {
  if (value === null) return '';
  return typeof value === 'string' ? value : refuse(value);
};
const someText: Read = (value) => text(value) || undefined;
const flag: Read = (value) => {
  if (value !== null && typeof value !== 'boolean') refuse(value);
  return value === true ? true : undefined;
};
const anything: Read = (value) => value ?? undefined;
const integer: Read = (value) => {
  if (value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || Math.abs(value) >= 2 ** 63) refuse(value);
  // Turns -0 into 0.
  return value + 0;
};
const someNumber: Read = (value) => {
  if (value !== null && typeof value !== 'number') refuse(value);
  return value === 0 ? undefined : (value ?? undefined);
};
const someMap: Read = (value) => {
  if (value !== null && !isJsonObject(value)) refuse(value);
  return value === null || Object.keys(value).length === 0 ? undefined : value;
};
const map: Read = (value) => someMap(value) ?? {};
/** Requests for input (go-sdk v1.7.0 `mcp/protocol.go`, `InputRequestMap`): of three methods, with parameters. */
const inputRequests: Read = (value) => {
  const requests = someMap(value);
  if (requests === undefined || !isJsonObject(requests)) return requests;
  for (const request of Object.values(requests)) {
    if (request !== null && !isJsonObject(request)) refuse(request);
    const method = text(request?.['method'] ?? null);
    if (typeof method !== 'string' || !inputMethods.has(method)) {
      throw new Refusal(`unsupported InputRequest method: ${quoteGo(typeof method === 'string' ? method : '')}`);
    }
    const params = request?.['params'];
    if (params === undefined) throw new Refusal('unexpected end of JSON input');
    if (params !== null && !isJsonObject(params)) refuse(params);
  }
  return requests;
};
/** Base64, or a list of numbers. */
const bytes: Read = (value) => {
  if (Array.isArray(value)) return encodeBase64(value.map((entry: JsonValue) => byte(entry)));
  const encoded = text(value);
  if (typeof encoded !== 'string' || encoded === '') return '';
  const decoded = normalizeBase64(encoded);
  if (!decoded.ok) throw new Refusal(decoded.error);
  return decoded.value;
};

/** A list whose entries are read by `read`; `someList` omits an empty list. */
function list(read: (value: JsonValue) => JsonValue): Read {
  return (value) => {
    if (value === null) return [];
    return Array.isArray(value) ? value.map((entry: JsonValue) => read(entry)) : refuse(value);
  };
}
function someList(read: (value: JsonValue) => JsonValue): Read {
  return (value) => {
    const entries = list(read)(value);
    return Array.isArray(entries) && entries.length > 0 ? entries : undefined;
  };
}
function object(members: Members): Read {
  return (value) => (value === null ? undefined : reshape(members, value));
}

const annotations = object({
  audience: someList((role) => text(role) ?? ''),
  lastModified: someText,
  priority: someNumber,
});
const icon: Members = {
  src: text,
  mimeType: someText,
  sizes: someList((size) => text(size) ?? ''),
  theme: someText,
};
const media: Members = { mimeType: text, data: bytes, _meta: someMap, annotations };
const resource: Members = {
  uri: text,
  mimeType: someText,
  text: someText,
  blob: (value) => (value === null ? undefined : bytes(value)),
  _meta: someMap,
};

/** A content item as decoded before its type is checked: a member with a wrong type is an error even if the item's type does not use it. */
const wireContent: Members = {
  type: text,
  text,
  mimeType: text,
  data: bytes,
  resource: checked(resource),
  uri: text,
  name: text,
  title: text,
  description: text,
  size: integer,
  _meta: someMap,
  annotations,
  icons: list((value) => reshape(icon, value)),
  id: text,
  input: someMap,
  toolUseId: text,
  content: list(wireItem),
  isError: flag,
};

/** The members of each content type, in the library's order, after `type`. */
const contentMembers: ReadonlyMap<string, Members> = new Map<string, Members>([
  ['text', { text, _meta: someMap, annotations }],
  ['image', media],
  ['audio', media],
  [
    'resource_link',
    {
      mimeType: someText,
      uri: someText,
      name: someText,
      title: someText,
      description: someText,
      size: integer,
      _meta: someMap,
      annotations,
      icons: someList((value) => reshape(icon, value)),
    },
  ],
  ['resource', { resource: object(resource), _meta: someMap, annotations }],
  ['tool_use', { id: text, name: text, input: map, _meta: someMap }],
  [
    'tool_result',
    { toolUseId: text, content: list(nestedContent), structuredContent: anything, isError: flag, _meta: someMap },
  ],
]);

const resultMembers: Members = {
  _meta: someMap,
  content: list(content),
  structuredContent: anything,
  isError: flag,
  requestState: someText,
  resultType: someText,
  inputRequests,
};

/** The whole result is decoded before its content items are checked. */
const wireResult: Members = { ...resultMembers, content: list(wireItem) };

const inputMethods: ReadonlySet<string> = new Set(['elicitation/create', 'sampling/createMessage', 'roots/list']);

/** Content types allowed inside a content item of type `tool_result`. */
const nestedTypes: ReadonlySet<string> = new Set(['text', 'image', 'audio', 'resource_link', 'resource']);

function content(raw: JsonValue): JsonObject {
  if (raw === null) throw new Refusal('nil content');
  const type = typeOf(raw);
  const members = contentMembers.get(type);
  if (members === undefined) throw new Refusal(`unrecognized content type ${quoteGo(type)}`);
  return { type, ...reshape(members, raw) };
}

/** Content inside a `tool_result`, which also omits empty strings, unlike content elsewhere. */
function nestedContent(raw: JsonValue): JsonObject {
  const where = 'tool_result nested content: ';
  if (raw === null) throw new Refusal(`${where}nil content`);
  const type = typeOf(raw);
  if (!nestedTypes.has(type)) throw new Refusal(`${where}invalid content type ${quoteGo(type)}`);
  return Object.fromEntries(Object.entries(content(raw)).filter(([, value]) => value !== ''));
}

function typeOf(item: JsonValue): string {
  const type = isJsonObject(item) ? item['type'] : null;
  return typeof type === 'string' ? type : '';
}

function wireItem(raw: JsonValue): JsonValue {
  if (raw !== null) check(wireContent, raw);
  return null;
}

function checked(members: Members): Read {
  return (value) => {
    check(members, value);
    return undefined;
  };
}

/** Checks the types of the members in the order of the JSON text; the first wrong one throws. */
function check(members: Members, raw: JsonValue): void {
  if (raw !== null && !isJsonObject(raw)) refuse(raw);
  for (const [name, value] of Object.entries(raw ?? {})) if (Object.hasOwn(members, name)) members[name]?.(value);
}

function byte(value: JsonValue): number {
  if (value === null) return 0;
  return isByte(value) ? value : refuse(value);
}

function reshape(members: Members, raw: JsonValue): JsonObject {
  if (raw !== null && !isJsonObject(raw)) return refuse(raw);
  const reshaped: Record<string, JsonValue> = {};
  for (const [name, read] of Object.entries(members)) {
    const value = read(raw === null || !Object.hasOwn(raw, name) ? null : (raw[name] ?? null));
    if (value !== undefined) reshaped[name] = value;
  }
  return reshaped;
}

function refuse(value: JsonValue): never {
  throw new Refusal(`json: cannot unmarshal ${jsonText(value)}`);
}
