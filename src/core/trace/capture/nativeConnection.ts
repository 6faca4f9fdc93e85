/** State of one connection while a native capture is read: its open requests and the client's calls. */
import { isJsonObject, type JsonValue } from '../../base/json.ts';
import { Exchanges } from '../../mcp/pairing.ts';
import type { MessageId } from '../../mcp/message.ts';
import type { CallDraft } from '../model/draft.ts';
import { type DroppedFrames, unreadableLineHint } from './droppedFrames.ts';
import type { TraceProblems } from '../model/traceProblems.ts';

/** A connection. `exchanges` holds the open requests, null for those that are not tool calls; `byId` holds the client's calls. */
export interface Connection {
  readonly exchanges: Exchanges<CallDraft | null>;
  readonly byId: Map<MessageId, CallDraft>;
  /** The client's calls in order. */
  readonly calls: CallDraft[];
  /** Calls that the client cancelled. */
  readonly cancelled: Set<CallDraft>;
  lastCall: CallDraft | null;
  /** Ids of open `tools/list` requests of the client. */
  readonly lists: Set<MessageId>;
}

/** Creates an empty connection. */
export function openConnection(): Connection {
  return {
    exchanges: new Exchanges(),
    byId: new Map(),
    calls: [],
    cancelled: new Set(),
    lastCall: null,
    lists: new Set(),
  };
}

/** Reports the calls without an answer at the end of a session, with the reason. */
export function reportUnanswered(
  { exchanges, cancelled }: Connection,
  session: string,
  frames: DroppedFrames,
  problems: TraceProblems,
): void {
  for (const draft of exchanges.unanswered('client')) {
    if (draft === null) continue;
    const { tool, requestLine } = draft.start;
    const message = `The capture has no answer to "${tool}"`;
    const gap = frames.answer(session, requestLine);
    if (gap !== null) problems.add('warning', 'trace/dropped-answer', `${message}: ${gap}`, requestLine);
    else {
      const unread = frames.unreadAfter(requestLine);
      const why = unread === undefined ? 'The capture ended before it' : sentence(unreadableLineHint(unread));
      const hint = cancelled.has(draft) ? 'The client cancelled the call' : why;
      problems.add('warning', 'trace/unanswered', message, requestLine, hint);
    }
  }
}

/** Marks the calls of a growing session that may still get an answer. Cancelled calls are not waited for. */
export function awaitAnswers({ exchanges, cancelled }: Connection): void {
  for (const draft of exchanges.unanswered('client')) {
    if (draft !== null && !cancelled.has(draft)) draft.awaits = 'answer';
  }
}

/** The name that a client gives itself in `initialize`; undefined without one. */
export function clientName(params: JsonValue): JsonValue | undefined {
  const info = isJsonObject(params) ? params['clientInfo'] : undefined;
  return isJsonObject(info) ? info['name'] : undefined;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
