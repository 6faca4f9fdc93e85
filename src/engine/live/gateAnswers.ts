/** What a gate makes of answers: the server's as the gateway takes them, and those of its own. */
import { decodeGoJson } from '../../core/base/goJson.ts';
import { skipString } from '../../core/base/goJsonScan.ts';
import type { JsonValue } from '../../core/base/json.ts';
import { jsonText } from '../../core/base/jsonText.ts';
import type { PipelineAnswers } from '../../core/difc/pipeline.ts';
import type { MessageId, ResponseBody } from '../../core/mcp/message.ts';
import type { TraceCall } from '../../core/trace/model.ts';
import { gatewayAnswer } from '../../core/trace/nativeAnswer.ts';

/** What phase 3 gets: the server's answer, or why there is none. */
export type Answer = PipelineAnswers['callBackend'];

/** What the gateway makes of a server that does not answer in time. */
export function timedOut(ms: number): Promise<Answer> {
  return new Promise((resolve) => {
    setTimeout(() => resolve({ ok: false, error: 'calling "tools/call": context deadline exceeded' }), ms).unref();
  });
}

/** What the gateway makes of a server's answer. */
export function answerOf(body: ResponseBody): Answer {
  const answer = gatewayAnswer(body);
  return answer.error === undefined ? { ok: true, value: answer.result } : { ok: false, error: answer.error };
}

/** The error of a call that the tap itself refuses. */
export function refusal(message: string): { readonly error: { readonly code: number; readonly message: string } } {
  return { error: { code: -32_603, message: `guardscope: ${message}` } };
}

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

/** The text of an answer under an id in its sender's own digits. */
export function answerText(id: string, body: object): string {
  return `{"jsonrpc":"2.0","id":${id},${jsonText(body).slice(1)}`;
}

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
    guardCalls: [],
    filtered: [],
  };
}

/** Why a message of the client is refused that is none by the rules, in the codes of JSON-RPC. */
export const unparsed = { code: -32_700, message: 'a message that is not JSON is refused while a guard enforces' };
export const invalid = { code: -32_600, message: 'what is no message of JSON-RPC is refused while a guard enforces' };

/** Numbers and texts never match each other. */
export function keyOf(id: MessageId): string {
  return JSON.stringify(id);
}
