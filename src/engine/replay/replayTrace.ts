/** Replays a trace through a guard as the gateway's server would run the session: in order, on one instance, one agent (gateway spec 3.7, 3.10). */
import type { JsonValue } from '../../core/base/json.ts';
import { addAgentTags, type AgentLabels, emptyAgent } from '../../core/difc/agent.ts';
import type { DecisionRecord, EnforcementMode } from '../../core/difc/decision.ts';
import type { GuardCallRecord } from '../../core/difc/guardCall.ts';
import { type PipelineCall, type PipelineResult, refuseCall } from '../../core/difc/pipeline.ts';
import { buildLabelAgentPayload } from '../../core/policy/payload.ts';
import type { Trace, TraceCall } from '../../core/trace/model.ts';
import type { Guard, GuardCallContext } from '../guard/guard.ts';
import { makeCassette } from './cassette.ts';
import { answeredResource, answeredResponse, answerPipeline } from './drive.ts';
import { findFindings } from './findings.ts';

/** With what a trace is replayed. */
export interface ReplayOptions {
  readonly guard: Guard;
  /** The configured policy; undefined or null: none, so `label_agent` is not called and the agent starts without labels. */
  readonly policy?: JsonValue | undefined;
  /** Mode of a server whose guard names none; default strict. */
  readonly mode?: EnforcementMode;
  /** Server whose calls go through the guard; default the one with the most calls. */
  readonly server?: string;
  /** Who answers the guard's `call_backend`: the trace, or nobody. Default the trace. */
  readonly backend?: 'recorded' | 'none';
  /** Milliseconds a guard call may take; default the gateway's tool timeout. */
  readonly deadlineMs?: number;
  readonly trustedBots?: readonly string[];
  readonly signal?: AbortSignal;
}

/** The gateway's default `tool_timeout` (gateway spec 5.1). */
const toolTimeoutMs = 60_000;

/** The agent of a session without an id (gateway spec 3.10). */
const agentId = 'default';

/** Decides the calls of one server in order; ends early when the signal aborts. One guard instance must not serve two replays at once. */
export async function* replayTrace(trace: Trace, options: ReplayOptions): AsyncGenerator<DecisionRecord> {
  const server = options.server ?? busiestServer(trace);
  if (server === null) return;
  const replay = new Replay(trace, server, options);
  for (const call of trace.calls) {
    if (options.signal?.aborted === true) return;
    if (call.server === server) yield await replay.decide(call);
  }
}

/** The server with the most calls, the first of them among equals; null for a trace without calls. */
export function busiestServer(trace: Trace): string | null {
  const counts = new Map<string, number>();
  for (const { server } of trace.calls) counts.set(server, (counts.get(server) ?? 0) + 1);
  let best: string | null = null;
  for (const [server, count] of counts) if (best === null || count > (counts.get(best) ?? 0)) best = server;
  return best;
}

/** The state of one session while it is replayed: the agent's labels, and the mode once the guard has named it. */
class Replay {
  readonly #options: ReplayOptions;
  readonly #server: string;
  #agent: AgentLabels = emptyAgent;
  /** null until `label_agent` has succeeded; a failure is not remembered, the next call tries again (gateway spec 3.10). */
  #mode: EnforcementMode | null = null;

  constructor(trace: Trace, server: string, options: ReplayOptions) {
    this.#options = options;
    this.#server = server;
    if (options.backend !== 'none') options.guard.useCassette(makeCassette(trace, server));
  }

  async decide(call: TraceCall): Promise<DecisionRecord> {
    const before = this.#agent;
    const guardCalls: GuardCallRecord[] = [];
    const context = this.#context(call);
    const failure = await this.#initialize(context, guardCalls);
    const mode = this.#mode ?? this.#options.mode ?? 'strict';
    const asked: PipelineCall = { server: this.#server, tool: call.tool, args: call.args, agentId, mode };
    const result =
      failure === null ? await this.#run(asked, call, context, guardCalls) : refuseCall(asked, this.#agent, failure);
    this.#agent = result.agentAfter;
    const record = { index: call.index, time: call.time, ...result, agentBefore: before, guardCalls, problems: [] };
    return { ...record, problems: findFindings(record, call) };
  }

  /** Calls `label_agent` before the first tool call; the error text of the gateway when it fails. */
  async #initialize(context: GuardCallContext, guardCalls: GuardCallRecord[]): Promise<string | null> {
    const { guard, policy, trustedBots = [] } = this.#options;
    if (this.#mode !== null || policy === undefined || policy === null) return null;
    const answer = await guard.labelAgent(buildLabelAgentPayload(policy, trustedBots, []), context);
    guardCalls.push(...answer.calls);
    if (answer.value === null) return `guard session initialization failed: LabelAgent failed: ${answer.error}`;
    this.#agent = addAgentTags(this.#agent, answer.value.agent);
    this.#mode = answer.value.mode;
    return null;
  }

  #run(
    asked: PipelineCall,
    call: TraceCall,
    context: GuardCallContext,
    guardCalls: GuardCallRecord[],
  ): Promise<PipelineResult> {
    const { guard } = this.#options;
    return answerPipeline(asked, this.#agent, {
      labelResource: async ({ tool, args }) => {
        const answer = await guard.labelResource(tool, args, context);
        guardCalls.push(...answer.calls);
        return answeredResource(answer);
      },
      callBackend: ({ server }) => Promise.resolve(recordedAnswer(call, server)),
      labelResponse: async ({ tool, args, result }) => {
        const answer = await guard.labelResponse(tool, args, result, context);
        guardCalls.push(...answer.calls);
        return answeredResponse(answer);
      },
    });
  }

  #context(call: TraceCall): GuardCallContext {
    const { backend, deadlineMs = toolTimeoutMs, signal } = this.#options;
    const source = backend === 'none' ? ({ kind: 'none' } as const) : ({ kind: 'cassette', call: call.index } as const);
    return { backend: source, deadlineMs, ...(signal === undefined ? {} : { signal }) };
  }
}

/** What the backend answered in the recorded session; where nothing is recorded, an error in the form of the gateway's. */
function recordedAnswer(
  { answer }: TraceCall,
  server: string,
): { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly error: string } {
  if (answer === undefined) {
    return { ok: false, error: `failed to connect to backend ${server}: the trace holds no answer to this call` };
  }
  return answer.result === undefined ? { ok: false, error: answer.error } : { ok: true, value: answer.result };
}
