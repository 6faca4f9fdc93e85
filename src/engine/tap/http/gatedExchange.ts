/** One request of a client through a tap with gates: the gate of its session sees what the client posts, and every message of the answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Failure } from '../../../core/base/failure.ts';
import type { WhenDurable } from '../../recording/tapSide/recordingSink.ts';
import { ClientReply } from './clientReply.ts';
import type { ExchangeContext } from './exchangeContext.ts';
import { runExchange } from './httpExchange.ts';
import { type AnsweredRequest, filterAnswer } from './filteredAnswer.ts';
import { type GatedSession, isClear, requestIds } from './gatedSession.ts';
import type { GatedSessions } from './gatedSessions.ts';
import { type RawHeaders, requestHeaders } from './headers.ts';
import { refuse } from './refuse.ts';
import type { ExchangeLog } from './sessionLog.ts';
import { unreachable } from './upstream.ts';

/** Passes a request on to `path` of the server if the gate lets it. Only POST and GET carry messages. */
export function runGatedExchange(
  context: ExchangeContext,
  sessions: GatedSessions,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { method = 'GET' } = request;
  const whenDurable: WhenDurable = (then) => context.log.whenDurable(then);
  if (method === 'POST') {
    void readBody(request, context.maxMessageBytes).then((body) => {
      if (body === null) refuse(response, 413, tooLong(context.maxMessageBytes));
      else post(context, sessions, path, request, response, body);
    });
  } else if (method === 'GET') {
    const exchange = context.log.request(method, path, request.headers);
    send(
      context,
      exchange,
      path,
      request,
      new ClientReply(response, waitsForNothing, whenDurable),
      Buffer.alloc(0),
      () => {
        return { sessions, exchange, path, stream: response, head: null, ids: [] };
      },
    );
  } else {
    if (method === 'DELETE') {
      response.on('close', () => {
        if (response.statusCode < 300) sessions.end(context.log.sessionOf(request.headers));
      });
    }
    runExchange(context, path, request, response);
  }
}

/** Called with the status of the server's answer, before its body. */
type Answered = (status: number) => AnsweredRequest;

const waitsForNothing = { ids: [], isBatch: false, accept: '' };

function post(
  context: ExchangeContext,
  sessions: GatedSessions,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
): void {
  const exchange = context.log.request('POST', path, request.headers);
  const whenDurable: WhenDurable = (then) => context.log.whenDurable(then);
  const isOlder = context.log.isEndpoint(path);
  // In the older transport the answers come on the stream, even those that come before this POST is accepted.
  const ids = isOlder ? [] : requestIds(body);
  const isBatch = /^\s*\[/.test(body.toString('latin1', 0, 256));
  const reply = new ClientReply(response, { ids, isBatch, accept: request.headers.accept ?? '' }, whenDurable);
  const head = { path, headers: withoutLength(requestHeaders(request, context.upstream.url.host)) };
  const refuseAs = (status: 400 | 404 | 409, failure: Failure): void => refuse(response, status, failure);
  const enter = (session: GatedSession | null): session is GatedSession => {
    if (session === null) refuseAs(404, retired);
    else if (!isClear(body) && !session.gate.passesUnseen()) refuseAs(400, unclear);
    else if (!session.wait(reply, ids, head) && !session.gate.passesUnseen()) refuseAs(409, idInUse);
    else return true;
    return false;
  };
  if (exchange.session === '' && isInitialize(body)) {
    // Only the answer names the session that the request opens.
    send(context, exchange, path, request, reply, body, (status) => {
      // After a redirect the session begins with the request to the new address.
      if (status >= 300 && status < 400) return { sessions, exchange, path, stream: null, head, ids };
      const session = status < 400 ? sessions.begin(exchange.session) : sessions.of(exchange.session);
      if (session !== null) {
        session.wait(reply, ids, head);
        session.gate.fromClient(body);
      }
      return { sessions, exchange, path, stream: null, head, ids };
    });
    return;
  }
  const session = sessions.of(exchange.session);
  if (!enter(session)) return;
  if (session.gate.fromClient(body)) {
    send(context, exchange, path, request, reply, body, () => {
      return { sessions, exchange, path, stream: null, head, ids };
    });
  } else if (ids.length === 0) reply.send(202, 'Accepted', ['Content-Type', 'text/plain'], accepted);
}

/** Sends the request on as it came, and lets the gate see the answer. */
function send(
  context: ExchangeContext,
  exchange: ExchangeLog,
  path: string,
  request: IncomingMessage,
  reply: ClientReply,
  body: Buffer,
  answered: Answered,
): void {
  const { upstream, log } = context;
  const outgoing = upstream.open(request.method ?? 'GET', path, requestHeaders(request, upstream.url.host));
  outgoing.on('response', (incoming) => {
    exchange.answered(incoming.statusCode ?? 502, incoming.headers);
    filterAnswer(context, incoming, reply, answered(incoming.statusCode ?? 502));
  });
  outgoing.on('error', (error) => {
    if (!reply.isOpen) return;
    const failure = unreachable(upstream.url, error);
    log.event('unreachable', { method: request.method ?? 'GET', reason: failure.message });
    context.report(failure);
    if (reply.hasBegun) reply.breakOff();
    else reply.refuse(502, failure);
  });
  reply.onGone(() => {
    exchange.done();
    outgoing.destroy();
  });
  log.whenDurable(() => {
    if (!outgoing.destroyed) outgoing.end(body);
  });
}

/** Null for a body longer than `limit` bytes. Never resolves when the client disconnects. */
function readBody(request: IncomingMessage, limit: number): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let length = 0;
    request.on('data', (part: Buffer) => {
      length += part.length;
      if (length <= limit) parts.push(part);
      else resolve(null);
    });
    request.on('end', () => resolve(Buffer.concat(parts)));
  });
}

function isInitialize(body: Buffer): boolean {
  return body.includes('"initialize"') && requestIds(body).length > 0;
}

function withoutLength(headers: RawHeaders): RawHeaders {
  return headers.filter((_, at) => headers[at - (at % 2)]?.toLowerCase() !== 'content-length');
}

function tooLong(limit: number): Failure {
  const message = `The message is longer than ${limit} bytes, so no guard can check it`;
  return new Failure('tap/too-long', message, 'Run the tap with a higher --max-message');
}

const retired = new Failure(
  'tap/session-retired',
  'The guard of this session was unloaded because many newer sessions began',
  'Start a new session',
);

const unclear = new Failure(
  'tap/unclear-message',
  'The body of the request is not a JSON-RPC message, or it is compressed, so no guard can check it',
  'Send each message as plain JSON, without NaN or a byte order mark',
);

const idInUse = new Failure(
  'tap/id-in-use',
  'A request with this id is still unanswered in this session',
  'Give each request of a session an id of its own',
);

const accepted = Buffer.from('Accepted');
