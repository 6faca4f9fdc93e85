/** Strict reading of message bytes for a gate, because a more lenient server or client may see a call where this parser sees none. */
import type { JsonValue } from '../base/json.ts';
import { decodeGoJson } from '../go/goJson.ts';
import { skipString } from '../go/goJsonScan.ts';
import type { MessageId } from './message.ts';

/** Parses a message; undefined when the bytes are not JSON. */
export function parseMessage(bytes: Uint8Array): JsonValue | undefined {
  try {
    return JSON.parse(decoder.decode(bytes)) as JsonValue;
  } catch {
    return undefined;
  }
}

/**
 * Whether a more lenient parser could read a message from bytes that are not JSON: many accept `NaN` or a byte order mark. Bytes that do
 * not begin like a message may pass.
 */
export function mayBeMessage(bytes: Uint8Array): boolean {
  return /^[\s\uFEFF]*(?:[[{]|$)/.test(decoder.decode(bytes.subarray(0, maxLeadingBytes)));
}

const maxLeadingBytes = 1024;

/** Returns why the gateway cannot read a valid JSON message: a number or nesting depth beyond Go's limits. null when it can. */
export function goJsonError(bytes: Uint8Array): string | null {
  const decoded = decodeGoJson(decoder.decode(bytes));
  return decoded.ok ? null : decoded.error;
}

/**
 * Returns the id of a request exactly as the sender wrote it: `1.0` stays `1.0`, and a long number loses no digit. The string `null` when
 * there is no id. The bytes must be a valid JSON object of any nesting depth.
 */
export function idText(bytes: Uint8Array): string {
  const text = decoder.decode(bytes);
  let [depth, key, valueAt, id] = [0, '', -1, 'null'];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      const end = skipString(text, at);
      if (depth === 1 && valueAt < 0) key = JSON.parse(text.slice(at, end + 1)) as string;
      at = end;
    } else if (depth === 1 && char === ':') valueAt = at + 1;
    else if (depth === 1 && (char === ',' || char === '}')) {
      if (key === 'id' && valueAt >= 0) id = text.slice(valueAt, at).trim();
      valueAt = -1;
    }
    if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') depth--;
  }
  return id;
}

/** A map key for an id. The number 1 and the string "1" have different keys. */
export function idKey(id: MessageId): string {
  return JSON.stringify(id);
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
