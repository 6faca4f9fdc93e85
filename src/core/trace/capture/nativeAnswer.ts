/** Answers of a native capture as the gateway would have them, read at once or out of a kept line. */
import { classifyFrame, type Message, type MessageId, type ResponseBody } from '../../mcp/message.ts';
import { readSdkResult } from '../../mcp/sdkResult.ts';
import type { RecordedAnswer } from '../model/traceModel.ts';
import { parseNativeLine } from './nativeLine.ts';

/** A backend's JSON-RPC error as the gateway's SDK words it (go-sdk v1.7.0 mcp/transport.go). */
export function sdkError(message: string): string {
  return `calling "tools/call": ${message}`;
}

/** The answer as the gateway would have it: what its library makes of the raw one. */
export function gatewayAnswer(body: ResponseBody): RecordedAnswer {
  if (body.error !== undefined) return { error: sdkError(body.error.message) };
  const read = readSdkResult(body.result);
  return read.ok ? { result: read.value } : { error: sdkError(read.error) };
}

/** Reads an answer out of its kept line. Holds nothing but the id, as long as the trace is open. */
export function answerOf(id: MessageId): (text: string) => RecordedAnswer {
  return (text) => answerOfLine(text, id);
}

function answerOfLine(text: string, id: MessageId): RecordedAnswer {
  const record = parseNativeLine(text);
  const messages = record.kind === 'message' ? classifyFrame(record.msg) : [];
  const message = messages.find(
    (each): each is Extract<Message, { kind: 'response' }> => each.kind === 'response' && each.id === id,
  );
  return message === undefined ? { result: null } : gatewayAnswer(message.body);
}
