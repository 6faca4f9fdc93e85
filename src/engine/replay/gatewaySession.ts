/** One session of the gateway's server while it is replayed: initialises the guard, carries the agent's labels, decides call by call. */
import type { JsonValue } from '../../core/base/json.ts';
import type { Problem } from '../../core/base/parsed.ts';
import { addAgentTags, type AgentLabels, emptyAgent } from '../../core/difc/monitor/agent.ts';
import type { CircuitSettings } from '../../core/difc/monitor/circuitBreaker.ts';
import type { DecisionRecord, EnforcementMode } from '../../core/difc/record/decision.ts';
import type { GuardCallRecord } from '../../core/difc/record/guardCall.ts';
import { allowedToolError, countToolCall, type ToolCallCounts } from '../../core/difc/monitor/limits.ts';
import {
  argumentsError,
  type PipelineAnswers,
  type PipelineCall,
  refuseCall,
} from '../../core/difc/monitor/pipeline.ts';
import { buildLabelAgentPayload } from '../../core/policy/payload.ts';
import { resultOf } from '../../core/trace/model/keptAnswer.ts';
import type { TraceCall } from '../../core/trace/model/traceModel.ts';
import type { Guard, GuardAnswer, GuardCallContext } from '../../core/guard/guard.ts';
import type { BackendSource } from '../../core/guard/backend.ts';
import { ReplayedCircuit } from './replayedCircuit.ts';
import { answeredResource, answeredResponse, answerPipeline } from './drive.ts';

/** With what a session runs; each as in `ReplayOptions`. */
export interface SessionOptions {
  readonly guard: Guard;
  readonly policy?: JsonValue | undefined;
  readonly mode?: EnforcementMode;
  readonly backend?: 'recorded' | 'none';
  readonly deadlineMs?: number;
  readonly trustedBots?: readonly string[];
  readonly allowedTools?: readonly string[] | null;
  readonly toolCallLimits?: ReadonlyMap<string, number>;
  readonly circuit?: CircuitSettings;
  readonly signal?: AbortSignal;
}

/** Who answers a call instead of the trace, while the session is going on. */
export interface LiveAnswers {
  /** The server's own answer to the call. */
  callBackend(): Promise<PipelineAnswers['callBackend']>;
  /** The server's answers to what the guard asks. */
  readonly lookups: BackendSource;
}

/** The gateway's default `tool_timeout`, which bounds a tool call with all its guard calls (gateway spec 3.7, step 1). */
const toolTimeoutMs = 60_000;

/** The agent of a session without an id (gateway spec 3.10). */
const agentId = 'default';

export class ReplayedSession {
  readonly #options: SessionOptions;
  readonly #server: string;
  #agent: AgentLabels = emptyAgent;
  /** null until `label_agent` has succeeded; a failure is not remembered, the next call tries again (gateway spec 3.10). */
  #mode: EnforcementMode | null = null;
  #toolCalls: ToolCallCounts = new Map();
  readonly #circuit: ReplayedCircuit;

  constructor(server: string, options: SessionOptions) {
    this.#server = server;
    this.#options = options;
    this.#circuit = new ReplayedCircuit(options.circuit);
  }

