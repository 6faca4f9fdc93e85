/** Answers at a gate: the server's, as the gateway takes them, and the gate's own to the client. */
import { jsonText } from '../../core/base/jsonText.ts';
import type { PipelineAnswers } from '../../core/difc/monitor/pipeline.ts';
import type { ResponseBody } from '../../core/mcp/message.ts';
import { gatewayAnswer } from '../../core/trace/capture/nativeAnswer.ts';

/** Answer of phase 3: the server's result, or the error text in its place. */
export type ServerAnswer = PipelineAnswers['callBackend'];

/** The server's answer, or after `ms` milliseconds the gateway's error for an answer that did not come. */
export async function withTimeout(ms: number, answer: Promise<ServerAnswer>): Promise<ServerAnswer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<ServerAnswer>((resolve) => {
    const fail = (): void => resolve({ ok: false, error: 'calling "tools/call": context deadline exceeded' });
    // setTimeout fires at once for longer times; such a time is no deadline in practice.
    timer = ms > maxTimerMs ? undefined : setTimeout(fail, ms).unref();
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
  return answer.error === undefined ? { ok: true, value: answer.result } : { ok: false, error: answer.error };
}

/** The error for a message that the tap itself refuses. */
export interface TapRefusal {
  readonly error: { readonly code: number; readonly message: string };
}

/** The client sent bytes that are not JSON (code: JSON-RPC, parse error). */
export const notJsonRefusal = tapRefusal('a message that is not JSON is refused while a guard enforces', -32_700);

/** The client sent JSON that is not a JSON-RPC message (code: JSON-RPC, invalid request). */
export const notMessageRefusal = tapRefusal(
  'a message that is not JSON-RPC is refused while a guard enforces',
  -32_600,
);

/** Default code: JSON-RPC, internal error. */
export function tapRefusal(message: string, code = -32_603): TapRefusal {
  return { error: { code, message: `guardscope: ${message}` } };
}

/** The JSON text of a response; `id` is the text of the id as its sender wrote it. */
export function answerText(id: string, body: object): string {
  return `{"jsonrpc":"2.0","id":${id},${jsonText(body).slice(1)}`;
}
