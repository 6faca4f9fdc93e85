/** Decides one tool call of a session, as a generator of questions from a state to the next state and the decision record (gateway spec 3.7). */
import type { JsonValue } from '../base/json.ts';
import type { Problem } from '../base/parsed.ts';
import { addAgentTags, type AgentLabels } from '../difc/monitor/agent.ts';
import {
  askCircuit,
  type Circuit,
  type CircuitSettings,
  defaultCircuit,
  noteRateLimit,
  noteSuccess,
} from '../difc/monitor/circuitBreaker.ts';
import { allowedToolError, countToolCall } from '../difc/monitor/limits.ts';
import {
  type Answered,
  argumentsError,
  type PipelineAnswer,
  type PipelineCall,
  type PipelineQuestion,
  type PipelineResult,
  refuseCall,
  runPipeline,
} from '../difc/monitor/pipeline.ts';
import { rateLimitText } from '../difc/monitor/rateLimit.ts';
import type { DecisionRecord } from '../difc/record/decision.ts';
import type { GuardCallRecord } from '../difc/record/guardCall.ts';
import type { GuardAnswer } from '../guard/guard.ts';
import { unknownTool } from '../mcp/gatewayMethods.ts';
import { buildLabelAgentPayload } from '../policy/payload.ts';
import type { TraceCall } from '../trace/model/traceModel.ts';
import type { SessionAnswer, SessionAnswers, SessionQuestion, SessionQuestionOf } from './sessionQuestions.ts';
import type { SessionRules, SessionState } from './sessionState.ts';

/** What a decision reads of a call. `args` undefined: the client sent none. */
export type DecidableCall = Pick<TraceCall, 'index' | 'time' | 'durationMs' | 'tool' | 'unlisted'> & {
  readonly args: JsonValue | undefined;
};

export interface DecideCallOptions {
  /** A gateway recorded the backend's answer, so its circuit let the call pass; the circuit of the replay is ignored. Default false. */
  readonly backendWasAsked?: boolean;
}

/** A decided call. */
export interface Decided {
  readonly record: DecisionRecord;
  /** State for the next call. */
  readonly state: SessionState;
  /**
   * State without the call, but with the `label_agent` that it may have run: a replay continues from here when the call turns out to be
   * a look-up of the guard, which affects neither the agent, nor a budget, nor the circuit.
   */
  readonly stateWithoutCall: SessionState;
}

/** A decision on its way: `next` with the answer to the last question gives the next question, or the result. */
export type Decision = Generator<SessionQuestion, Decided, SessionAnswer>;

/** Decides the next call of a session. Changes none of its arguments. */
export function* decideCall(
  state: SessionState,
  call: DecidableCall,
  rules: SessionRules,
  options: DecideCallOptions = {},
): Decision {
  const run = new CallRun(call, rules, options, state.circuit);
  // The gateway's library knows its tools, and answers a call of another before any of this (go-sdk v1.7.0 `mcp/server.go`).
  const unknown = call.unlisted === true ? unknownTool(call.tool) : null;
  const early =
    unknown?.message ?? argumentsError(call.args) ?? allowedToolError(call.tool, rules.allowedTools ?? null);
  const started = early === null ? yield* startGuard(state, run) : { state, refusal: early };
  const { agent, guardMode, toolCalls } = started.state;
  const budget =
    started.refusal === null
      ? countToolCall(call.tool, rules.toolCallLimits ?? noLimits, toolCalls)
      : { ok: false as const, error: started.refusal };
  const asked: PipelineCall = {
    server: rules.server,
    tool: call.tool,
    args: call.args,
    agentId,
    mode: guardMode ?? rules.mode ?? 'strict',
  };
  const result = budget.ok
    ? yield* runPhases(asked, agent, run)
    : refuseCall(asked, agent, budget.error, unknown?.code);
  const agentStart = started.state === state ? {} : { agentStart: state.agent };
  const { guardCalls, problems } = run;
  return {
    record: { index: call.index, time: call.time, ...result, ...agentStart, guardCalls, problems },
    state: {
      agent: result.agentAfter,
      guardMode,
      toolCalls: budget.ok ? budget.counts : toolCalls,
      circuit: run.circuit,
    },
    stateWithoutCall: started.state,
  };
}

/** Id of the agent of a session that names none (gateway spec 3.10). */
const agentId = 'default';

const noLimits: ReadonlyMap<string, number> = new Map();

type Questions<T> = Generator<SessionQuestion, T, SessionAnswer>;

