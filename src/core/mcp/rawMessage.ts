/** Reads and writes the bytes of single messages at a gate: what passes keeps its bytes, what is enforced is written anew. */
import type { JsonValue } from '../base/json.ts';
import { encodeGoJson } from '../go/goJson.ts';
import { jsonMembers } from './jsonMembers.ts';
import type { MessageId } from './message.ts';

/** Parses a message; undefined when the bytes are not JSON. */
export function parseMessage(bytes: Uint8Array): JsonValue | undefined {
  try {
    return JSON.parse(decoder.decode(bytes)) as JsonValue;
  } catch {
    return undefined;
  }
}

/** The text of a message's bytes. Broken UTF-8 becomes U+FFFD, as in Go. */
export function messageText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** The JSON text of a value in Go's encoding, in one line for every reader. */
export function ownText(value: JsonValue): string {
  return inOneLine(encodeGoJson(value));
}

/** Escapes the characters of a JSON text at which some readers end a line: JSON allows them in strings, and Python splits lines at them. */
export function inOneLine(json: string): string {
  return json.replaceAll(/[\u0085\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The message with another id in place of its own, and every other byte as it was. The bytes must be a JSON object. */
export function withId(bytes: Uint8Array, id: string): Uint8Array {
  const text = messageText(bytes);
  const at = jsonMembers(text).findLast(({ key }) => key === 'id');
  return encoder.encode(at === undefined ? text : `${text.slice(0, at.start)}${id}${text.slice(at.end)}`);
}

/** A map key for an id. The number 1 and the string "1" have different keys. */
export function idKey(id: MessageId): string {
  return JSON.stringify(id);
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();
