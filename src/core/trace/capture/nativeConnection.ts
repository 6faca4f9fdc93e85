/** State of one connection while a native capture is read: its open requests and the client's calls. */
import { isJsonObject, type JsonValue } from '../../base/json.ts';
import type { MessageId } from '../../mcp/message.ts';
import { KnownTools } from '../../mcp/knownTools.ts';
import { ByRequest, Exchanges, type Side } from '../../mcp/pairing.ts';
import { CallDraft } from '../model/draft.ts';
import { InputRounds } from './inputRounds.ts';
import { type DroppedFrames, unreadableLineHint } from './droppedFrames.ts';
import type { TraceProblems } from '../model/traceProblems.ts';

/** A request for a list of tools. `cursor`: undefined for the first page. */
export class ListRequest {
  readonly cursor: JsonValue | undefined;

  constructor(cursor: JsonValue | undefined) {
    this.cursor = cursor;
  }
}

/** A connection. `exchanges` holds the open requests, null for those of other methods; `byId` holds the client's calls. */
export interface Connection {
  readonly exchanges: Exchanges<CallDraft | ListRequest | null>;
  readonly tools: KnownTools;
  readonly byId: ByRequest<CallDraft>;
  readonly rounds: InputRounds;
  /** The client's calls in order. */
  readonly calls: CallDraft[];
  /** Calls that the client cancelled. */
  readonly cancelled: Set<CallDraft>;
  lastCall: CallDraft | null;
}

/** Creates an empty connection. */
export function openConnection(): Connection {
  return {
    exchanges: new Exchanges(),
    tools: new KnownTools(),
    byId: new ByRequest(),
    rounds: new InputRounds(),
    calls: [],
    cancelled: new Set(),
    lastCall: null,
  };
}

/** The call that a look-up or a record of the guard was made for: the one with the id of `request`, or where none is named the last. */
export function callFor(
  { byId, lastCall }: Connection,
  { request, exchange }: { readonly request: MessageId | null; readonly exchange: number },
): CallDraft | null {
  return request === null ? lastCall : (byId.get(request, exchange) ?? null);
}

/** Notes the call that the client cancels with these parameters. Where several clients use its id at once, none is meant for certain. */
export function noteCancelled({ exchanges, cancelled }: Connection, params: JsonValue): void {
  const id = isJsonObject(params) ? params['requestId'] : undefined;
  const draft = typeof id === 'string' || typeof id === 'number' ? exchanges.only('client', id) : undefined;
  if (draft instanceof CallDraft) cancelled.add(draft);
}

/** Reports that the tap was killed. `time`: of its end, in milliseconds since 1970; null when unknown. */
export function reportKilled(time: number | null, line: number, problems: TraceProblems): void {
  const when = time === null ? '' : ` after ${new Date(time).toISOString()}`;
  const hint = 'The capture is complete up to that time; a restarted server has its own capture';
  problems.add('info', 'trace/tap-killed', `The tap was killed${when}, and its server with it`, line, hint);
}

/** An answer for which no request is open. `byGuard`: the guard's own request was answered. */
interface Orphan {
  readonly from: Side;
  readonly session: string;
  readonly exchange: number;
  readonly byGuard: boolean;
}

/**
 * Reports an answer for which no request is open. After a resumed stream repeats a request of the server, the client answers it again. A
 * gate records an answer that comes too late under its own id. A call counts with its first answer, as a client of the MCP SDK takes it.
 */
export function reportOrphan(
  { from, session, exchange, byGuard }: Orphan,
  id: MessageId | null,
  line: number,
  { byId }: Connection,
  frames: DroppedFrames,
  problems: TraceProblems,
): void {
  const answered = from === 'server' && id !== null ? byId.get(id, exchange) : undefined;
  if (answered !== undefined && answered.answerLine !== null) {
    const report = `A second answer to "${answered.start.tool}" with the id ${JSON.stringify(id)}`;
    problems.add('info', 'trace/second-answer', report, line, `The answer in line ${answered.answerLine} counts`);
    return;
  }
  const report = `An answer with the id ${JSON.stringify(id)} has no request before it`;
  const gap = frames.request(from === 'server' ? 'client' : 'server', session, id);
  if (gap !== null) problems.add('warning', 'trace/dropped-request', `${report}: ${gap}`, line);
  else if (from === 'server' && !byGuard) problems.add('warning', 'trace/orphan-answer', report, line);
}

/** Reports the calls without an answer at the end of a session, with the reason. */
export function reportUnanswered(
  { exchanges, cancelled }: Connection,
  session: string,
  frames: DroppedFrames,
  problems: TraceProblems,
): void {
  for (const draft of exchanges.unanswered('client')) {
    if (!(draft instanceof CallDraft)) continue;
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
    if (draft instanceof CallDraft && !cancelled.has(draft)) draft.awaits = 'answer';
  }
}

/** Whether the client that initializes with these parameters is the gateway (gateway `internal/mcp/http_transport_client.go`). */
export function isGateway(params: JsonValue): boolean {
  const info = isJsonObject(params) ? params['clientInfo'] : undefined;
  return isJsonObject(info) && info['name'] === 'awmg';
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
