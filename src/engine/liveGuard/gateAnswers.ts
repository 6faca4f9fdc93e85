/** Answers at a gate: the server's, as the gateway takes them, and the gate's own to the client. */
import { isJsonObject, type JsonValue } from '../../core/base/json.ts';
import { jsonText } from '../../core/base/jsonText.ts';
import type { PipelineAnswers } from '../../core/difc/monitor/pipeline.ts';
import { saysRevision } from '../../core/mcp/gatewayMethods.ts';
import { inputOutcome } from '../../core/mcp/inputRequired.ts';
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

/** The answer to a request with these parameters: a result says since MCP 2026-07-28 that it is complete (go-sdk v1.7.0 `mcp/mrtr.go`). */
export function answerFor(params: JsonValue, answer: OwnAnswer): OwnAnswer {
  if ('error' in answer || !isJsonObject(answer.result) || !saysRevision(params)) return answer;
  return { result: { resultType: 'complete', ...answer.result } };
}

/** The answer of the gateway's library to a request other than a call whose answer asks for input; null for any other answer. */
export function askedForInput({ result }: ResponseBody): OwnAnswer | null {
  const outcome = result === undefined ? null : inputOutcome(result);
  if (outcome === null || outcome.kind === 'passes') return null;
  return { error: { code: outcome.kind === 'fails' ? outcome.code : 0, message: outcome.error } };
}

/** The JSON text of a response; `id` is the text of the id as its sender wrote it. */
export function answerText(id: string, body: OwnAnswer): string {
  return `{"jsonrpc":"2.0","id":${id},${inOneLine(jsonText(body).slice(1))}`;
}
