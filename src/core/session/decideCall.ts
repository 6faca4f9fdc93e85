/** Decides one tool call of a session, as a generator of questions from a state to the next state and the decision record (gateway spec 3.7). */
import type { JsonValue } from '../base/json.ts';
import type { Problem } from '../base/parsed.ts';
import { recordOfCall } from './recordOfCall.ts';
import { addAgentTags, type AgentLabels } from '../difc/monitor/agent.ts';
import {
  askCircuit,
  type Circuit,
  type CircuitSettings,
  defaultCircuit,
  noteRateLimit,
  noteSuccess,
} from '../difc/monitor/circuitBreaker.ts';
import { allowedToolError, countToolCall, type ToolCallCounts } from '../difc/monitor/limits.ts';
import {
  type Answered,
  argumentsError,
  type PipelineAnswer,
  type PipelineAnswers,
  type PipelineCall,
  type PipelineQuestion,
  type PipelineResult,
  type QuestionOf,
  refuseCall,
  runPipeline,
} from '../difc/monitor/pipeline.ts';
import { rateLimitText } from '../difc/monitor/rateLimit.ts';
import type { DecisionRecord, EnforcementMode, LabelPair } from '../difc/record/decision.ts';
import type { GuardCallRecord } from '../difc/record/guardCall.ts';
import type { GuardAnswer } from '../guard/guard.ts';
import { unknownTool } from '../mcp/gatewayMethods.ts';
import { buildLabelAgentPayload } from '../policy/payload.ts';
import { afterDecision } from './response/afterDecision.ts';
import type { TraceCall } from '../trace/model/traceModel.ts';
import type { SessionAnswer, SessionAnswers, SessionQuestion, SessionQuestionOf } from './sessionQuestions.ts';
import { defaultAgent, type ServerRules, type SessionRules } from './sessionRules.ts';
import { agentIn, type AgentSession, circuitIn, type SessionState, withAgent, withEntry } from './sessionState.ts';

/** What a decision reads of a call. `args` undefined: the client sent none. Without an agent, the call is of the agent `default`. */
export type DecidableCall = Pick<
  TraceCall,
  'index' | 'time' | 'durationMs' | 'server' | 'agent' | 'tool' | 'unlisted'
> & {
  readonly args: JsonValue | undefined;
};

export interface DecideCallOptions {
  /** A gateway recorded the backend's answer, so its circuit let the call pass; the circuit of the replay is ignored. Default false. */
  readonly backendWasAsked?: boolean;
  /** The agent's labels from phase 0 on, in place of those that it has; for a hypothetical decision. */
  readonly labels?: LabelPair;
  /** The mode in place of that of the guard or the rules; for a hypothetical decision. */
  readonly mode?: EnforcementMode;
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

/**
 * Decides the next call of a session. Changes none of its arguments. Throws a TypeError when the rules do not have the call's server,
 * which is a mistake of the caller.
 */
export function* decideCall(
  state: SessionState,
  call: DecidableCall,
  rules: SessionRules,
  options: DecideCallOptions = {},
): Decision {
  const ofServer = rules.get(call.server);
  if (ofServer === undefined) throw new TypeError(`the session has no server "${call.server}"`);
  const run = new CallRun(call, ofServer, options, state);
  // The gateway's library knows its tools, and answers a call of another before any of this (go-sdk v1.7.0 `mcp/server.go`).
  const unknown = call.unlisted === true ? unknownTool(call.tool) : null;
  const early =
    unknown?.message ?? argumentsError(call.args) ?? allowedToolError(call.tool, ofServer.allowedTools ?? null);
  const refusal = early ?? (yield* startGuard(run));
  const stateWithoutCall = run.state;
  if (options.labels !== undefined) run.change({ labels: options.labels });
  const agent = agentIn(run.state, run.agent);
  const toolCalls = agent.toolCalls.get(call.server) ?? noCalls;
  const budget =
    refusal === null
      ? countToolCall(call.tool, ofServer.toolCallLimits ?? noLimits, toolCalls)
      : { ok: false as const, error: refusal };
  if (budget.ok) run.change({ toolCalls: withCounts(agent.toolCalls, call.server, budget.counts) });
  const asked: PipelineCall = {
    server: call.server,
    tool: call.tool,
    args: call.args,
    agentId: run.agent,
    mode: options.mode ?? agent.guardModes.get(call.server) ?? ofServer.mode ?? 'strict',
  };
  const result = budget.ok
    ? yield* runPhases(asked, agent.labels, run)
    : refuseCall(asked, agent.labels, budget.error, unknown?.code);
  const final = ofServer.response === undefined ? null : afterDecision(result, ofServer.response);
  const { labels } = agentIn(run.state, run.agent);
  run.change({ labels: hasSameLabels(labels, result.agentAfter) ? labels : result.agentAfter });
  const agentStart = stateWithoutCall === state ? null : agentIn(state, run.agent).labels;
  return {
    record: recordOfCall(call, result, { final, agentStart, guardCalls: run.guardCalls, problems: run.problems }),
    state: run.state,
    stateWithoutCall,
  };
}

const noCalls: ReadonlyMap<string, number> = new Map();

/** Most calls are not counted, and leave no entry. */
function withCounts(all: AgentSession['toolCalls'], server: string, counts: ToolCallCounts): AgentSession['toolCalls'] {
  return counts === noCalls ? all : withEntry(all, server, counts);
}

/** Whether two sets of labels are equal. Both lists are sorted. */
function hasSameLabels(a: AgentLabels, b: AgentLabels): boolean {
  const isSame = (left: readonly string[], right: readonly string[]): boolean =>
    left.length === right.length && left.every((tag, at) => tag === right[at]);
  return isSame(a.secrecy, b.secrecy) && isSame(a.integrity, b.integrity);
}

/** The state with the circuit of a server; the same state when it is as before. */
function withCircuit(state: SessionState, server: string, after: Circuit): SessionState {
  const before = circuitIn(state, server);
  const isSame =
    before.state === after.state &&
    before.errors === after.errors &&
    before.openedAt === after.openedAt &&
    before.resetAt === after.resetAt;
  return isSame ? state : { ...state, circuits: withEntry(state.circuits, server, after) };
}

const noLimits: ReadonlyMap<string, number> = new Map();

type Questions<T> = Generator<SessionQuestion, T, SessionAnswer>;

/** What the questions of one call collect for its record. */
class CallRun {
  readonly guardCalls: GuardCallRecord[] = [];
  readonly problems: Problem[] = [];
  readonly call: DecidableCall;
  readonly agent: string;
  readonly rules: ServerRules;
  readonly options: DecideCallOptions;
  /** The state as far as the call has come. */
  state: SessionState;