  /**
   * Runs the next call, answered by the trace or by `live`. `letThrough`: a gateway recorded the backend's answer, so it had asked. The
   * record's problems are those of reading the recorded answer.
   */
  async decide(call: TraceCall, live: LiveAnswers | null = null, letThrough = false): Promise<DecisionRecord> {
    const circuit: CircuitPass = (ask) => this.#circuit.pass(call, this.#server, letThrough, ask);
    const run = new CallRun(call, this.#options, live, circuit);
    const agentStart = this.#agent;
    const wasReady = this.#mode !== null;
    const failure = argumentsError(call.args) ?? (await this.#refusal(call.tool, run));
    const mode = this.#mode ?? this.#options.mode ?? 'strict';
    const { index, time, tool, args } = call;
    const asked: PipelineCall = { server: this.#server, tool, args, agentId, mode };
    const result =
      failure === null ? await answerPipeline(asked, this.#agent, run) : refuseCall(asked, this.#agent, failure);
    this.#agent = result.agentAfter;
    const labelled = !wasReady && this.#mode !== null ? { agentStart } : {};
    return { index, time, ...result, ...labelled, guardCalls: run.guardCalls, problems: run.problems };
  }

  /** Takes back what the last call did to the agent: it was none of the agent's. What the guard remembers stays. */
  undo(record: DecisionRecord): void {
    this.#agent = record.agentBefore;
    this.#circuit.undo();
  }

  /** What the server refuses before phase 0, once it could read the arguments, in its order (gateway spec 3.7, steps 2 to 4); null when the call goes on. */
  async #refusal(tool: string, run: CallRun): Promise<string | null> {
    const { allowedTools = null, toolCallLimits = noLimits } = this.#options;
    const refused = allowedToolError(tool, allowedTools) ?? (await this.#initialize(run));
    if (refused !== null) return refused;
    const budget = countToolCall(tool, toolCallLimits, this.#toolCalls);
    if (!budget.ok) return budget.error;
    this.#toolCalls = budget.counts;
    return null;
  }

  /** Calls `label_agent` before the first tool call; the error text of the gateway when it fails. */
  async #initialize(run: CallRun): Promise<string | null> {
    const { policy, trustedBots = [] } = this.#options;
    if (this.#mode !== null || policy === undefined || policy === null) return null;
    const payload = buildLabelAgentPayload(policy, trustedBots, []);
    const answer = await run.ask((guard, context) => guard.labelAgent(payload, context));
    if (answer.value === null) return `guard session initialization failed: LabelAgent failed: ${answer.error ?? ''}`;
    this.#agent = addAgentTags(this.#agent, answer.value.agent);
    this.#mode = answer.value.mode;
    return null;
  }
}

/** Asks the backend, or refuses in the gateway's place. */
type CircuitPass = (ask: () => Promise<PipelineAnswers['callBackend']>) => Promise<PipelineAnswers['callBackend']>;

const noLimits: ReadonlyMap<string, number> = new Map();

/** The answers to one call's questions: the guard's, under one deadline, and the recorded backend's. */
class CallRun {
  readonly guardCalls: GuardCallRecord[] = [];
  readonly problems: Problem[] = [];
  readonly #call: TraceCall;
  readonly #options: SessionOptions;
  readonly #live: LiveAnswers | null;
  readonly #circuit: CircuitPass;

  constructor(call: TraceCall, options: SessionOptions, live: LiveAnswers | null, circuit: CircuitPass) {
    this.#call = call;
    this.#options = options;
    this.#live = live;
    this.#circuit = circuit;
  }

  async labelResource({ tool, args }: { tool: string; args: JsonValue }): Promise<PipelineAnswers['labelResource']> {
    return answeredResource(await this.ask((guard, context) => guard.labelResource(tool, args, context)));
  }

  async labelResponse({
    tool,
    args,
    result,
  }: {
    tool: string;
    args: JsonValue;
    result: JsonValue;
  }): Promise<PipelineAnswers['labelResponse']> {
    return answeredResponse(await this.ask((guard, context) => guard.labelResponse(tool, args, result, context)));
  }

  callBackend(): Promise<PipelineAnswers['callBackend']> {
    return this.#circuit(() => this.#live?.callBackend() ?? Promise.resolve(this.#recordedAnswer()));
  }

  async ask<T>(
    question: (guard: Guard, context: GuardCallContext) => Promise<GuardAnswer<T>>,
  ): Promise<GuardAnswer<T>> {
    const answer = await question(this.#options.guard, this.#context());
    this.guardCalls.push(...answer.calls);
    return answer;
  }

  /** All guard calls of a tool call share its deadline; the recorded backend takes no time. */
  #context(): GuardCallContext {
    const { backend, deadlineMs = toolTimeoutMs, signal } = this.#options;
    const spent = this.guardCalls.reduce((sum, { durationMs }) => sum + durationMs, 0);
    const recorded = { kind: 'cassette', call: this.#call.index } as const;
    return {
      backend: this.#live?.lookups ?? (backend === 'none' ? { kind: 'none' } : recorded),
      deadlineMs: Math.max(0, deadlineMs - spent),
      ...(signal === undefined ? {} : { signal }),
    };
  }

  /** What the backend answered in the recorded session; where nothing is recorded, an error in the form of the gateway's. */
  #recordedAnswer(): PipelineAnswers['callBackend'] {
    const { answer, server, answerLine, requestLine } = this.#call;
    if (answer === undefined) return noAnswer(server, 'the trace holds no answer to this call');
    if (answer.error !== undefined) return { ok: false, error: answer.error };
    const taken = resultOf(answer);
    if ('result' in taken) return { ok: true, value: taken.result };
    const position = { line: answerLine ?? requestLine };
    this.problems.push({ severity: 'error', code: 'replay/answer-unreadable', message: taken.unreadable, position });
    return noAnswer(server, 'the recorded answer can no longer be read');
  }
}

function noAnswer(server: string, why: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error: `failed to connect to backend ${server}: ${why}` };
}
