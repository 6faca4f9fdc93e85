/** Applies a tool's response filter to an answer (gateway `internal/middleware/jqschema.go` and `content_rewrite.go`, spec 3.15). */
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { Problem } from '../../base/parsed.ts';
import { decodeGoJson, encodeGoJson } from '../../go/goJson.ts';
import { compileFilter, type Filtered, type FilterFault, isFilter, type ResponseFilter } from '../../jq/jqFilter.ts';
import { member } from '../../mcp/textContent.ts';
import { convertToToolResult, textResult } from '../../mcp/toolResult.ts';
import type { AnswerBehind } from './payloadFile.ts';

/** The answer after the filter, and why it is the same as before when the filter did not work. */
export interface FilteredAnswer {
  readonly answer: AnswerBehind;
  readonly problem: Problem | null;
  /** Whether production gives another answer, which Guardscope cannot compute. */
  readonly isUnknown: boolean;
}

/** Compiled filters by program. Their number is that of different programs in the configurations of this process. */
const compiledFilters = new Map<string, ResponseFilter | FilterFault>();
const mostFilters = 256;

function filterOf(program: string): ResponseFilter | FilterFault {
  const known = compiledFilters.get(program);
  if (known !== undefined) return known;
  if (compiledFilters.size >= mostFilters) compiledFilters.clear();
  const compiled = compileFilter(program);
  compiledFilters.set(program, compiled);
  return compiled;
}

/** Runs the program on the text of the first item when that is JSON, otherwise on the data. */
export function filterAnswer(answer: AnswerBehind, tool: string, program: string): FilteredAnswer {
  const filter = filterOf(program);
  if (!isFilter(filter)) return failed(answer, tool, filter);
  const [first] = answer.content;
  const text = first !== undefined && first['type'] === 'text' ? first['text'] : undefined;
  if (typeof text === 'string') {
    const decoded = decodeGoJson(text);
    if (decoded.ok) {
      const result = filter.apply(decoded.value, text.length);
      return result.kind === 'output' ? worked(withText(answer, result.json)) : failed(answer, tool, result);
    }
  }
  const result = filter.apply(answer.data, encodeGoJson(answer.data).length);
  if (result.kind !== 'output') return failed(answer, tool, result);
  const rebuilt = withData(answer, result.json, text !== undefined);
  return typeof rebuilt === 'string' ? failed(answer, tool, { kind: 'failed', error: rebuilt }) : worked(rebuilt);
}

function worked(answer: AnswerBehind): FilteredAnswer {
  return { answer, problem: null, isUnknown: false };
}

/** The answer with another first text. Its data gets the text too when it is an object with content, else it becomes the output. */
function withText({ content, data }: AnswerBehind, json: string): AnswerBehind {
  const replaced = [{ type: 'text', text: json }, ...content.slice(1)];
  const items = isJsonObject(data) ? member(data, 'content') : undefined;
  if (!isJsonObject(data) || !Array.isArray(items)) return { content: replaced, data: decoded(json), json };
  const [first, ...others] = items as readonly JsonValue[];
  if (!isJsonObject(first)) return { content: replaced, data: decoded(json), json };
  return { content: replaced, data: { ...data, content: [{ ...first, text: json }, ...others] } };
}

/** The answer that the gateway makes of an output on the data; the gateway's error when it cannot. */
function withData({ content }: AnswerBehind, json: string, isTextFirst: boolean): AnswerBehind | string {
  const data = decoded(json);
  const hasContent = isJsonObject(data) && Array.isArray(member(data, 'content'));
  const converted = hasContent ? convertToToolResult(data) : { ok: true as const, value: textResult(json) };
  if (!converted.ok) return converted.error;
  const kept: readonly JsonObject[] = isTextFirst ? content.slice(1) : [];
  return { content: [...converted.value.content, ...kept], data, json };
}

/** Output of a filter is JSON; integers beyond 2 ** 53 are only exact in its text. */
function decoded(json: string): JsonValue {
  return JSON.parse(json) as JsonValue;
}

function failed(
  answer: AnswerBehind,
  tool: string,
  reason: Exclude<Filtered, { kind: 'output' }> | FilterFault,
): FilteredAnswer {
  const filter = `the response filter of "${tool}"`;
  switch (reason.kind) {
    case 'not-supported': {
      const message = `Guardscope cannot run ${filter}: it uses ${reason.word}`;
      const hint = 'The answer is shown as it is before the filter; write the filter without this to replay it';
      const problem = {
        severity: 'warning',
        code: 'replay/filter-not-supported',
        message,
        hint,
        subject: tool,
      } as const;
      return { answer, problem, isUnknown: true };
    }
    case 'too-much-work': {
      const message = `Guardscope ended ${filter}: it does not end, or takes too much work`;
      const hint =
        'The gateway ends a filter after 5 seconds, and the client then gets the answer as it is before the filter';
      const problem = { severity: 'warning', code: 'replay/filter-overran', message, hint, subject: tool } as const;
      return { answer, problem, isUnknown: true };
    }
    case 'failed':
    case 'invalid': {
      const message = `The client gets the answer as it is before ${filter}, which fails: ${reason.error}`;
      const hint = 'The gateway writes this into its log only; correct the program in tool_response_filters';
      const problem = { severity: 'warning', code: 'replay/filter-failed', message, hint, subject: tool } as const;
      return { answer, problem, isUnknown: false };
    }
  }
}
