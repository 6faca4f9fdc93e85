/** Runs one tool call through phases 0 to 6, as a synchronous generator of questions (gateway `internal/guard/pipeline.go`). */
import { isJsonObject, type JsonValue } from '../../base/json.ts';
import { appendText, convertToToolResult, textResult, type ToolResult } from '../../mcp/toolResult.ts';
import { accumulateFromRead, type AgentLabels, makeAgent } from './agent.ts';
import type { DecisionRecord, EnforcementMode, ItemRecord, Operation, Outcome, PhaseId } from '../record/decision.ts';
import { evaluate } from './evaluator.ts';
import { sortedTags } from './labels.ts';
import { blockedError, filteredNotice, singleItemError } from './notices.ts';
import {
  coarseOutcome,
  type EvaluatedItem,
  filterCollection,
  shouldAccumulateReadLabels,
  shouldBlockFilteredResponse,
  shouldCallLabelResponse,
} from './pipelineDecisions.ts';
import { rateLimitText } from './rateLimit.ts';
import { type LabeledCollection, overallLabels, type Resource } from './resource.ts';
import { isSingularTool } from './toolPolicy.ts';
import { formatViolation } from './violations.ts';

/** A question of the pipeline to its driver, for phases 1, 3 and 4: asked in this order, each at most once per call. */
export type PipelineQuestion =
  | { readonly ask: 'labelResource'; readonly tool: string; readonly args: JsonValue }
  | { readonly ask: 'callBackend'; readonly server: string; readonly tool: string; readonly args: JsonValue }
  | { readonly ask: 'labelResponse'; readonly tool: string; readonly args: JsonValue; readonly result: JsonValue };

/** Discriminator of the questions. */
export type QuestionKind = PipelineQuestion['ask'];

/** The question of one kind. */
export type QuestionOf<K extends QuestionKind> = Extract<PipelineQuestion, { readonly ask: K }>;

/**
 * An answer, or the gateway's error text without a stack trace; `panic` when the gateway itself would crash, `code` when the error is the
 * backend's own JSON-RPC error.
 */
export type Answered<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: string; readonly panic?: string; readonly code?: number };

/** The answer to each question; `labelResponse` is null when the guard returned no item labels. */
export interface PipelineAnswers {
  readonly labelResource: Answered<{ readonly resource: Resource; readonly operation: Operation }>;
  /** `agent`: the agent's labels when the answer was there; absent: those of the start. */
  readonly callBackend: Answered<JsonValue> & { readonly agent?: AgentLabels };
  readonly labelResponse: Answered<LabeledCollection | null>;
}

/** The answer to any question. */
export type PipelineAnswer = PipelineAnswers[QuestionKind];

/** One tool call as it reaches the gateway. */
export interface PipelineCall {
  readonly server: string;
  readonly tool: string;
  /** undefined: the client sent no arguments, which the gateway treats as `{}`. */
  readonly args: JsonValue | undefined;
  readonly agentId: string;
  readonly mode: EnforcementMode;
}

/** The decision, without the fields that only the driver knows. `agentAfter` is the agent of the next call; every tag list is sorted. */
export type PipelineResult = Omit<DecisionRecord, 'index' | 'time' | 'guardCalls' | 'problems'>;

/** A running call: `next(answer)` takes the answer to the previous question and yields the next question or the result. */
export type Pipeline = Generator<PipelineQuestion, PipelineResult, PipelineAnswer>;

/**
 * Runs one call from its arguments to what the client receives (gateway `callBackendTool` in `internal/server/unified.go`, spec 3.8
 * and 3.7, steps 6 to 15).
 */
export function* runPipeline(call: PipelineCall, agent: AgentLabels): Pipeline {
  const start = startResult(call, agent);
  const args = call.args === undefined ? {} : call.args;
  const unreadable = argumentsError(args);
  if (unreadable !== null) return ended(start, 'init', unreadable);

  const labeled = yield* ask({ ask: 'labelResource', tool: call.tool, args });
  if (!labeled.ok) return ended(start, 1, `guard labeling failed: resource labeling failed: ${labeled.error}`, labeled);
  const { resource, operation } = labeled.value;

  const evaluation = evaluate(call.mode, operation, start.agentBefore, resource);
  const outcome = coarseOutcome(operation, evaluation);
  const labelledCall = { ...start, operation, resource: sortedResource(resource), coarse: { ...evaluation, outcome } };
  if (outcome === 'denied') {
    return {
      ...ended(labelledCall, 2, formatViolation(evaluation, start.agentBefore, resource) ?? ''),
      outcome: 'denied',
    };
  }

  const answer = yield* ask({ ask: 'callBackend', server: call.server, tool: call.tool, args });
  // The gateway holds the labels of the agent by reference, so phases 5 and 6 see what other calls have changed since.
  const { agent: now } = answer;
  const asked = now === undefined ? labelledCall : { ...labelledCall, agentAtAnswer: now, agentAfter: now };
  if (!answer.ok) return ended(asked, 3, answer.error, answer);
  const answered = { ...asked, backendResult: answer.value };
  const limited = rateLimitText(answer.value);
  if (limited !== null) return { ...finished(answered, textResult(limited, true)), endedIn: 3 };

  let collection: LabeledCollection | null = null;
  if (shouldCallLabelResponse(operation, call.mode)) {
    const response = yield* ask({ ask: 'labelResponse', tool: call.tool, args, result: answer.value });
    if (!response.ok) {
      return ended(answered, 4, `response labeling failed: response labeling failed: ${response.error}`, response);
    }
    collection = response.value;
  }
  return filterAndFinish(answered, operation, resource, collection, answer.value);
}

