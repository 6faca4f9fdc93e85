/** A backend's raw tool result as the gateway's MCP library hands it on: known members only, empty ones dropped (go-sdk v1.7.0 `mcp`). */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { normalizeBase64 } from './toolResultBase64.ts';

/** The result, or the library's error text (for wrong types without its description of the Go type). */
export type SdkResult =
  { readonly ok: true; readonly value: JsonObject } | { readonly ok: false; readonly error: string };

/**
 * What `tools/call` gives over stdio, streamable HTTP and SSE. A guard sees this form: without `isError: false`, without members that
 * the library does not know, with an empty `content` where there was none.
 */
export function readSdkResult(raw: JsonValue): SdkResult {
  try {
    return { ok: true, value: reshape(resultMembers, raw) };
  } catch (thrown) {
    if (thrown instanceof Refusal) return { ok: false, error: thrown.message };
    throw thrown;
  }
}

/** Why the library refuses a result; never leaves this file. */
class Refusal extends Error {}

/** How one member is read: undefined leaves it out. A missing member and null are the same to Go. */
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
  return typeof value === 'number' && Number.isInteger(value) ? value : refuse(value);
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
const bytes: Read = (value) => {
  const encoded = text(value);
  if (typeof encoded !== 'string' || encoded === '') return '';
  const decoded = normalizeBase64(encoded);
  if (!decoded.ok) throw new Refusal(decoded.error);
  return decoded.value;
};

/** A list whose entries are read one by one; `someList` leaves an empty one out. */
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
      icons: someList((value) => (value === null ? reshape(icon, {}) : reshape(icon, value))),
    },
  ],
  ['resource', { resource: object(resource), _meta: someMap, annotations }],
  ['tool_use', { id: text, name: text, input: map, _meta: someMap }],
  [
    'tool_result',
    { toolUseId: text, content: list(content), structuredContent: anything, isError: flag, _meta: someMap },
  ],
]);

const resultMembers: Members = {
  _meta: someMap,
  content: list(content),
  structuredContent: anything,
  isError: flag,
  requestState: someText,
  resultType: someText,
  inputRequests: someMap,
};

function content(raw: JsonValue): JsonValue {
  if (raw === null) throw new Refusal('nil content');
  if (!isJsonObject(raw)) return refuse(raw);
  const type = text(raw['type'] ?? null);
  const members = typeof type === 'string' ? contentMembers.get(type) : undefined;
  if (members === undefined) throw new Refusal(`unrecognized content type ${JSON.stringify(type)}`);
  return { type: type ?? '', ...reshape(members, raw) };
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
  throw new Refusal(`json: cannot unmarshal ${JSON.stringify(value)}`);
}
