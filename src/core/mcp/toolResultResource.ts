/** Converts an embedded resource as the gateway's MCP library does, with five typed fields (go-sdk `ResourceContents`). */
import { encodeGoJson } from '../go/goJson.ts';
import { compareUtf8, toLower } from '../go/goText.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { type Converted, encodeBase64, isByte, normalizeBase64 } from './toolResultBase64.ts';

/** Returns the resource that the client receives (other members are lost), or Go's text for the first type error. */
export function convertResource(value: JsonValue): Converted<JsonObject> {
  if (!isJsonObject(value)) {
    return { ok: false, error: `json: cannot unmarshal ${jsonKind(value)} into Go value of type mcp.ResourceContents` };
  }
  const fields: Fields = { uri: '', mimeType: '', text: '', blob: null, meta: null };
  let firstError: string | null = null;
  // The gateway marshals the map first, which sorts the keys. Of two spellings of one field, the later one wins.
  for (const [key, member] of Object.entries(value).sort(([a], [b]) => compareUtf8(a, b))) {
    const error = readField(fields, toLower(key), member);
    firstError ??= error;
  }
  if (firstError !== null) return { ok: false, error: firstError };
  return { ok: true, value: writeResource(fields) };
}

interface Fields {
  uri: string;
  mimeType: string;
  text: string;
  /** Base64; null when absent. An absent blob is omitted, an empty one is not. */
  blob: string | null;
  meta: JsonObject | null;
}

const stringFields: Readonly<Record<string, 'uri' | 'mimeType' | 'text'>> = {
  uri: 'uri',
  mimetype: 'mimeType',
  text: 'text',
};

/** Sets one field; returns Go's error text when the type is wrong. */
function readField(fields: Fields, key: string, value: JsonValue): string | null {
  const name = Object.hasOwn(stringFields, key) ? stringFields[key] : undefined;
  if (name !== undefined) {
    if (typeof value === 'string') fields[name] = value;
    return value === null || typeof value === 'string' ? null : fieldError(name, 'string', value);
  }
  if (key === '_meta') {
    if (value === null) fields.meta = null;
    else if (isJsonObject(value)) fields.meta = { ...fields.meta, ...value };
    return value === null || isJsonObject(value) ? null : fieldError('_meta', 'mcp.Meta', value);
  }
  return key === 'blob' ? readBlob(fields, value) : null;
}

function readBlob(fields: Fields, value: JsonValue): string | null {
  if (value === null) {
    fields.blob = null;
    return null;
  }
  if (typeof value === 'string') {
    const blob = normalizeBase64(value);
    if (blob.ok) fields.blob = blob.value;
    return blob.ok ? null : blob.error;
  }
  if (!Array.isArray(value)) return fieldError('blob', '[]uint8', value);
  const strange = value.find((item) => item !== null && !isByte(item));
  if (strange !== undefined) return fieldError('blob', 'uint8', strange);
  fields.blob = encodeBase64(value.map((item) => (typeof item === 'number' ? item : 0)));
  return null;
}

function writeResource({ uri, mimeType, text, blob, meta }: Fields): JsonObject {
  return {
    uri,
    ...(mimeType === '' ? {} : { mimeType }),
    ...(text === '' ? {} : { text }),
    ...(blob === null ? {} : { blob }),
    ...(meta === null || Object.keys(meta).length === 0 ? {} : { _meta: meta }),
  };
}

function fieldError(field: string, type: string, value: JsonValue): string {
  const literal = type === 'uint8' && typeof value === 'number' ? ` ${encodeGoJson(value)}` : '';
  return `json: cannot unmarshal ${jsonKind(value)}${literal} into Go struct field ResourceContents.${field} of type ${type}`;
}

/** Returns the name of a JSON value's kind in Go's error texts. */
function jsonKind(value: JsonValue): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return value === null ? 'null' : typeof value;
}
