/** Applies changes to a recorded call. */
import type { JsonValue } from '../base/json.ts';
import { pointerSegment } from '../base/jsonPointer.ts';
import type { EditedPart } from '../difc/record/decision.ts';
import { resultOf } from '../trace/model/storedAnswer.ts';
import type { RecordedAnswer, TraceCall } from '../trace/model/traceModel.ts';
import { type CallChanges, type PartChange, unusable, type UnusableChanges } from './callChanges.ts';
import { dataOf, withData } from './responseData.ts';
import { setPart } from './setPart.ts';

/** The arguments and the answer that a call has with changes, or why they cannot be applied to it. */
export type AppliedChanges =
  | { readonly ok: true; readonly args: JsonValue; readonly answer: RecordedAnswer | undefined }
  | UnusableChanges;

/** Applies changes to the arguments and the answer of a call, which stays as it is. */
export function applyChanges(call: Pick<TraceCall, 'args' | 'answer'>, changes: CallChanges): AppliedChanges {
  const { data, parts = [] } = changes;
  let args = changes.args === undefined ? call.args : changes.args;
  let answer = changes.answer ?? call.answer;
  if (data !== undefined) {
    const base = answer === undefined || answer.error !== undefined ? { result: undefined } : resultOf(answer);
    if ('unreadable' in base) return unusable(base.unreadable, '/data');
    answer = { result: withData(base.result, data) };
  }
  for (const part of parts) {
    const set = part.pointer.startsWith('/arguments') ? setPart(args, '/arguments', part.pointer, part.value) : null;
    if (set !== null) {
      if (!set.ok) return badPart(part, set.reason);
      args = set.value;
      continue;
    }
    const changed = withPart(answer, part);
    if ('ok' in changed) return changed;
    answer = changed;
  }
  return { ok: true, args, answer };
}

/** What of a call its changes are about, in the order of their text. */
export function editedParts({ args, answer, data, parts = [], labels, mode }: CallChanges): readonly EditedPart[] {
  const isArguments = args !== undefined || parts.some(({ pointer }) => pointer.startsWith('/arguments'));
  const isResponse =
    answer !== undefined || data !== undefined || parts.some(({ pointer }) => !pointer.startsWith('/arguments'));
  return [
    ...(isArguments ? (['arguments'] as const) : []),
    ...(isResponse ? (['response'] as const) : []),
    ...(labels === undefined ? [] : (['agent'] as const)),
    ...(mode === undefined ? [] : (['mode'] as const)),
  ];
}

/** The answer with a value at a place of its result, or of the JSON in the text of that. */
function withPart(answer: RecordedAnswer | undefined, part: PartChange): RecordedAnswer | UnusableChanges {
  if (answer === undefined) return badPart(part, `it sets "${part.pointer}", and the call has no response`);
  if (answer.error !== undefined) {
    return badPart(part, `it sets "${part.pointer}", and the response is the error "${answer.error}"`);
  }
  const read = resultOf(answer);
  if ('unreadable' in read) return badPart(part, read.unreadable);
  if (part.pointer.startsWith('/result')) {
    const set = setPart(read.result, '/result', part.pointer, part.value);
    return set.ok ? { result: set.value } : badPart(part, set.reason);
  }
  const data = dataOf(read.result);
  if (data === undefined) {
    return badPart(
      part,
      `it sets "${part.pointer}", and the text of the response is not JSON; set a place below /result`,
    );
  }
  const set = setPart(data, '/data', part.pointer, part.value);
  return set.ok ? { result: withData(read.result, set.value) } : badPart(part, set.reason);
}

function badPart({ pointer }: PartChange, reason: string): UnusableChanges {
  return unusable(reason, `/set/${pointerSegment(pointer)}`);
}
