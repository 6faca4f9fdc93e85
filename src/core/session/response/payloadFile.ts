/** The answer that stands for one that goes into a file (gateway `internal/middleware/jqschema.go`, spec 3.15). */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { encodeGoJson } from '../../go/goJson.ts';
import { utf8Length } from '../../go/goText.ts';
import type { PayloadSettings } from '../../difc/monitor/payloadSettings.ts';
import { member, textMember } from '../../mcp/textContent.ts';

/** An answer on its way to the client: its content items, and the data that they were made from. `json`: Go's JSON of the data, if known. */
export interface AnswerBehind {
  readonly content: readonly JsonObject[];
  readonly data: JsonValue;
  readonly json?: string;
}

/** The text that the client gets for a file, and the file's path, of which the query id is not known. */
export interface PayloadText {
  readonly text: string;
  readonly path: string;
}

/** The part of a path that the gateway draws at random. */
const unknownQuery = '{query-id}';

/** The text for an answer that is too large; null when the client gets the answer itself. `agent`: the id of the session (gateway spec 3.10). */
export function payloadText(answer: AnswerBehind, agent: string, settings: PayloadSettings): PayloadText | null {
  if (isSmall(answer, settings.threshold)) return null;
  if (answer.json === undefined && fitsFor(answer.data, settings.threshold)) return null;
  const json = answer.json ?? encodeGoJson(answer.data);
  const size = utf8Length(json);
  if (size <= settings.threshold) return null;
  const base = settings.pathPrefix === '' ? settings.folder : settings.pathPrefix;
  const path = joinPath(base, agent, unknownQuery, 'payload.json');
  const parts = [
    ['agentInstructions', instructions],
    ['payloadPath', path],
    ['payloadPreview', size > previewBytes ? `${firstBytes(json, previewBytes)}...` : json],
    ['payloadSchema', answer.data === null ? null : schemaOf(answer.data)],
    ['originalSize', size],
  ] as const;
  return { text: `{${parts.map(([key, value]) => `"${key}":${encodeGoJson(value)}`).join(',')}}`, path };
}

/** The gateway's own text. */
const instructions =
  'The payload was too large for an MCP response. The complete original response data is saved as a JSON file at payloadPath. ' +
  'The file contains valid JSON that can be parsed directly. The payloadSchema shows the structure and types of fields in the full response, ' +
  'but not the actual values. To access the full data with all values, read and parse the JSON file at payloadPath.';

const previewBytes = 500;

/** A threshold above this many bytes lets the gateway skip the measurement of simple answers. */
const envelopeMargin = 4096;

/** Bytes of UTF-8 that a UTF-16 unit takes at most. */
const mostBytesPerUnit = 3;

/**
 * Whether the client gets the answer for certain. The gateway does not measure an answer with one text far below the threshold, although
 * escapes may make its JSON longer than the threshold.
 */
function isSmall({ content, data, json }: AnswerBehind, threshold: number): boolean {
  if (json !== undefined) return json.length * mostBytesPerUnit <= threshold;
  const [first] = content;
  if (threshold <= envelopeMargin || first === undefined || first['type'] !== 'text') return false;
  if (!isJsonObject(data) || Object.keys(data).some((key) => key !== 'content' && key !== 'isError')) return false;
  const items = member(data, 'content');
  if (!Array.isArray(items) || items.length !== 1) return false;
  const [item] = items as readonly JsonValue[];
  if (!isJsonObject(item) || textMember(item, 'type') !== 'text') return false;
  const text = textMember(item, 'text');
  if (text !== first['text']) return false;
  return text.length * mostBytesPerUnit <= threshold - envelopeMargin || utf8Length(text) <= threshold - envelopeMargin;
}

/** Whether the JSON of a value has at most so many bytes for certain; counts instead of encoding, and stops early. */
function fitsFor(value: JsonValue, most: number): boolean {
  let left = most;
  const open: JsonValue[] = [value];
  for (let next = open.pop(); next !== undefined && left >= 0; next = open.pop()) {
    if (typeof next === 'string') left -= mostBytesOf(next);
    else if (Array.isArray(next)) {
      left -= next.length + 2;
      for (const item of next as readonly JsonValue[]) open.push(item);
    } else if (isJsonObject(next)) {
      left -= 2;
      for (const [key, inner] of Object.entries(next)) {
        left -= mostBytesOf(key) + 2;
        open.push(inner);
      }
    } else left -= mostBytesOfNumber;
  }
  return left >= 0;
}

/** No number has a longer text than `-1.7976931348623157e+308`. */
const mostBytesOfNumber = 24;

/** An escape such as `\u003c` has six bytes. */
function mostBytesOf(text: string): number {
  return text.length * 6 + 2;
}

/** The longest beginning of whole characters with at most so many bytes. */
function firstBytes(text: string, most: number): string {
  let bytes = 0;
  let end = 0;
  for (const rune of text) {
    bytes += utf8Length(rune);
    if (bytes > most) break;
    end += rune.length;
  }
  return text.slice(0, end);
}

/** Every leaf as the name of its type, every array as its first element. */
function schemaOf(value: JsonValue): JsonValue {
  if (value === null) return 'null';
  if (Array.isArray(value)) return (value as readonly JsonValue[]).slice(0, 1).map(schemaOf);
  if (!isJsonObject(value)) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, schemaOf(inner)]));
}

/** Go's `filepath.Join` for Unix paths. */
function joinPath(...parts: readonly string[]): string {
  const joined = parts.filter((part) => part !== '').join('/');
  const kept: string[] = [];
  for (const part of joined.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (part !== '..' || !joined.startsWith('/')) kept.push(part);
  }
  return `${joined.startsWith('/') ? '/' : ''}${kept.join('/')}`;
}
