/** Classifies the JSON-RPC 2.0 messages of captures, including those in batches. */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';

/** Id of a request. A number never equals a string. */
export type MessageId = string | number;

/** One classified message. `raw` is the message itself. */
export type Message =
  | {
      readonly kind: 'request';
      readonly id: MessageId;
      readonly method: string;
      readonly params: JsonValue;
      readonly raw: JsonObject;
    }
  | { readonly kind: 'notification'; readonly method: string; readonly params: JsonValue; readonly raw: JsonObject }
  | { readonly kind: 'response'; readonly id: MessageId | null; readonly body: ResponseBody; readonly raw: JsonObject }
  | { readonly kind: 'invalid'; readonly reason: string; readonly raw: JsonValue };

/** Body of a response. A code that is not a number becomes 0, a message that is not a string becomes empty. */
export type ResponseBody =
  | { readonly result: JsonValue; readonly error?: never }
  | { readonly error: { readonly code: number; readonly message: string }; readonly result?: never };

/** Returns the messages of one frame: one, or those of a batch in order. Never throws; a value that is not a message is `invalid`, with a reason. */
export function classifyFrame(frame: JsonValue): readonly Message[] {
  if (!Array.isArray(frame)) return [classifyMessage(frame)];
  if (frame.length === 0) return [{ kind: 'invalid', reason: 'a batch must hold at least one message', raw: frame }];
  return frame.map((message: JsonValue) => classifyMessage(message));
}

/** Classifies one message. `jsonrpc` is optional, because captures of old servers lack it. */
export function classifyMessage(raw: JsonValue): Message {
  if (!isJsonObject(raw)) return { kind: 'invalid', reason: 'a message must be a JSON object', raw };
  const { id = null, method } = raw;
  if (id !== null && typeof id !== 'string' && typeof id !== 'number') {
    return { kind: 'invalid', reason: 'an "id" must be a string or a number', raw };
  }
  if (typeof method === 'string') {
    const params = raw['params'] ?? null;
    return id === null ? { kind: 'notification', method, params, raw } : { kind: 'request', id, method, params, raw };
  }
  if (method !== undefined) return { kind: 'invalid', reason: 'a "method" must be a string', raw };
  const body = responseBody(raw);
  return body === null
    ? { kind: 'invalid', reason: 'it has neither "method" nor "result" nor "error"', raw }
    : { kind: 'response', id, body, raw };
}

/** Returns the body of a response; null when it has neither `result` nor `error`. `error` takes precedence over `result`. */
export function responseBody(raw: JsonObject): ResponseBody | null {
  const { error, result } = raw;
  if (error !== undefined && error !== null) {
    if (!isJsonObject(error)) return { error: { code: 0, message: typeof error === 'string' ? error : '' } };
    const { code, message } = error;
    return {
      error: { code: typeof code === 'number' ? code : 0, message: typeof message === 'string' ? message : '' },
    };
  }
  return result === undefined ? null : { result };
}

/** Tool and arguments of `tools/call` parameters. */
export interface ToolCallParams {
  readonly tool: string;
  /** null means `"arguments": null`; absent arguments become `{}`, as in the gateway. */
  readonly args: JsonValue;
}

/** Reads the parameters of a `tools/call`, or returns the reason why they are invalid. */
export function toolCallParams(params: JsonValue): ToolCallParams | { readonly reason: string } {
  if (!isJsonObject(params)) return { reason: 'the parameters of tools/call must be an object' };
  const { name } = params;
  const args = params['arguments'];
  if (typeof name !== 'string') return { reason: 'the parameters of tools/call must have a "name"' };
  return { tool: name, args: args === undefined ? {} : args };
}
