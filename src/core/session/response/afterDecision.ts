/** What stands behind the decision of a call: the response filter of its tool, then the payload file (gateway spec 3.15). */
import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { Problem } from '../../base/parsed.ts';
import type { PipelineResult } from '../../difc/monitor/pipeline.ts';
import type { ClientAnswer } from '../../difc/record/decision.ts';
import { filterProgram } from '../../jq/jqFilter.ts';
import { filterAnswer } from './filterAnswer.ts';
import { type AnswerBehind, payloadText } from './payloadFile.ts';
import type { ResponseRules } from './responseRules.ts';

/** What the client receives in the end. */
export interface FinalAnswer {
  readonly client: ClientAnswer;
  readonly problems: readonly Problem[];
  /** JSON Pointers into `client` of values that a replay cannot know, or of which it knows a part. */
  readonly unknown: readonly string[];
}

/** Applies the rules to a decided call. Errors, results with isError and answers without data stay as they are. */
export function afterDecision(result: PipelineResult, rules: ResponseRules): FinalAnswer {
  const { client, tool, agent } = result;
  const data = finalData(result);
  const unchanged = { client, problems: [], unknown: [] };
  if (!('result' in client) || data === null) return unchanged;
  // A successful pipeline makes a tool result.
  const { content, isError } = client.result as { readonly content: readonly JsonObject[]; readonly isError?: true };
  if (isError === true) return unchanged;

  const program = filterProgram(rules.filters.get(tool));
  const start = answerBehind(result, content, data);
  const filtered = program === null ? null : filterAnswer(start, tool, program);
  const answer = filtered?.answer ?? start;
  const problems = filtered === null || filtered.problem === null ? [] : [filtered.problem];
  const unknown = filtered?.isUnknown === true ? ['/result'] : [];

  const payload = payloadText(answer, agent, rules.payload);
  if (payload === null) {
    return answer === start
      ? { ...unchanged, problems, unknown }
      : { client: answerOf(answer.content), problems, unknown };
  }
  const note: Problem = {
    severity: 'info',
    code: 'replay/payload-path',
    message: `The answer is larger than ${rules.payload.threshold} bytes, so the client gets the path of a file: "${payload.path}"`,
    hint: 'The gateway draws the query id in the path at random; a larger payload_size_threshold lets the answer through',
  };
  return {
    client: answerOf([{ type: 'text', text: payload.text }]),
    problems: [...problems, note],
    unknown: unknown.length > 0 ? unknown : ['/result/content/0/text'],
  };
}

/** An answer with labels is one text, which is the JSON of its data. */
function answerBehind({ items }: PipelineResult, content: readonly JsonObject[], data: JsonValue): AnswerBehind {
  const text = content[0]?.['text'];
  return items !== null && typeof text === 'string' ? { content, data, json: text } : { content, data };
}

function answerOf(content: readonly JsonObject[]): ClientAnswer {
  return { result: { content } };
}

/** The data that the answer was made from: what the agent may read of the labelled items, or the backend's result without labels. */
function finalData({ items, backendResult }: PipelineResult): JsonValue {
  return items === null ? backendResult : items.filter(({ allowed }) => allowed).map(({ data }) => data);
}
