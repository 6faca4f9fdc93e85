/** The text of an MCP tool result, and the JSON inside it (gateway `internal/mcpresult/mcpresult.go`, spec 2.6.1). */
import { decodeGoJson } from '../go/goJson.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';

/** Content types that carry no text; every other type, also an unknown or missing one, counts as text. */
const WITHOUT_TEXT: ReadonlySet<string> = new Set(['image', 'audio', 'resource']);

/** The texts of the content items, joined without a separator; empty when there is no content array or no text in it. */
export function extractText(result: JsonObject): string {
  const content = member(result, 'content');
  if (!Array.isArray(content)) return '';
  return content
    .filter((item) => isJsonObject(item))
    .filter((item) => !WITHOUT_TEXT.has(textMember(item, 'type')))
    .map((item) => textMember(item, 'text'))
    .join('');
}

/** What label paths apply to: the JSON value that the result's text spells, else the value as it is. */
export function unwrapText(data: JsonValue): JsonValue {
  if (!isJsonObject(data)) return data;
  const text = extractText(data);
  if (text === '') return data;
  const inner = decodeGoJson(text);
  return inner.ok ? inner.value : data;
}

/** Whether a tool result is marked as an error: `isError` is the boolean true. */
export function isErrorResult(result: JsonObject): boolean {
  return member(result, 'isError') === true;
}

/** A member of an object, never one of its prototype. */
export function member(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** A member where it is a string, else the empty string, as the gateway's tolerant reading has it. */
export function textMember(object: JsonObject, key: string): string {
  const value = member(object, key);
  return typeof value === 'string' ? value : '';
}
