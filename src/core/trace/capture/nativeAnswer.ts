/** Converts answers of a native capture to what the gateway would receive. */
import { classifyFrame, type Message, type MessageId, type ResponseBody } from '../../mcp/message.ts';
import { inputOutcome } from '../../mcp/inputRequired.ts';
import { readSdkResult } from '../../mcp/sdkResult.ts';
import type { RecordedAnswer } from '../model/traceModel.ts';
import { parseNativeLine } from './nativeLine.ts';

/** Returns the error text of the gateway's SDK for a JSON-RPC error of a backend (go-sdk v1.7.0 mcp/transport.go). */
export function sdkError(message: string): string {
  return `calling "tools/call": ${message}`;
}

/** Converts a raw answer like the gateway's MCP library. One that asks for input is taken as if the server asked the same again. */
export function gatewayAnswer(body: ResponseBody): RecordedAnswer {
  if (body.error !== undefined) {
    const { code, message } = body.error;
    return { error: sdkError(message), ...(code === 0 ? {} : { code }) };
  }
  const read = readSdkResult(body.result);
  if (!read.ok) return { error: sdkError(read.error) };
  const input = inputOutcome(body.result);
  if (input === null || input.kind === 'passes') return { result: read.value };
  return { error: input.error, ...(input.kind === 'fails' ? { code: input.code } : {}) };
}

/** Reads the answer with an id from its stored line. */
export function answerOfId(text: string, id: MessageId | null): RecordedAnswer {
  const record = parseNativeLine(text);
  const messages = record.kind === 'message' ? classifyFrame(record.msg) : [];
  const message = messages.find(
    (each): each is Extract<Message, { kind: 'response' }> => each.kind === 'response' && each.id === id,
  );
  return message === undefined ? { result: null } : gatewayAnswer(message.body);
}
