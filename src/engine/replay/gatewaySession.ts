/** Decides calls of a session with a guard: answers the questions of a decision from the guard, and from the trace or a live server. */
import { decideCall, type Decided, type DecideCallOptions } from '../../core/replay/decideCall.ts';
import { recordedReply } from '../../core/replay/recordedReply.ts';
import type { BackendReply } from '../../core/replay/sessionQuestions.ts';
import type { SessionRules, SessionState } from '../../core/replay/sessionState.ts';
import type { BackendSource } from '../../core/guard/backend.ts';
import type { Guard, GuardCallContext } from '../../core/guard/guard.ts';
import type { TraceCall } from '../../core/trace/model/traceModel.ts';
import { answerQuestions } from './answerQuestions.ts';

/** A server of the gateway with its guard. It has no mutable state; a decision changes only the guard's memory. */
export interface GatewaySession extends SessionRules {
  readonly guard: Guard;
  /** What answers the guard's look-ups: the trace, or nothing. Default the trace. */
  readonly backend?: 'recorded' | 'none';
  /** Milliseconds for all guard calls of one tool call; default the gateway's tool timeout. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

/** A running server that answers in place of the trace. */
export interface LiveAnswers {
  /** The server's answer to the call. */
  callBackend(): Promise<BackendReply['answer']>;
  /** The server's answers to the guard's look-ups. */
  readonly lookups: BackendSource;
}

export interface DecideOptions extends DecideCallOptions {
  /** Absent: the trace answers. */
  readonly live?: LiveAnswers;
}

/** The gateway's default `tool_timeout`, which bounds a tool call with all its guard calls (gateway spec 3.7, step 1). */
const toolTimeoutMs = 60_000;

/** Decides the next call after `state`. Calls on one guard must not overlap. */
export function decide(
  session: GatewaySession,
  state: SessionState,
  call: TraceCall,
  { live, ...options }: DecideOptions = {},
): Promise<Decided> {
  const { guard, backend, deadlineMs = toolTimeoutMs, signal } = session;
  const recorded: BackendSource = backend === 'none' ? { kind: 'none' } : { kind: 'cassette', call: call.index };
  // The guard's time counts; a recorded backend takes none.
  const context = (spentMs: number): GuardCallContext => ({
    backend: live?.lookups ?? recorded,
    deadlineMs: Math.max(0, deadlineMs - spentMs),
    ...(signal === undefined ? {} : { signal }),
  });
  return answerQuestions(decideCall(state, call, session, options), {
    labelAgent: ({ payload, spentMs }) => guard.labelAgent(payload, context(spentMs)),
    labelResource: ({ tool, args, spentMs }) => guard.labelResource(tool, args, context(spentMs)),
    callBackend: async () => (live === undefined ? recordedReply(call) : { answer: await live.callBackend() }),
    labelResponse: ({ tool, args, result, spentMs }) => guard.labelResponse(tool, args, result, context(spentMs)),
  });
}
