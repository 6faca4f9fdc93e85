/**
 * Passes the server's answer on to the client message by message, as far as the gate lets it. What passes keeps its bytes while the guard
 * watches; while it enforces, head and body are the tap's own.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Failure } from '../../../../core/base/failure.ts';
import { GatheredBody } from '../bodies.ts';
import { EventSplitter, eventOf, type ServerEvent } from '../eventSplitter.ts';
import type { Exchange, ExchangeContext } from '../exchangeContext.ts';
import { reportForeign } from '../foreign.ts';
import type { RawHeaders } from '../headers.ts';
import { leadsAway, tappedHeaders } from '../redirects.ts';
import type { AnswerBody } from '../serverCall.ts';
import { isJsonType, mediaType } from '../upstream.ts';
import { isMcpPath, ownResponseHeaders } from './enforcedHeads.ts';
import { type GatedSession, isJsonText, type RequestHead, responseIds } from './gatedSession.ts';
import type { GatedSessions } from './gatedSessions.ts';

/** The request that is answered. */
export interface AnsweredRequest {
  readonly sessions: GatedSessions;
  /** Null where only the answer, or the stream, names it. */
  readonly session: GatedSession | null;
  /** The stream that the client opened, which the gate may write to; null for the answer to a POST. */
  readonly stream: ServerResponse | null;
  readonly head: RequestHead | null;
  /** Ids of the requests in the body. */
  readonly ids: readonly string[];
  /** Whether the request begins a session. */
  readonly begins: boolean;
}