  constructor(call: DecidableCall, rules: ServerRules, options: DecideCallOptions, state: SessionState) {
    this.call = call;
    this.agent = call.agent ?? defaultAgent;
    this.rules = rules;
    this.options = options;
    this.state = state;
  }

  /** Changes what is kept of the call's agent. */
  change(change: Partial<AgentSession>): void {
    this.state = withAgent(this.state, this.agent, change);
  }

  /** Circuit in front of the call's server. */
  get circuit(): Circuit {
    return circuitIn(this.state, this.call.server);
  }

  set circuit(circuit: Circuit) {
    this.state = withCircuit(this.state, this.call.server, circuit);
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

/** Runs `label_agent`, as it does before the first tool call. The gateway's refusal when it failed, else null. */
function* startGuard(run: CallRun): Questions<string | null> {
  const { policy, trustedBots = [] } = run.rules;
  const agent = agentIn(run.state, run.agent);
  if (agent.guardModes.has(run.call.server) || policy === undefined || policy === null) return null;
  const payload = buildLabelAgentPayload(policy, trustedBots, []);
  const { server } = run.call;
  const { value, error } = yield* run.ask({ ask: 'labelAgent', server, payload, spentMs: run.spentMs });
  if (value === null) return `guard session initialization failed: LabelAgent failed: ${error ?? ''}`;
  const labels = addAgentTags(agent.labels, value.agent);
  const guardModes = withEntry(agent.guardModes, server, value.mode);
  run.change({ labels, guardModes });
  return null;
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
  const { spentMs, call } = run;
  const { server } = call;
  const { tool, args } = question;
  if (question.ask === 'labelResource') {
    return resourceAnswer(yield* run.ask({ ask: 'labelResource', tool, args, server, spentMs }));
  }
  const { result } = question;
  return responseAnswer(yield* run.ask({ ask: 'labelResponse', tool, args, result, server, spentMs }));
}

/**
 * The backend's answer, or the circuit breaker's refusal to ask. The circuit goes by the times of the recorded calls; a call without a
 * time passes and is not counted.
 */
function* askBackend(question: QuestionOf<'callBackend'>, run: CallRun): Questions<PipelineAnswers['callBackend']> {
  const { call, rules, options } = run;
  const settings: CircuitSettings = rules.circuit ?? defaultCircuit;
  const now = call.time === null ? null : Date.parse(call.time);
  if (now !== null) {
    const asked = askCircuit(run.circuit, call.server, now, settings);
    if ('circuit' in asked) run.circuit = asked.circuit;
    else if (options.backendWasAsked !== true) return { ok: false, error: asked.refusal };
  }
  const before = agentIn(run.state, run.agent).labels;
  const { answer, state = run.state } = yield* run.ask({ ...question, state: run.state });
  run.state = state;
  if (now !== null && answer.ok) {
    const limited = rateLimitText(answer.value);
    run.circuit =
      limited === null
        ? noteSuccess(run.circuit)
        : noteRateLimit(run.circuit, limited, now + (call.durationMs ?? 0), settings);
  }
  const { labels } = agentIn(run.state, run.agent);
  return labels === before ? answer : { ...answer, agent: labels };
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