/** Ends a call before phase 0: the guard did not start, the tool is not allowed, or a call limit is reached (gateway spec 3.7, steps 2 to 4). */
export function refuseCall(call: PipelineCall, agent: AgentLabels, error: string, code = 0): PipelineResult {
  return ended(startResult(call, agent), 'init', error, { code });
}

/** Panic text of the gateway for a legacy item without labels. */
const NIL_DEREFERENCE = 'runtime error: invalid memory address or nil pointer dereference';

/** Yields a question and returns its answer: the only place that derives the answer's type from the question. */
function* ask<K extends QuestionKind>(
  question: QuestionOf<K> & { readonly ask: K },
): Generator<PipelineQuestion, PipelineAnswers[K], PipelineAnswer> {
  return (yield question) as PipelineAnswers[K];
}

/** Runs phase 5 (filter) and phase 6 (accumulate), and converts the result for the client. */
function filterAndFinish(
  answered: PipelineResult,
  operation: Operation,
  resource: Resource,
  collection: LabeledCollection | null,
  backendResult: JsonValue,
): PipelineResult {
  const { mode, agentBefore, agentAtAnswer: agent = agentBefore } = answered;
  const evaluated = collection === null ? [] : filterCollection(mode, operation, agent, collection);
  if (evaluated === null) return ended(answered, 5, NIL_DEREFERENCE, { panic: NIL_DEREFERENCE });
  const labeled = collection === null ? answered : { ...answered, items: evaluated.map(itemRecord) };
  const withheld = evaluated.filter(({ allowed }) => !allowed).map(withheldItem);
  const [only] = withheld;
  if (shouldBlockFilteredResponse(mode, withheld.length)) {
    return blocked(labeled, blockedError(withheld.length, evaluated.length, answered.agent));
  }
  if (only !== undefined && evaluated.length === 1 && isSingularTool(answered.tool)) {
    return blocked(labeled, singleItemError(only));
  }

  const agentAfter = shouldAccumulateReadLabels(operation, mode)
    ? accumulateFromRead(agent, collection === null ? resource : overallLabels(collection))
    : agent;
  const accumulated = { ...labeled, agentAfter };
  const accessible = evaluated.filter(({ allowed }) => allowed).map(({ item }) => item.data);
  const converted = convertToToolResult(collection === null ? backendResult : accessible);
  if (!converted.ok) return ended(accumulated, 6, `failed to convert result: ${converted.error}`);
  const notice = filteredNotice(withheld);
  return notice === null
    ? finished(accumulated, converted.value)
    : { ...finished(accumulated, appendText(converted.value, notice)), outcome: 'filtered' };
}

function startResult(call: PipelineCall, agent: AgentLabels): PipelineResult {
  const labels = makeAgent(agent.secrecy, agent.integrity);
  return {
    server: call.server,
    tool: call.tool,
    args: call.args === undefined ? {} : call.args,
    agent: call.agentId,
    mode: call.mode,
    operation: null,
    resource: null,
    coarse: null,
    items: null,
    outcome: 'allowed',
    error: null,
    endedIn: null,
    client: { result: null },
    backendResult: null,
    agentBefore: labels,
    agentAfter: labels,
  };
}

function finished(result: PipelineResult, client: ToolResult): PipelineResult {
  const { content, isError } = client;
  return { ...result, client: { result: { content, ...(isError === undefined ? {} : { isError }) } } };
}

/**
 * Every error reaches the client as a JSON-RPC error (gateway spec 3.8). Its code is 0, or that of the backend's own error, which the
 * gateway's library keeps (go-sdk v1.7.0 `internal/jsonrpc2/messages.go`, `toWireError`). After a panic the client gets no answer.
 */
function ended(
  result: PipelineResult,
  endedIn: PhaseId,
  error: string,
  cause: { readonly panic?: string; readonly code?: number } = {},
): PipelineResult {
  const text = cause.panic ?? error;
  const outcome: Outcome = 'error';
  const failed = {
    ...result,
    outcome,
    error: text,
    endedIn,
    client: { error: { code: cause.code ?? 0, message: text } },
  };
  return cause.panic === undefined ? failed : { ...failed, panic: cause.panic };
}

function blocked(result: PipelineResult, error: string): PipelineResult {
  return { ...ended(result, 5, error), outcome: 'blocked' };
}

/**
 * Returns the gateway's error for arguments that are neither an object nor null. The gateway checks this first, before `label_agent`
 * (gateway `ParseToolArguments`, spec 3.7).
 */
export function argumentsError(args: JsonValue | undefined): string | null {
  if (args === undefined || args === null || isJsonObject(args)) return null;
  const kind = Array.isArray(args) ? 'array' : typeof args === 'boolean' ? 'bool' : typeof args;
  return `failed to parse arguments: json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`;
}

function itemRecord({ item, labels, evaluation, allowed }: EvaluatedItem, index: number): ItemRecord {
  const { origin, path, data } = item;
  const { description, secrecy, integrity } = sortedResource(labels);
  const { decision, reason, secrecyToAdd, integrityToDrop } = evaluation;
  return {
    index,
    origin,
    path,
    description,
    secrecy,
    integrity,
    decision,
    reason,
    secrecyToAdd,
    integrityToDrop,
    allowed,
    data,
  };
}

function withheldItem({ labels, evaluation }: EvaluatedItem): Parameters<typeof singleItemError>[0] {
  return { description: labels.description, reason: evaluation.reason, secrecyToAdd: evaluation.secrecyToAdd };
}

function sortedResource({ description, secrecy, integrity }: Resource): Resource {
  return { description, secrecy: sortedTags(secrecy), integrity: sortedTags(integrity) };
}