/** Returns what takes the body of the answer; null when the client was refused the answer. */
export function judgedAnswer(
  exchange: Exchange,
  incoming: IncomingMessage,
  answered: AnsweredRequest,
): AnswerBody | null {
  const { context, reply } = exchange;
  const encoding = (incoming.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const away = leadsAway(context, incoming) ?? (answered.sessions.enforces ? leadsElsewhere(exchange, incoming) : null);
  if (away !== null) reply.refuse(502, away);
  else if (mediaType(incoming) !== 'text/event-stream') return judgedBody(exchange, incoming, answered, encoding);
  else if (encoding !== 'identity') reply.refuse(502, unreadable(encoding));
  else return judgedEvents(exchange, incoming, answered);
  return null;
}

function judgedEvents(exchange: Exchange, incoming: IncomingMessage, answered: AnsweredRequest): AnswerBody {
  const { context, reply, log, number } = exchange;
  const { sessions, stream, head } = answered;
  reply.begin(incoming.statusCode ?? 200, ...headOf(exchange, incoming, answered));
  let session: GatedSession | null = null;
  // The older transport names its session in the first event.
  const enter = (): GatedSession | null => {
    if (session !== null) return session;
    session = answered.session ?? sessions.of(log.session);
    if (session !== null && stream !== null) session.listen(stream, head);
    return session;
  };
  if (stream === null || log.session !== '') enter();
  const onEvent = ({ raw, name, data }: ServerEvent): void => {
    if (name === 'endpoint' && stream !== null) {
      log.endpoint(data.toString());
      enter();
      stream.on('close', () => sessions.end(log.session));
      reply.write(sessions.enforces ? ownEndpointEvent(data.toString(), context) : endpointEvent(raw, context));
      return;
    }
    if (data.length === 0) {
      // What a server writes into a comment is not for the client; that it is alive is.
      reply.write(sessions.enforces ? keepAlive : raw);
      return;
    }
    log.sawMessage();
    const passed = enter()?.gate.fromServer(data, number) ?? null;
    if (passed === null) return;
    for (const id of responseIds(passed)) reply.answered(id);
    reply.write(passed === data ? raw : eventOf(passed));
  };
  const onUnseen = (bytes: Buffer): void => {
    if (enter()?.gate.passesUnseen() === true) reply.write(bytes);
  };
  const splitter = new EventSplitter(context.maxMessageBytes, onEvent, onUnseen);
  return {
    bytes: (chunk, taken) => {
      splitter.push(chunk);
      reply.whenTaken(taken);
    },
    ended: () => {
      const rest = splitter.end();
      if (rest.length > 0) onUnseen(rest);
      reply.end();
    },
  };
}

function judgedBody(
  exchange: Exchange,
  incoming: IncomingMessage,
  answered: AnsweredRequest,
  encoding: string,
): AnswerBody {
  const { context, path, reply, log, number } = exchange;
  const { sessions, ids } = answered;
  const status = incoming.statusCode ?? 502;
  const type = mediaType(incoming);
  const isJson = isJsonType(type);
  if (!isJson) reportForeign(context, log, path, status, type);
  const gathered = new GatheredBody(context.maxMessageBytes);
  return {
    bytes: (chunk, taken) => {
      gathered.push(chunk);
      taken();
    },
    ended: () => {
      const gate = (answered.session ?? sessions.of(log.session))?.gate;
      const body = gathered.bytes();
      const [reason, headers] = headOf(exchange, incoming, answered);
      const pass = (bytes: Uint8Array, more: RawHeaders = []): void =>
        reply.send(status, reason, [...headers, ...more], bytes);
      if (gate === undefined || body === null) reply.refuse(502, tooLong(gathered.length));
      else if (encoding !== 'identity') reply.refuse(502, unreadable(encoding));
      else if (body.length === 0 || !isJson) {
        if (!sessions.enforces || body.length === 0) pass(body);
        else if (status < 300 && ids.length === 0) pass(noBytes, noBody);
        else reply.refuse(status < 400 ? 502 : status, notShown(status, type));
      } else {
        log.sawMessage();
        const passed = gate.fromServer(body, number);
        if (passed !== null) pass(passed, passed === body ? [] : ownBody(passed));
        else if (!isJsonText(body)) reply.refuse(502, notJson);
        // A client that sent no request waits for no answer.
        else if (ids.length === 0) reply.send(202, 'Accepted', noBody, noBytes);
        else if (status >= 400) reply.refuse(status, notShown(status, type));
        else if (sessions.enforces) reply.refuse(502, answersOther);
      }
    },
  };
}

/** Reason and headers of the answer to the client. */
function headOf(
  { context }: Exchange,
  incoming: IncomingMessage,
  { sessions, begins }: AnsweredRequest,
): [string, RawHeaders] {
  if (!sessions.enforces) return [incoming.statusMessage ?? '', tappedHeaders(context, incoming)];
  const isEvents = mediaType(incoming) === 'text/event-stream';
  const own = isEvents ? ['Content-Type', 'text/event-stream', 'Cache-Control', 'no-store'] : [];
  const { statusCode = 0, headers } = incoming;
  // `leadsElsewhere` has let the address of a redirect pass.
  const isRedirect = statusCode >= 300 && statusCode < 400;
  const moved = isRedirect ? context.upstream.tapped(headers.location ?? '', context.prefix) : null;
  if (moved !== null) own.push('Location', moved);
  return ['', [...ownResponseHeaders(incoming, begins), ...own]];
}

/** Why a redirect is refused while a guard enforces; null for one that leads to the MCP address again, such as to its form with a slash. */
function leadsElsewhere({ context, method, path }: Exchange, incoming: IncomingMessage): Failure | null {
  const { statusCode = 0, headers } = incoming;
  if (statusCode < 300 || statusCode >= 400) return null;
  const target = headers.location === undefined ? null : context.upstream.movedTo(path, incoming);
  if (target !== null && isMcpPath(context, method, target)) return null;
  const message = `The server at ${context.upstream.url.origin} answered with the redirect ${statusCode}, which is refused while a guard enforces`;
  return new Failure('tap/redirected', message, 'Run the tap with the address that the server redirects to');
}

/** The `endpoint` event with an address that leads through the tap. */
function endpointEvent(raw: Buffer, { upstream, prefix }: ExchangeContext): Buffer {
  const text = raw.toString('latin1');
  const changed = text.replace(
    /((?:^|[\r\n])data: ?)([^\r\n]*)/,
    (_, field: string, address: string) => `${field}${upstream.tapped(address, prefix) ?? address}`,
  );
  return Buffer.from(changed, 'latin1');
}

/** The same event, written anew. An address on another server would lead around the guard. */
function ownEndpointEvent(address: string, { upstream, prefix }: ExchangeContext): Buffer {
  const tapped = upstream.tapped(address, prefix);
  return tapped === null ? keepAlive : Buffer.from(`event: endpoint\ndata: ${tapped}\n\n`);
}

const keepAlive = Buffer.from(': \n\n');
const noBytes = new Uint8Array();
const noBody: RawHeaders = ['Content-Length', '0'];

function ownBody(body: Uint8Array): RawHeaders {
  return ['Content-Type', 'application/json', 'Cache-Control', 'no-store', 'Content-Length', String(body.length)];
}

function unreadable(encoding: string): Failure {
  const message = `The server compressed its answer ("${encoding}") against the tap's request, so no guard can check it`;
  return new Failure('tap/unread-encoding', message, 'Turn off compression in the server');
}

const notJson = new Failure(
  'tap/not-json',
  'The answer of the server is not JSON, so no guard can check it',
  'Check the output of the server: NaN and a byte order mark are not valid in JSON',
);

const answersOther = new Failure(
  'tap/not-answered',
  'The answer of the server has another id than the request, so it is not passed on',
  'Check that the server answers each request with its own id',
);

function notShown(status: number, type: string): Failure {
  const message = `The server answered with the status ${status} and a body of the type "${type}", which is not passed on while a guard enforces`;
  return new Failure('tap/not-mcp', message, 'Look into the capture or the log of the server for its text');
}

function tooLong(length: number): Failure {
  const message = `The answer of ${length} bytes is longer than a guard can check`;
  return new Failure('tap/too-long', message, 'Run the tap with a higher --max-message');
}
