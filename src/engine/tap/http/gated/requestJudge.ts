/** Judges what a client sends through a tap with gates: the gate of its session sees each message before the server does. */
import type { IncomingMessage } from 'node:http';
import { Failure } from '../../../../core/base/failure.ts';
import { GatheredBody } from '../bodies.ts';
import type { Exchange, ExchangeJudge, JudgeFactory } from '../exchangeContext.ts';
import { requestHeaders } from '../headers.ts';
import type { AnswerBody } from '../serverCall.ts';
import { isMcpPath, isSignInPath, ownBodilessHeaders, ownRequestHeaders, transportMethods } from './enforcedHeads.ts';
import { type GatedSession, type RequestHead, requestIds } from './gatedSession.ts';
import type { GatedSessions } from './gatedSessions.ts';
import { judgedAnswer } from './judgedAnswer.ts';
import { signInMetadata } from './signInMetadata.ts';

/** While a guard enforces, each request has a judge. While it watches, only POST and GET carry messages, and what else comes passes. */
export function judgesOf(sessions: GatedSessions): JudgeFactory {
  return (exchange) => {
    const { method, path, context } = exchange;
    if (method === 'DELETE') endsSession(sessions, exchange);
    if (sessions.enforces) {
      if (!transportMethods.has(method)) return refusing(exchange, 405, notTransport(method));
      if (!isMcpPath(context, method, path)) return refusing(exchange, 404, notMcpPath(path));
    }
    if (method === 'POST') return new PostJudge(sessions, exchange);
    return method === 'GET' || (method === 'DELETE' && sessions.enforces) ? bodilessJudge(sessions, exchange) : null;
  };
}

function endsSession(sessions: GatedSessions, { context, request, reply }: Exchange): void {
  reply.onGone(() => {
    if (reply.sink.statusCode < 300) sessions.end(context.log.sessionOf(request.headers));
  });
}

/** Refuses a request before anything of it reaches the server. */
function refusing({ request, reply }: Exchange, status: number, why: Failure): ExchangeJudge {
  return {
    request: () => {
      request.resume();
      if (status === 405) reply.sink.setHeader('Allow', [...transportMethods].join(', '));
      reply.refuse(status, why);
    },
    answer: () => null,
  };
}

/** A stream to listen, or the end of a session: the request carries nothing. */
function bodilessJudge(sessions: GatedSessions, exchange: Exchange): ExchangeJudge {
  const { context, request, reply, method, path } = exchange;
  return {
    request: (send) => {
      void readBody(request, context.maxMessageBytes).then((body) => {
        if (body === null) reply.refuse(413, tooLong(context.maxMessageBytes));
        else if (body.length > 0 && sessions.enforces) reply.refuse(400, hasBody(method));
        else if (sessions.enforces) send(body, ownBodilessHeaders(requestHeaders(request, context.upstream.url.host)));
        else send(body);
      });
    },
    answer: (incoming) => {
      if (sessions.enforces && isSignInPath(path)) return signInMetadata(exchange, incoming);
      const stream = method === 'GET' ? reply.sink : null;
      return judgedAnswer(exchange, incoming, { sessions, session: null, stream, head: null, ids: [], begins: false });
    },
  };
}

class PostJudge implements ExchangeJudge {
  readonly #sessions: GatedSessions;
  readonly #exchange: Exchange;
  readonly #head: RequestHead;
  #ids: readonly string[] = [];
  #session: GatedSession | null = null;
  /** Whether the request opens a session: only the answer names it. */
  #opens = false;

  constructor(sessions: GatedSessions, exchange: Exchange) {
    const { context, path, request } = exchange;
    this.#sessions = sessions;
    this.#exchange = exchange;
    this.#head = { path, headers: requestHeaders(request, context.upstream.url.host) };
  }

  request(send: Parameters<ExchangeJudge['request']>[0]): void {
    const { context, request, reply } = this.#exchange;
    void readBody(request, context.maxMessageBytes).then((body) => {
      if (body === null) reply.refuse(413, tooLong(context.maxMessageBytes));
      else this.#judge(body, send);
    });
  }

  answer(incoming: IncomingMessage): AnswerBody | null {
    const status = incoming.statusCode ?? 502;
    const { log, reply } = this.#exchange;
    const session = this.#session;
    if (session !== null && this.#opens) {
      const isRedirect = status >= 300 && status < 400;
      // After a redirect the session begins with the request to the new address.
      if (status < 300) this.#sessions.opened(session, log.session);
      else reply.onGone(() => this.#sessions.notOpened(session, isRedirect ? null : log.session));
    }
    const [ids, head] = [this.#ids, this.#head];
    return judgedAnswer(this.#exchange, incoming, {
      ...{ sessions: this.#sessions, session, stream: null, head, ids, begins: this.#opens },
    });
  }

  #judge(body: Buffer, send: Parameters<ExchangeJudge['request']>[0]): void {
    const { context, path, request, reply, log, number } = this.#exchange;
    // In the older transport the answers come on the stream, even those that come before this POST is accepted.
    const isAnsweredOnStream = context.log.isEndpoint(path);
    this.#ids = isAnsweredOnStream ? [] : requestIds(body);
    const isBatch = /^\s*\[/.test(body.toString('latin1', 0, 256));
    reply.expect({ ids: this.#ids, isBatch, accept: request.headers.accept ?? '' });
    this.#opens = log.session === '' && this.#ids.length > 0 && body.includes('"initialize"');
    const session = this.#opens ? this.#sessions.opening() : this.#sessions.of(log.session);
    if (session === null) return reply.refuse(404, retired);
    this.#session = session;
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (this.#sessions.enforces && encoding !== 'identity') return reply.refuse(415, compressed(encoding));
    session.wait(number, { reply, head: this.#head, isAnsweredOnStream });
    const passed = session.gate.fromClient(body, number);
    if (passed === body) send(body);
    else if (passed !== null) send(passed, ownRequestHeaders(this.#head.headers, passed, session.gate));
    else {
      if (this.#opens) this.#sessions.notOpened(session, '');
      if (this.#ids.length === 0) reply.send(202, 'Accepted', ['Content-Type', 'text/plain'], Buffer.from('Accepted'));
    }
  }
}

/** Null for a body longer than `limit` bytes. Never resolves when the client disconnects. */
function readBody(request: IncomingMessage, limit: number): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const body = new GatheredBody(limit);
    request.on('data', (part: Buffer) => {
      body.push(part);
      if (body.isTooLong) resolve(null);
    });
    request.on('end', () => resolve(body.bytes()));
  });
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

function compressed(encoding: string): Failure {
  const message = `The body of the request is compressed ("${encoding}"), so no guard can check it`;
  return new Failure('tap/unread-encoding', message, 'Send each message as plain JSON');
}

function notTransport(method: string): Failure {
  const message = `While a guard enforces, the tap takes the methods ${[...transportMethods].join(', ')} of the MCP transport, not ${method}`;
  return new Failure('tap/not-transport', message, 'Send each MCP message with POST');
}

function notMcpPath(path: string): Failure {
  const message = `While a guard enforces, the tap passes on only what goes to the MCP address, not "${path.slice(0, 200)}"`;
  return new Failure('tap/not-mcp-path', message, 'Use the address that the tap printed');
}

function hasBody(method: string): Failure {
  const message = `A ${method} request with a body is refused while a guard enforces, because servers differ in what they make of it`;
  return new Failure('tap/unexpected-body', message, `Send ${method} without a body`);
}
