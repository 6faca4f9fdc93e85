/** Reads the look-ups in the record of a guard call, with the backend's answers. */
import { decodeGoJson } from '../../go/goJson.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { isJsonObject } from '../../base/json.ts';
import type { RecordedAnswer } from './traceModel.ts';

/** One answered `call_backend` of a guard. */
export interface RecordedLookup {
  readonly tool: string;
  readonly args: JsonValue;
  readonly answer: RecordedAnswer;
}

/** Returns the answered look-ups in order. The record may be malformed; invalid entries are skipped. */
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
