/** Writes changes as a file that `replay --changes` reads: only what differs, by its place. */
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { pointerSegment } from '../base/jsonPointer.ts';
import { jsonText } from '../base/jsonText.ts';
import { resultOf } from '../trace/model/storedAnswer.ts';
import type { RecordedAnswer } from '../trace/model/traceModel.ts';
import { applyChanges } from './applyChanges.ts';
import type { EditedEntry } from './editHistory.ts';
import { dataOf, withData } from './responseData.ts';

/** The file, with the calls in order. */
export function writtenChanges(edited: readonly EditedEntry[]): JsonObject {
  return { changes: edited.toSorted((a, b) => a.base.call.index - b.base.call.index).map(entryOf) };
}

function entryOf({ base: { call }, changes }: EditedEntry): JsonObject {
  const applied = applyChanges(call, changes);
  const { args, answer } = applied.ok ? applied : call;
  const set: Record<string, JsonValue> = {};
  collect(call.args, args, '/arguments', set);
  const { labels, mode } = changes;
  const response = answer === call.answer ? {} : responseOf(call.answer, answer, set);
  return {
    call: call.index + 1,
    tool: call.tool,
    ...response,
    ...(Object.keys(set).length === 0 ? {} : { set }),
    ...(labels === undefined ? {} : { agent: { secrecy: [...labels.secrecy], integrity: [...labels.integrity] } }),
    ...(mode === undefined ? {} : { mode }),
  };
}

/** What stands beside `set` for the response, which gets the places in the JSON of the response. */
function responseOf(
  before: RecordedAnswer | undefined,
  after: RecordedAnswer | undefined,
  set: Record<string, JsonValue>,
): JsonObject {
  if (after === undefined) return {};
  if (after.error !== undefined) return { error: after.error };
  const was = before === undefined || before.error !== undefined ? null : resultOf(before);
  const isAdded = was === null || 'unreadable' in was;
  const [wasData, isData] = [isAdded ? undefined : dataOf(was.result), dataOf(after.result)];
  if (isAdded || wasData === undefined || isData === undefined) return { result: after.result };
  // More than the JSON in its text may differ.
  if (jsonText(withData(was.result, isData)) !== jsonText(after.result)) return { result: after.result };
  collect(wasData, isData, '/data', set);
  return {};
}

/** The places that differ. A list of another length and an object without a member that it had are set as a whole. */
function collect(before: JsonValue, after: JsonValue, pointer: string, set: Record<string, JsonValue>): void {
  if (before === after || jsonText(before) === jsonText(after)) return;
  if (isJsonObject(before) && isJsonObject(after) && Object.keys(before).every((name) => Object.hasOwn(after, name))) {
    for (const [name, member] of Object.entries(after)) {
      const place = `${pointer}/${pointerSegment(name)}`;
      if (Object.hasOwn(before, name)) collect(before[name] ?? null, member, place, set);
      else set[place] = member;
    }
    return;
  }
  if (isList(before) && isList(after) && before.length === after.length) {
    for (const [at, item] of after.entries()) collect(before[at] ?? null, item, `${pointer}/${at}`, set);
    return;
  }
  set[pointer] = after;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
