/** The backend's answer to a call as the trace recorded it. */
import type { TraceCall } from '../trace/model/traceModel.ts';
import { resultOf } from '../trace/model/storedAnswer.ts';
import type { BackendReply } from '../session/sessionQuestions.ts';

/** The recorded answer; where there is none, an error in the form of the gateway's. A problem says when the answer can no longer be read. */
export function recordedReply({ answer, server, answerLine, requestLine }: TraceCall): BackendReply {
  if (answer === undefined) return missingReply(server, 'the trace has no answer to this call');
  if (answer.error !== undefined) {
    const { error, code } = answer;
    return { answer: { ok: false, error, ...(code === undefined ? {} : { code }) } };
  }
  const read = resultOf(answer);
  if ('result' in read) return { answer: { ok: true, value: read.result } };
  const position = { line: answerLine ?? requestLine };
  return {
    ...missingReply(server, 'the recorded answer can no longer be read'),
    problems: [{ severity: 'error', code: 'replay/answer-unreadable', message: read.unreadable, position }],
  };
}

function missingReply(server: string, why: string): BackendReply {
  return { answer: { ok: false, error: `failed to connect to backend ${server}: ${why}` } };
}
