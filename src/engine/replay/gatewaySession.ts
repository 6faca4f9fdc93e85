/** Decides calls of a session with the guards of its servers: answers the questions of a decision from a guard, and from the trace or a live server. */
import type { BackendSource } from '../../core/guard/backend.ts';
import type { Guard, GuardCallContext } from '../../core/guard/guard.ts';
import { recordedReply } from '../../core/replay/recordedReply.ts';
import { decideCall, type Decided } from '../../core/session/decideCall.ts';
import type { BackendReply } from '../../core/session/sessionQuestions.ts';
import { defaultToolTimeoutMs, rulesOf, type ServerRules, type SessionRules } from '../../core/session/sessionRules.ts';
import type { SessionState } from '../../core/session/sessionState.ts';
import type { TraceCall } from '../../core/trace/model/traceModel.ts';
import { answerQuestions, type SessionHandlers } from './answerQuestions.ts';

/** The servers of the gateway with their guards. It has no mutable state; a decision changes only the guards' memories. */
export interface GatewaySession {
  readonly rules: SessionRules;
  /** The guard of each server of the rules. */
  readonly guards: ReadonlyMap<string, Guard>;
  /** What answers the guards' look-ups: the trace, or nothing. Default the trace. */
  readonly backend?: 'recorded' | 'none';
  readonly signal?: AbortSignal;
}

/** A session with one server: its guard beside its rules. */
export interface ServerSession extends ServerRules, Pick<GatewaySession, 'backend' | 'signal'> {
  readonly guard: Guard;
}

/** The session with one server. */
export function oneServer(server: string, session: ServerSession): GatewaySession {
  const { guard, backend, signal } = session;
  return {
    rules: rulesOf(server, session),
    guards: new Map([[server, guard]]),
    ...(backend === undefined ? {} : { backend }),
    ...(signal === undefined ? {} : { signal }),
  };
}

/** A running server that answers in place of the trace. */
export interface LiveAnswers {
  /** The server's answer to the call. */
  callBackend(): Promise<BackendReply['answer']>;
  /** The server's answers to the guard's look-ups. */
  readonly lookups: BackendSource;
  /** The state when the server has answered, from that before it was asked; absent: nothing else changes it meanwhile. */
  readonly stateAtAnswer?: (before: SessionState) => SessionState;
}

async function liveReply(live: LiveAnswers, before: SessionState): Promise<BackendReply> {
  const answer = await live.callBackend();
  return live.stateAtAnswer === undefined ? { answer } : { answer, state: live.stateAtAnswer(before) };
}

/** Handlers that answer the questions of one call's decision. `live` absent: the trace answers. Calls on one guard must not overlap. */
export function handlersOf(session: GatewaySession, call: TraceCall, live?: LiveAnswers): SessionHandlers {
  const { guards, backend, signal } = session;
  const { deadlineMs = defaultToolTimeoutMs } = session.rules.get(call.server) ?? {};
  const guard = guards.get(call.server);
  if (guard === undefined) throw new TypeError(`the session has no guard for the server "${call.server}"`);
  const recorded: BackendSource = backend === 'none' ? { kind: 'none' } : { kind: 'cassette', call: call.index };
  // The guard's time counts; a recorded backend takes none.
  const context = (spentMs: number): GuardCallContext => ({
    backend: live?.lookups ?? recorded,
    ...(deadlineMs === null ? {} : { deadlineMs: Math.max(0, deadlineMs - spentMs) }),
    ...(signal === undefined ? {} : { signal }),
  });
  return {
    labelAgent: ({ payload, spentMs }) => guard.labelAgent(payload, context(spentMs)),
    labelResource: ({ tool, args, spentMs }) => guard.labelResource(tool, args, context(spentMs)),
    callBackend: async ({ state }) => (live === undefined ? recordedReply(call) : liveReply(live, state)),
    labelResponse: ({ tool, args, result, spentMs }) => guard.labelResponse(tool, args, result, context(spentMs)),
  };
}

/** Decides the next call after `state`, with the answers of a running server. Calls on one guard must not overlap. */
export function decideLive(
  session: GatewaySession,
  state: SessionState,
  call: TraceCall,
  live: LiveAnswers,
): Promise<Decided> {
  return answerQuestions(decideCall(state, call, session.rules), handlersOf(session, call, live));
}
