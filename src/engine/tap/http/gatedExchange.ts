/** One request of a client through a tap with gates: what it posts is shown to the gate of its session, and so is every message that answers it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Failure } from '../../../core/base/failure.ts';
import type { WhenDurable } from '../../recording/tapSide/recordingSink.ts';
import { ClientReply } from './clientReply.ts';
import { type ExchangeContext, runExchange } from './httpExchange.ts';
import { type Filtered, filterAnswer } from './filteredAnswer.ts';
import { type GatedSession, isClear, requestIds } from './gatedSession.ts';
import type { GatedSessions } from './gatedSessions.ts';
import { type RawHeaders, requestHeaders } from './headers.ts';
import { refuse } from './refuse.ts';
import type { ExchangeLog } from './sessionLog.ts';
import { unreachable } from './upstream.ts';

/** Passes a request on to `path` of the server where the gate lets it. Other methods than POST and GET hold no messages. */
export function runGatedExchange(
  world: ExchangeContext,
  sessions: GatedSessions,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { method = 'GET' } = request;
  const kept: WhenDurable = (then) => world.log.whenDurable(then);
  if (method === 'POST') {
    void readBody(request, world.maxMessageBytes).then((body) => {
      if (body === null) refuse(response, 413, tooLong(world.maxMessageBytes));
      else post(world, sessions, path, request, response, body);
    });
  } else if (method === 'GET') {
    const exchange = world.log.request(method, path, request.headers);
    send(world, exchange, path, request, new ClientReply(response, waitsForNothing, kept), Buffer.alloc(0), () => {
      return { sessions, exchange, path, stream: response, voice: null, ids: [] };
    });
  } else {
    if (method === 'DELETE') {
      response.on('close', () => {
        if (response.statusCode < 300) sessions.end(world.log.sessionOf(request.headers));
      });
    }
    runExchange(world, path, request, response);
  }
}

/** Called when the head of the server's answer is there, with its status. */
type Answered = (status: number) => Filtered;

const waitsForNothing = { ids: [], isBatch: false, accept: '' };

function post(
  world: ExchangeContext,
  sessions: GatedSessions,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
): void {
  const exchange = world.log.request('POST', path, request.headers);
  const kept: WhenDurable = (then) => world.log.whenDurable(then);
  const ids = requestIds(body);
  const isBatch = /^\s*\[/.test(body.toString('latin1', 0, 256));
  const isOlder = world.log.isEndpoint(path);
  const reply = new ClientReply(response, { ids, isBatch, accept: request.headers.accept ?? '' }, kept);
  const voice = { path, headers: withoutLength(requestHeaders(request, world.upstream.url.host)) };
  const refuseAs = (status: 400 | 404 | 409, failure: Failure): void => refuse(response, status, failure);
  const enter = (session: GatedSession | null): session is GatedSession => {
    if (session === null) refuseAs(404, retired);
    else if (!isClear(body) && !session.gate.passesUnseen()) refuseAs(400, unclear);
    else if (!session.wait(reply, isOlder ? [] : ids, voice) && !session.gate.passesUnseen()) refuseAs(409, idInUse);
    else return true;
    return false;
  };
  if (exchange.session === '' && isInitialize(body)) {
    // Only the answer names the session that it opens.
    send(world, exchange, path, request, reply, body, (status) => {
      // What is sent on to another address of the server begins there.
      if (status >= 300 && status < 400) return { sessions, exchange, path, stream: null, voice, ids };
      const session = status < 400 ? sessions.begin(exchange.session) : sessions.of(exchange.session);
      if (session !== null) {
        session.wait(reply, ids, voice);
        session.gate.fromClient(body);
      }
      return { sessions, exchange, path, stream: null, voice, ids };
    });
    return;
  }
  const session = sessions.of(exchange.session);
  if (!enter(session)) return;
  if (session.gate.fromClient(body)) {
    send(world, exchange, path, request, reply, body, () => {
      return { sessions, exchange, path, stream: null, voice, ids };
    });
  } else if (isOlder || ids.length === 0) reply.whole(202, 'Accepted', ['Content-Type', 'text/plain'], accepted);
}

/** Sends the request on as it came, and lets the gate see what answers it. */
function send(
  world: ExchangeContext,
  exchange: ExchangeLog,
  path: string,
  request: IncomingMessage,
  reply: ClientReply,
  body: Buffer,
  answered: Answered,
): void {
  const { upstream, log } = world;
  const outgoing = upstream.open(request.method ?? 'GET', path, requestHeaders(request, upstream.url.host));
  outgoing.on('response', (incoming) => {
    exchange.answered(incoming.statusCode ?? 502, incoming.headers);
    filterAnswer(world, incoming, reply, answered(incoming.statusCode ?? 502));
  });
  outgoing.on('error', (error) => {
    if (!reply.isOpen) return;
    const failure = unreachable(upstream.url, error);
    log.event('unreachable', { method: request.method ?? 'GET', reason: failure.message });
    world.tell(failure);
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

/** null: longer than `limit` bytes. Never resolves for a client that goes away. */
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
  const message = `The message is longer than ${limit} bytes, so no guard can look at it`;
  return new Failure('tap/too-long', message, 'Give the tap a higher --max-message');
}

const retired = new Failure(
  'tap/session-retired',
  'The guard of this session has been put away, because many newer sessions came',
  'Begin a new session',
);

const unclear = new Failure(
  'tap/unclear-message',
  'The body of the request is no message of JSON-RPC, or it is compressed, so no guard can look at it',
  'Send each message as plain JSON, without NaN or a byte order mark',
);

const idInUse = new Failure(
  'tap/id-in-use',
  'A request with this id is still unanswered in this session',
  'Number the requests of a session one after the other',
);

const accepted = Buffer.from('Accepted');
