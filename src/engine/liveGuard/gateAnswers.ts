/** Answers at a gate: the server's, as the gateway takes them, and the gate's own to the client. */
import type { JsonValue } from '../../core/base/json.ts';
import { jsonText } from '../../core/base/jsonText.ts';
import type { PipelineAnswers } from '../../core/difc/monitor/pipeline.ts';
import type { ResponseBody } from '../../core/mcp/message.ts';
import { inOneLine } from '../../core/mcp/rawMessage.ts';
import { gatewayAnswer } from '../../core/trace/capture/nativeAnswer.ts';

/** Answer of phase 3: the server's result, or the error text in its place. */
export type ServerAnswer = PipelineAnswers['callBackend'];

/** The gateway's error for a call whose answer did not come in time (go-sdk v1.7.0 `mcp/transport.go`, `call`: without a prefix). */
export const deadlineExceeded: ServerAnswer = {
  ok: false,
  error: 'context deadline exceeded',
};

/** The server's answer, or after `ms` milliseconds the gateway's error for an answer that did not come. */
export async function withTimeout(ms: number, answer: Promise<ServerAnswer>): Promise<ServerAnswer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<ServerAnswer>((resolve) => {
    // setTimeout fires at once for longer times; such a time is no deadline in practice.
    timer = ms > maxTimerMs ? undefined : setTimeout(() => resolve(deadlineExceeded), ms).unref();
  });
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

const maxTimerMs = 2 ** 31 - 1;

/** A response of the server as the gateway takes it. */
export function serverAnswerOf(body: ResponseBody): ServerAnswer {
  const answer = gatewayAnswer(body);
  if (answer.error === undefined) return { ok: true, value: answer.result };
  const { error, code } = answer;
  return { ok: false, error, ...(code === undefined ? {} : { code }) };
}

/** The body of an answer of the gate: a result, or an error. */
export type OwnAnswer =
  | { readonly result: JsonValue }
  | { readonly error: { readonly code: number; readonly message: string; readonly data?: JsonValue } };

/** The error for a message that the tap itself refuses. Default code: JSON-RPC, internal error. */
export function tapRefusal(message: string, code = -32_603): OwnAnswer {
  return { error: { code, message: `guardscope: ${message}` } };
}

/** The JSON text of a response; `id` is the text of the id as its sender wrote it. */
export function answerText(id: string, body: OwnAnswer): string {
  return `{"jsonrpc":"2.0","id":${id},${inOneLine(jsonText(body).slice(1))}`;
}
