/** Converts a backend's answer to the result that the client receives (gateway `internal/mcp/tool_result.go`, spec 3.8). */
import { encodeGoJson } from '../go/goJson.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { isErrorResult, member, textMember } from './textContent.ts';
import { type Converted, normalizeBase64 } from './toolResultBase64.ts';
import { convertResource } from './toolResultResource.ts';

/** A tool result as sent to the client; `isError` is omitted when false. */
export interface ToolResult {
  readonly content: readonly JsonObject[];
  readonly isError?: true;
}

/**
 * Converts the result of a call. An object with a `content` array keeps its items by type (`_meta`, annotations and
 * `structuredContent` are lost). Any other value, including every labelled result, becomes one text item with the JSON of the whole value.
 */
export function convertToToolResult(data: JsonValue): Converted<ToolResult> {
  const content = isJsonObject(data) ? member(data, 'content') : undefined;
  if (!isJsonObject(data) || !isJsonArray(content)) return { ok: true, value: textResult(encodeGoJson(data)) };
  // All items are checked before the first is converted, so a value that is not an object is reported even after a bad image.
  const objects: JsonObject[] = [];
  for (const [index, item] of content.entries()) {
    if (!isJsonObject(item)) return { ok: false, error: `content item ${index}: expected map, got ${goType(item)}` };
    objects.push(item);
  }
  const converted: JsonObject[] = [];
  for (const item of objects) {
    const one = convertItem(item);
    if (!one.ok) return one;
    if (one.value !== null) converted.push(one.value);
  }
  return { ok: true, value: { content: converted, ...(isErrorResult(data) ? { isError: true } : {}) } };
}

/** Returns a result with one text item. */
export function textResult(text: string, isError = false): ToolResult {
  return { content: [textItem(text)], ...(isError ? { isError } : {}) };
}

/** Returns the result with one more text item at the end. */
export function appendText(result: ToolResult, text: string): ToolResult {
  return { ...result, content: [...result.content, textItem(text)] };
}

/** Returns the Go type of a decoded JSON value, as `%T` prints it. */
function goType(value: JsonValue): string {
  if (value === null) return '<nil>';
  if (isJsonArray(value)) return '[]interface {}';
  if (typeof value === 'number') return 'float64';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'map[string]interface {}';
}

/** Converts one content item; null drops it. */
function convertItem(item: JsonObject): Converted<JsonObject | null> {
  const type = textMember(item, 'type');
  if (type === 'image' || type === 'audio') return convertMedia(type, item);
  if (type === 'resource') return convertResourceItem(item);
  return { ok: true, value: textItem(textMember(item, 'text')) };
}

function convertMedia(type: 'image' | 'audio', item: JsonObject): Converted<JsonObject> {
  const data = mediaData(member(item, 'data'));
  if (!data.ok) return { ok: false, error: `failed to decode ${type} data: ${data.error}` };
  return { ok: true, value: { type, mimeType: textMember(item, 'mimeType'), data: data.value } };
}

function mediaData(data: JsonValue | undefined): Converted<string> {
  if (data === undefined || data === null) return { ok: false, error: "missing required 'data' field" };
  if (typeof data !== 'string') return { ok: false, error: `unsupported data type ${goType(data)}` };
  return normalizeBase64(data);
}

function convertResourceItem(item: JsonObject): Converted<JsonObject | null> {
  const resource = member(item, 'resource');
  if (resource === undefined || resource === null) return { ok: true, value: null };
  const converted = convertResource(resource);
  if (!converted.ok) return { ok: false, error: `failed to parse resource: ${converted.error}` };
  return { ok: true, value: { type: 'resource', resource: converted.value } };
}

function textItem(text: string): JsonObject {
  return { type: 'text', text };
}

function isJsonArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
