/** A call before its changes: the text that a user edits, the changes in an edited text, and what they are in words. */
import { cutText } from '../base/cutText.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import { jsonText } from '../base/jsonText.ts';
import { listText } from '../base/listText.ts';
import { type JsonDifference, jsonDifferences } from '../diff/jsonDifference.ts';
import type { EnforcementMode, LabelPair } from '../difc/record/decision.ts';
import { resultOf } from '../trace/model/storedAnswer.ts';
import type { RecordedAnswer, TraceCall } from '../trace/model/traceModel.ts';
import { applyChanges } from './applyChanges.ts';
import type { CallChanges } from './callChanges.ts';
import { readCallChanges, type ReadChanges } from './readChanges.ts';
import { dataOf } from './responseData.ts';

/** A call as it is decided without its changes. */
export interface EditedBase {
  readonly call: Pick<TraceCall, 'index' | 'tool' | 'args' | 'answer'>;
  /** The labels of its agent at the call; null when they are not known. */
  readonly labels: LabelPair | null;
  /** The mode in force; null when it is not known. */
  readonly mode: EnforcementMode | null;
}

/** Longer responses, in characters, are left out of the text: an editor with them would be slow. They can still be changed with `set`. */
const longestResponse = 2_000_000;

/** What a user edits: all that can be changed of the call, with its changes, in the form of `readCallChanges`. */
export function editableCall({ call, labels, mode }: EditedBase, changes: CallChanges): JsonObject {
  const applied = applyChanges(call, changes);
  const { args, answer } = applied.ok ? applied : call;
  const agent = changes.labels ?? labels;
  return {
    arguments: args,
    ...responseMember(answer),
    ...(agent === null ? {} : { agent: { secrecy: [...agent.secrecy], integrity: [...agent.integrity] } }),
    mode: changes.mode ?? mode,
  };
}

/** The changes in an edited text: what in it is as in the call is none. A text that cannot be used has a reason. */
export function changesIn(text: JsonValue, { call, labels, mode }: EditedBase): ReadChanges {
  const read = readCallChanges(text);
  if (!read.ok) return read;
  const applied = applyChanges(call, read.value);
  if (!applied.ok) return applied;
  const { args, answer, data, parts, labels: newLabels, mode: newMode } = read.value;
  const was = partsOf(call.answer);
  const isSame = (one: JsonValue | undefined, other: JsonValue | undefined): boolean =>
    one !== undefined && other !== undefined && jsonText(one) === jsonText(other);
  return {
    ok: true,
    value: {
      ...(args === undefined || isSame(args, call.args) ? {} : { args }),
      ...(answer === undefined ||
      (answer.error !== undefined && answer.error === was.error) ||
      isSame(answer.result, was.result)
        ? {}
        : { answer }),
      ...(data === undefined || isSame(data, was.data) ? {} : { data }),
      ...(parts === undefined || parts.length === 0 ? {} : { parts }),
      ...(newLabels === undefined || isSame(labelsText(newLabels), labels === null ? undefined : labelsText(labels))
        ? {}
        : { labels: newLabels }),
      ...(newMode === undefined || newMode === mode ? {} : { mode: newMode }),
    },
  };
}

/** The changes in words, such as `argument /path "a" → "b"`, at most `most`; the last one counts those that are left out. */
export function describeChanges(
  { call, labels, mode }: EditedBase,
  changes: CallChanges,
  most: number,
): readonly string[] {
  const applied = applyChanges(call, changes);
  const { args, answer } = applied.ok ? applied : call;
  const texts = [
    ...jsonDifferences(call.args, args, most + 1).map((place) => `argument ${placeText(place)}`),
    ...answerTexts(partsOf(call.answer), partsOf(answer), most + 1),
    ...(changes.labels === undefined ? [] : labelTexts(labels ?? { secrecy: [], integrity: [] }, changes.labels)),
    ...(changes.mode === undefined ? [] : [modeText(mode, changes.mode, call.index)]),
  ];
  return texts.length <= most
    ? texts
    : [...texts.slice(0, most - 1), `${texts.length - most + 1} or more other places`];
}

/** An answer, taken apart: an error, or a result with the JSON in its text. */
interface AnswerParts {
  readonly error?: string;
  readonly result?: JsonValue;
  readonly data?: JsonValue;
}

function partsOf(answer: RecordedAnswer | undefined): AnswerParts {
  if (answer === undefined) return {};
  if (answer.error !== undefined) return { error: answer.error };
  const read = resultOf(answer);
  if ('unreadable' in read) return {};
  const data = dataOf(read.result);
  return data === undefined ? { result: read.result } : { result: read.result, data };
}

function responseMember(answer: RecordedAnswer | undefined): JsonObject {
  const { error, data, result } = partsOf(answer);
  if (error !== undefined) return { error };
  const [name, value] = data === undefined ? ['result', result] : ['data', data];
  return value === undefined || jsonText(value).length > longestResponse ? {} : { [name]: value };
}

function answerTexts(before: AnswerParts, after: AnswerParts, most: number): readonly string[] {
  if (after.error !== undefined) {
    return before.error === after.error ? [] : [`response → error ${valueText(after.error)}`];
  }
  if (before.error !== undefined)
    return [`response error ${valueText(before.error)} → ${valueText(after.data ?? after.result)}`];
  const isData = before.data !== undefined && after.data !== undefined;
  const [was, is] = isData ? [before.data, after.data] : [before.result, after.result];
  return jsonDifferences(was, is, most).map((place) => `response ${placeText(place)}`);
}

function placeText({ pointer, before, after }: JsonDifference): string {
  const place = pointer === '' ? '' : `${pointer} `;
  if (before === undefined) return `${place}added: ${valueText(after)}`;
  return after === undefined ? `${place}removed` : `${place}${valueText(before)} → ${valueText(after)}`;
}

function labelTexts(before: LabelPair, after: LabelPair): readonly string[] {
  const texts = (['secrecy', 'integrity'] as const).flatMap((kind) => {
    const only = (one: LabelPair, other: LabelPair): readonly string[] =>
      one[kind].filter((tag) => !other[kind].includes(tag));
    const [gained, lost] = [only(after, before), only(before, after)];
    const list = (verb: string, tags: readonly string[]): readonly string[] =>
      tags.length === 0
        ? []
        : [
            `${verb} ${listText(
              tags.map((tag) => `"${tag}"`),
              3,
            )}`,
          ];
    const text = [...list('gains', gained), ...list('loses', lost)].join(', ');
    return text === '' ? [] : [`agent ${text} (${kind})`];
  });
  return texts.length === 0 ? ['agent labels set'] : texts;
}

function modeText(before: EnforcementMode | null, after: EnforcementMode | null, index: number): string {
  const where = index === 0 ? 'in all calls' : 'from here on';
  return after === null ? `mode of the guard again ${where}` : `mode ${before ?? 'unknown'} → ${after} ${where}`;
}

function labelsText({ secrecy, integrity }: LabelPair): JsonValue {
  return [[...secrecy].sort(), [...integrity].sort()];
}

function valueText(value: JsonValue | undefined): string {
  return cutText(jsonText(value ?? null), 40);
}
