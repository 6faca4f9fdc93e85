/** The JSON in the text of a tool result, to which the paths of guards refer: taken out, and put back in another form. */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { jsonText } from '../base/jsonText.ts';
import { extractText, member, textMember, unwrapText } from '../mcp/textContent.ts';

/** The JSON in the text of a result; undefined when the text is not JSON. */
export function dataOf(result: JsonValue): JsonValue | undefined {
  const data = unwrapText(result);
  return data === result ? undefined : data;
}

/**
 * A result with other JSON in its text: in its first text, in place of all. Its `structuredContent` is replaced when it said the same. What has
 * no content becomes a result with one text.
 */
export function withData(result: JsonValue | undefined, data: JsonValue): JsonValue {
  const text = jsonText(data);
  const content = result !== undefined && isJsonObject(result) ? member(result, 'content') : undefined;
  if (result === undefined || !isJsonObject(result) || !Array.isArray(content)) {
    return { content: [{ type: 'text', text }] };
  }
  let isPut = false;
  const items = (content as readonly JsonValue[]).flatMap((item): readonly JsonValue[] => {
    if (!isJsonObject(item) || extractText({ content: [{ ...item, text: 'x' }] }) === '') return [item];
    if (isPut) return textMember(item, 'text') === '' ? [item] : [];
    isPut = true;
    return [{ ...item, text }];
  });
  const all: JsonObject = { ...result, content: isPut ? items : [{ type: 'text', text }, ...items] };
  const structured = member(result, 'structuredContent');
  const saidTheSame = structured !== undefined && jsonText(structured) === jsonText(unwrapText(result));
  return saidTheSame ? { ...all, structuredContent: data } : all;
}
