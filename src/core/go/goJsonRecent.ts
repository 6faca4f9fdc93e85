/** Decodes the texts that several readers read one after the other, for example a guard's answer, only once. */
import { decodeGoJson } from './goJson.ts';
import type { GoJsonResult } from './goJsonScan.ts';
import type { JsonValue } from '../base/json.ts';

/** Texts that are remembered: the answers of one tool call. */
const remembered = 3;

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
