/** The text of an MCP tool result, and the JSON inside it (gateway `internal/mcpresult/mcpresult.go`, spec 2.6.1). */
import { decodeRecentGoJson } from '../go/goJsonRecent.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';

/** Content types without text. All other types, including unknown and missing ones, count as text. */
const WITHOUT_TEXT: ReadonlySet<string> = new Set(['image', 'audio', 'resource']);

/** Joins the texts of the content items without a separator; empty without a content array or texts. */
export function extractText(result: JsonObject): string {
  const content = member(result, 'content');
  if (!Array.isArray(content)) return '';
  let text = '';
  for (const item of content as readonly JsonValue[]) {
    if (isJsonObject(item) && !WITHOUT_TEXT.has(textMember(item, 'type'))) text += textMember(item, 'text');
  }
  return text;
}

/** Returns the value that label paths apply to: the JSON value in the result's text, or the value itself if the text is not JSON. */
export function unwrapText(data: JsonValue): JsonValue {
  if (!isJsonObject(data)) return data;
  const text = extractText(data);
  if (text === '') return data;
  const inner = decodeRecentGoJson(text);
  return inner.ok ? inner.value : data;
}

/** Whether a tool result is marked as an error: `isError` is the boolean true. */
export function isErrorResult(result: JsonObject): boolean {
  return member(result, 'isError') === true;
}

/** Returns an own member of an object, never one of its prototype. */
export function member(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Returns a member if it is a string, otherwise the empty string, as the gateway does. */
export function textMember(object: JsonObject, key: string): string {
  const value = member(object, key);
  return typeof value === 'string' ? value : '';
}
