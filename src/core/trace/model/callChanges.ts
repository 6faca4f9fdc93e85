/** What a user changes at one call of a session, to see how it and the calls behind it are decided then. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { sortUtf8 } from '../../go/goText.ts';
import type { RecordedAnswer, RecordedCall } from './traceModel.ts';

type Labels = NonNullable<RecordedCall['agentLabels']>;

/** What is different at the call; what is absent stays as recorded. */
export interface CallChanges {
  readonly args?: JsonValue;
  readonly answer?: RecordedAnswer;
  /** The labels of the call's agent before it. */
  readonly labels?: Labels;
}

/** The changes of a file, or why it has none. */
export type ReadChanges =
  | { readonly ok: true; readonly value: CallChanges }
  | { readonly ok: false; readonly reason: string };

const members: ReadonlySet<string> = new Set(['arguments', 'result', 'error', 'agent']);

/**
 * Reads `{"arguments": {…}, "result": …, "agent": {"secrecy": […], "integrity": […]}}`; `"error": "…"` may stand in place of a result. Members
 * of other names are refused, because a misspelt one would change nothing.
 */
export function readCallChanges(value: JsonValue): ReadChanges {
  const changes = isJsonObject(value) ? changesOf(value) : 'it is not an object';
  return typeof changes === 'string' ? { ok: false, reason: changes } : { ok: true, value: changes };
}

/** The changes, or what is wrong with them. */
function changesOf(value: JsonObject): CallChanges | string {
  const unknown = Object.keys(value).find((name) => !members.has(name));
  if (unknown !== undefined)
    return `it has the unknown member "${unknown}"; its members are ${[...members].join(', ')}`;
  const { arguments: args, result, error, agent } = value;
  if (result !== undefined && error !== undefined) return 'it has both "result" and "error"';
  if (error !== undefined && typeof error !== 'string') return 'its "error" is not a string';
  const labels = agent === undefined ? undefined : labelsOf(agent);
  if (typeof labels === 'string') return labels;
  const answer = result === undefined ? error : { result };
  return {
    ...(args === undefined ? {} : { args }),
    ...(answer === undefined ? {} : { answer: typeof answer === 'string' ? { error: answer } : answer }),
    ...(labels === undefined ? {} : { labels }),
  };
}

function labelsOf(agent: JsonValue): Labels | string {
  const { secrecy = [], integrity = [], ...others } = isJsonObject(agent) ? agent : { isNone: true };
  if (!areTags(secrecy) || !areTags(integrity) || Object.keys(others).length > 0) {
    return 'its "agent" is not of the form {"secrecy": ["TAG"], "integrity": ["TAG"]}';
  }
  return { secrecy: sorted(secrecy), integrity: sorted(integrity) };
}

function areTags(value: JsonValue): value is readonly string[] {
  return Array.isArray(value) && value.every((tag) => typeof tag === 'string');
}

/** Labels are sorted and have each tag once. */
function sorted(tags: readonly string[]): readonly string[] {
  return sortUtf8([...new Set(tags)]);
}