/** What the questions of one call collect for its record. */
class CallRun {
  readonly guardCalls: GuardCallRecord[] = [];
  readonly problems: Problem[] = [];
  readonly call: DecidableCall;
  readonly rules: SessionRules;
  readonly options: DecideCallOptions;
  circuit: Circuit;

  constructor(call: DecidableCall, rules: SessionRules, options: DecideCallOptions, circuit: Circuit) {
    this.call = call;
    this.rules = rules;
    this.options = options;
    this.circuit = circuit;
  }

  get spentMs(): number {
    return this.guardCalls.reduce((sum, { durationMs }) => sum + durationMs, 0);
  }

  /** Asks a question; guard calls of the answer and problems of the backend's reply go into the record. */
  *ask<K extends SessionQuestion['ask']>(
    question: SessionQuestionOf<K> & { readonly ask: K },
  ): Questions<SessionAnswers[K]> {
    // The driver answers each question with the type of that question.
    const answer = (yield question) as SessionAnswers[K];
    if ('calls' in answer) this.guardCalls.push(...answer.calls);
    else this.problems.push(...(answer.problems ?? []));
    return answer;
  }
}

/** The state once `label_agent` has run, which it does before the first tool call; or the gateway's refusal when it failed. */
function* startGuard(
  state: SessionState,
  run: CallRun,
): Questions<{ readonly state: SessionState; readonly refusal: string | null }> {
  const { policy, trustedBots = [] } = run.rules;
  if (state.guardMode !== null || policy === undefined || policy === null) return { state, refusal: null };
  const payload = buildLabelAgentPayload(policy, trustedBots, []);
  const { value, error } = yield* run.ask({ ask: 'labelAgent', payload, spentMs: run.spentMs });
  if (value === null)
    return { state, refusal: `guard session initialization failed: LabelAgent failed: ${error ?? ''}` };
  return {
    state: { ...state, agent: addAgentTags(state.agent, value.agent), guardMode: value.mode },
    refusal: null,
  };
}

/** Phases 0 to 6: passes the pipeline's questions on. */
function* runPhases(call: PipelineCall, agent: AgentLabels, run: CallRun): Questions<PipelineResult> {
  const pipeline = runPipeline(call, agent);
  let step = pipeline.next();
  while (step.done !== true) step = pipeline.next(yield* answerPipelineQuestion(step.value, run));
  return step.value;
}

function* answerPipelineQuestion(question: PipelineQuestion, run: CallRun): Questions<PipelineAnswer> {
  if (question.ask === 'callBackend') return yield* askBackend(question, run);
  const { spentMs } = run;
  if (question.ask === 'labelResource') return resourceAnswer(yield* run.ask({ ...question, spentMs }));
  return responseAnswer(yield* run.ask({ ...question, spentMs }));
}

/**
 * The backend's answer, or the circuit breaker's refusal to ask. The circuit goes by the times of the recorded calls; a call without a
 * time passes and is not counted.
 */
function* askBackend(question: SessionQuestionOf<'callBackend'>, run: CallRun): Questions<Answered<JsonValue>> {
  const { call, rules, options } = run;
  const settings: CircuitSettings = rules.circuit ?? defaultCircuit;
  const now = call.time === null ? null : Date.parse(call.time);
  if (now !== null) {
    const asked = askCircuit(run.circuit, rules.server, now, settings);
    if ('circuit' in asked) run.circuit = asked.circuit;
    else if (options.backendWasAsked !== true) return { ok: false, error: asked.refusal };
  }
  const { answer } = yield* run.ask(question);
  if (now === null || !answer.ok) return answer;
  const limited = rateLimitText(answer.value);
  run.circuit =
    limited === null
      ? noteSuccess(run.circuit)
      : noteRateLimit(run.circuit, limited, now + (call.durationMs ?? 0), settings);
  return answer;
}

/** An answer of `labelResource` as the pipeline takes it. */
function resourceAnswer<T>(answer: GuardAnswer<T>): Answered<T> {
  return answer.value === null ? failedAnswer(answer) : { ok: true, value: answer.value };
}

/** An answer of `labelResponse` as the pipeline takes it: neither a value nor an error means "no labels item by item". */
function responseAnswer<T>(answer: GuardAnswer<T>): Answered<T | null> {
  return answer.error === null ? { ok: true, value: answer.value } : failedAnswer(answer);
}

function failedAnswer({ error, panic }: GuardAnswer<unknown>): Answered<never> {
  return { ok: false, error: error ?? '', ...(panic === undefined ? {} : { panic }) };
}
