/** The look-ups that the record of a guard call tells of, with what the backend answered. */
import { decodeGoJson } from '../../go/goJson.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { isJsonObject } from '../../base/json.ts';
import type { RecordedAnswer } from './traceModel.ts';

/** One `call_backend` of a guard. */
export interface RecordedLookup {
  readonly tool: string;
  readonly args: JsonValue;
  readonly answer: RecordedAnswer;
}

/** Those that were answered, in order. The record is unchecked. */
export function recordedLookups(record: JsonObject): readonly RecordedLookup[] {
  const calls = record['backendCalls'];
  if (!Array.isArray(calls)) return [];
  return calls.flatMap((call: JsonValue) => {
    if (!isJsonObject(call) || typeof call['tool'] !== 'string') return [];
    const answer = lookupAnswer(call);
    return answer === null ? [] : [{ tool: call['tool'], args: call['args'] ?? null, answer }];
  });
}

function lookupAnswer({ resultText, error, end }: JsonObject): RecordedAnswer | null {
  if (end !== 'answered' && end !== 'error') return null;
  if (typeof resultText === 'string') {
    const decoded = decodeGoJson(resultText);
    return decoded.ok ? { result: decoded.value } : null;
  }
  return typeof error === 'string' ? { error } : null;
}
