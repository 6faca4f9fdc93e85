/** Judges what a client sends through a tap with gates: the gate of its session sees each message before the server does. */
import type { IncomingMessage } from 'node:http';
import { Failure } from '../../../../core/base/failure.ts';
import { GatheredBody } from '../bodies.ts';
import type { Exchange, ExchangeJudge, JudgeFactory } from '../exchangeContext.ts';
import { type RawHeaders, requestHeaders } from '../headers.ts';
import type { AnswerBody } from '../serverCall.ts';
import { type GatedSession, isClear, requestIds, type RequestHead } from './gatedSession.ts';
import type { GatedSessions } from './gatedSessions.ts';
import { judgedAnswer } from './judgedAnswer.ts';

/** Only POST and GET carry messages. What else a client sends passes as without gates. */
export function judgesOf(sessions: GatedSessions): JudgeFactory {
  return (exchange) => {
    const { method, request, reply, context } = exchange;
    if (method === 'POST') return new PostJudge(sessions, exchange);
    if (method === 'GET') return getJudge(sessions, exchange);
    if (method === 'DELETE') {
      reply.onGone(() => {
        if (reply.sink.statusCode < 300) sessions.end(context.log.sessionOf(request.headers));
      });
    }
    return null;
  };
}

/** A stream to listen: the request carries nothing. */
function getJudge(sessions: GatedSessions, exchange: Exchange): ExchangeJudge {
  return {
    request: (send) => send(Buffer.alloc(0)),
    answer: (incoming) =>
      judgedAnswer(exchange, incoming, { sessions, stream: exchange.reply.sink, head: null, ids: [] }),
  };
}

class PostJudge implements ExchangeJudge {
  readonly #sessions: GatedSessions;
  readonly #exchange: Exchange;
  readonly #head: RequestHead;
  #ids: readonly string[] = [];
  /** The body of a request that opens a session: only the answer names the session. */
  #opening: Buffer | null = null;

  constructor(sessions: GatedSessions, exchange: Exchange) {
    const { context, path, request } = exchange;
    this.#sessions = sessions;
    this.#exchange = exchange;
    this.#head = { path, headers: withoutLength(requestHeaders(request, context.upstream.url.host)) };
  }

  request(send: (body: Buffer) => void): void {
    const { context, request, reply } = this.#exchange;
    void readBody(request, context.maxMessageBytes).then((body) => {
      if (body === null) reply.refuse(413, tooLong(context.maxMessageBytes));
      else this.#judge(body, send);
    });
  }

  answer(incoming: IncomingMessage): AnswerBody | null {
    if (this.#opening !== null) this.#begin(this.#opening, incoming.statusCode ?? 502);
    const { head, ids } = { head: this.#head, ids: this.#ids };
    return judgedAnswer(this.#exchange, incoming, { sessions: this.#sessions, stream: null, head, ids });
  }

  #judge(body: Buffer, send: (body: Buffer) => void): void {
    const { context, path, request, reply, log } = this.#exchange;
    // In the older transport the answers come on the stream, even those that come before this POST is accepted.
    this.#ids = context.log.isEndpoint(path) ? [] : requestIds(body);
    const isBatch = /^\s*\[/.test(body.toString('latin1', 0, 256));
    reply.expect({ ids: this.#ids, isBatch, accept: request.headers.accept ?? '' });
    if (log.session === '' && this.#ids.length > 0 && body.includes('"initialize"')) {
      this.#opening = body;
      send(body);
      return;
    }
    const session = this.#sessions.of(log.session);
    if (!this.#enter(session, body)) return;
    if (session.gate.fromClient(body)) send(body);
    else if (this.#ids.length === 0) {
      reply.send(202, 'Accepted', ['Content-Type', 'text/plain'], Buffer.from('Accepted'));
    }
  }

  /** Lets the request wait in its session. False when the client was refused. */
  #enter(session: GatedSession | null, body: Buffer): session is GatedSession {
    const { reply } = this.#exchange;
    if (session === null) reply.refuse(404, retired);
    else if (!isClear(body) && !session.gate.passesUnseen()) reply.refuse(400, unclear);
    else if (!session.wait(reply, this.#ids, this.#head) && !session.gate.passesUnseen()) {
      reply.refuse(409, idInUse);
    } else return true;
    return false;
  }

  /** Begins the session that the answer names. After a redirect it begins with the request to the new address. */
  #begin(body: Buffer, status: number): void {
    if (status >= 300 && status < 400) return;
    const { reply, log } = this.#exchange;
    const session = status < 400 ? this.#sessions.begin(log.session) : this.#sessions.of(log.session);
    if (session === null) return;
    session.wait(reply, this.#ids, this.#head);
    session.gate.fromClient(body);
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
