/** How a gate reads the messages that come to it: strictly, since whoever stands behind it may read more into them. */
import { decodeGoJson } from '../../core/go/goJson.ts';
import { skipString } from '../../core/go/goJsonScan.ts';
import type { JsonValue } from '../../core/base/json.ts';
import type { MessageId } from '../../core/mcp/message.ts';
import type { TraceCall } from '../../core/trace/model/traceModel.ts';

/** undefined for what is no JSON. */
export function parseMessage(bytes: Uint8Array): JsonValue | undefined {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) as JsonValue;
  } catch {
    return undefined;
  }
}

/**
 * Whether bytes that are no JSON may be taken for a message by a reader that is less strict: many take `NaN` or a byte order mark. What
 * does not begin like one is noise, and passes.
 */
export function mayBeMessage(bytes: Uint8Array): boolean {
  const beginning = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, mostBlanks)).toString();
  return /^[\s\uFEFF]*(?:[[{]|$)/.test(beginning);
}

const mostBlanks = 1024;

/** Why the gateway could not read a message that is JSON: a number or a depth that Go has no room for. Null when it could. */
export function goRefuses(bytes: Uint8Array): string | null {
  const decoded = decodeGoJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
  return decoded.ok ? null : decoded.error;
}

/** A call of the client that has no answer yet. */
export function callOf(index: number, server: string, tool: string, args: JsonValue): TraceCall {
  return {
    index,
    server,
    tool,
    args,
    answer: undefined,
    origin: 'agent',
    time: new Date().toISOString(),
    durationMs: null,
    requestLine: 0,
    answerLine: null,
    agentLabels: null,
    redacted: false,
    lookups: [],
    filtered: [],
  };
}

/** Why a message of the client is refused that is none by the rules, in the codes of JSON-RPC. */
export const unparsed = { code: -32_700, message: 'a message that is not JSON is refused while a guard enforces' };
export const invalid = { code: -32_600, message: 'what is no message of JSON-RPC is refused while a guard enforces' };

/**
 * The id of a request in the sender's own digits: `1.0` stays so, and no digit of a long number is lost. `null` where there is none. The
 * bytes are a valid JSON object, however deep.
 */
export function idText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
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

/** Numbers and texts never match each other. */
export function keyOf(id: MessageId): string {
  return JSON.stringify(id);
}
