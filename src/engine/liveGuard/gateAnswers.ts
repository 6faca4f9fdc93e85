/** What a gate makes of answers: the server's as the gateway takes them, and those of its own. */
import { jsonText } from '../../core/base/jsonText.ts';
import type { PipelineAnswers } from '../../core/difc/monitor/pipeline.ts';
import type { ResponseBody } from '../../core/mcp/message.ts';
import { gatewayAnswer } from '../../core/trace/capture/nativeAnswer.ts';

/** What phase 3 gets: the server's answer, or why there is none. */
export type Answer = PipelineAnswers['callBackend'];

/** The server's answer, or after so many milliseconds the gateway's words for one that did not come. */
export async function within(ms: number, answer: Promise<Answer>): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Answer>((resolve) => {
    const tell = (): void => resolve({ ok: false, error: 'calling "tools/call": context deadline exceeded' });
    // A longer time than a timer can be is no deadline.
    timer = ms > longestTimerMs ? undefined : setTimeout(tell, ms).unref();
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

const longestTimerMs = 2 ** 31 - 1;

/** What the gateway makes of a server's answer. */
export function answerOf(body: ResponseBody): Answer {
  const answer = gatewayAnswer(body);
  return answer.error === undefined ? { ok: true, value: answer.result } : { ok: false, error: answer.error };
}

/** The error of a call that the tap itself refuses. */
export function refusal(message: string): { readonly error: { readonly code: number; readonly message: string } } {
  return { error: { code: -32_603, message: `guardscope: ${message}` } };
}

/** The text of an answer under an id in its sender's own digits. */
export function answerText(id: string, body: object): string {
  return `{"jsonrpc":"2.0","id":${id},${jsonText(body).slice(1)}`;
}
