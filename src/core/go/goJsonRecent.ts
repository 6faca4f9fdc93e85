/** Decodes the texts that several readers read one after the other, for example a guard's answer, only once; encodes the arguments of a call only once. */
import { decodeGoJson, encodeGoJson } from './goJson.ts';
import type { GoJsonResult } from './goJsonScan.ts';
import type { JsonValue } from '../base/json.ts';

/** Texts that are remembered: the three answers of a guard for one tool call, and the text of the backend's result. */
const remembered = 4;

/** Longer texts are decoded each time, so that the memory is small. */
const longest = 65_536;

const recent: { readonly text: string; readonly result: GoJsonResult<JsonValue> }[] = [];

/** As `decodeGoJson`; the result for one of the last texts is the same value again. */
export function decodeRecentGoJson(text: string): GoJsonResult<JsonValue> {
  for (const entry of recent) if (entry.text === text) return entry.result;
  const result = decodeGoJson(text);
  if (text.length > longest) return result;
  if (recent.length === remembered) recent.shift();
  recent.push({ text, result });
  return result;
}

let encoded: { readonly value: JsonValue; readonly text: string } = { value: null, text: 'null' };

/** As `encodeGoJson`; the text of the last object or array is given again. JSON values never change, so the object stands for its content. */
export function encodeRecentGoJson(value: JsonValue): string {
  if (typeof value !== 'object') return encodeGoJson(value);
  if (encoded.value === value) return encoded.text;
  const text = encodeGoJson(value);
  if (text.length <= longest) encoded = { value, text };
  return text;
}
