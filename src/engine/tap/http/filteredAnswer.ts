/** Passes the server's answer on to the client message by message, as far as the gate lets it. What passes keeps its bytes. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Failure } from '../../../core/base/failure.ts';
import { pump } from '../../streams/pump.ts';
import { ownChunks } from '../../streams/sources.ts';
import type { ClientReply } from './clientReply.ts';
import { EventSplitter, type ServerEvent } from './eventSplitter.ts';
import type { ExchangeContext } from './exchangeContext.ts';
import { reportForeign, reportSignIn } from './foreign.ts';
import { type GatedSession, isJsonText, type RequestHead, responseIds } from './gatedSession.ts';
import type { GatedSessions } from './gatedSessions.ts';
import type { RawHeaders } from './headers.ts';
import { leadsAway, tappedHeaders, reportRedirect } from './redirects.ts';
import type { ExchangeLog } from './sessionLog.ts';
import { mediaType } from './upstream.ts';

/** The request that is answered. */
export interface AnsweredRequest {
  readonly sessions: GatedSessions;
  readonly exchange: ExchangeLog;
  readonly path: string;
  /** The stream that the client opened, which the gate may write to; null for the answer to a POST. */
  readonly stream: ServerResponse | null;
  readonly head: RequestHead | null;
  /** Ids of the requests in the body. */
  readonly ids: readonly string[];
}

export function filterAnswer(
  context: ExchangeContext,
  incoming: IncomingMessage,
  reply: ClientReply,
  filtered: AnsweredRequest,
): void {
  const type = mediaType(incoming);
  const encoding = (incoming.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  reportSignIn(context, incoming);
  reportRedirect(context, incoming);
  const away = leadsAway(context, incoming);
  if (away !== null) {
    incoming.resume();
    reply.refuse(502, away);
    return;
  }
  incoming.on('error', () => reply.breakOff());
  incoming.on('close', () => {
    if (!incoming.readableEnded) reply.breakOff();
  });
  if (type === 'text/event-stream') passEvents(context, incoming, reply, filtered, encoding);
  else passBody(context, incoming, reply, filtered, encoding, type);
}

function passEvents(
  context: ExchangeContext,
  incoming: IncomingMessage,
  reply: ClientReply,
  { sessions, exchange, stream, head }: AnsweredRequest,
  encoding: string,
): void {
  if (encoding !== 'identity') {
    incoming.destroy();
    reply.refuse(502, unreadable(encoding));
    return;
  }
  reply.beginEvents(incoming.statusCode ?? 200, incoming.statusMessage ?? '', tappedHeaders(context, incoming));
  let session: GatedSession | null = null;
  // The older transport names its session in the first event.
  const enter = (): GatedSession | null => {
    if (session !== null) return session;
    session = sessions.of(exchange.session);
    if (session !== null && stream !== null) session.listen(stream, head);
    return session;
  };
  if (stream === null || exchange.session !== '') enter();
  const splitter = new EventSplitter(
    context.maxMessageBytes,
    ({ raw, name, data }: ServerEvent) => {
      if (name === 'endpoint' && stream !== null) {
        exchange.endpoint(data.toString());
        enter();
        stream.on('close', () => sessions.end(exchange.session));
        reply.event(endpointEvent(raw, context));
        return;
      }
      if (data.length === 0) {
        reply.event(raw);
        return;
      }
      exchange.sawMessage();
      if (enter()?.gate.fromServer(data) !== true) return;
      for (const id of responseIds(data)) reply.answered(id);
      reply.event(raw);
    },
    (bytes) => {
      if (enter()?.gate.passesUnseen() === true) reply.event(bytes);
    },
  );
  pump(ownChunks(incoming), reply.sink, {
    take: (chunk, taken) => {
      splitter.push(chunk);
      reply.whenTaken(taken);
    },
    onEnd: () => {
      const rest = splitter.end();
      if (rest.length > 0 && enter()?.gate.passesUnseen() === true) reply.event(rest);
      reply.end();
    },
    whenSinkCloses: 'read on',
  });
}

function passBody(
  context: ExchangeContext,
  incoming: IncomingMessage,
  reply: ClientReply,
  { sessions, exchange, path, ids }: AnsweredRequest,
  encoding: string,
  type: string,
): void {
  const status = incoming.statusCode ?? 502;
  const isJson = type === 'application/json' || type.endsWith('+json');
  if (!isJson) reportForeign(context, exchange, path, status, type);
  const parts: Buffer[] = [];
  let length = 0;
  incoming.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= context.maxMessageBytes) parts.push(chunk);
  });
  incoming.on('end', () => {
    const gate = sessions.of(exchange.session)?.gate;
    const headers = tappedHeaders(context, incoming);
    const pass = (): void => reply.send(status, incoming.statusMessage ?? '', headers, Buffer.concat(parts));
    if (gate === undefined || length > context.maxMessageBytes) reply.refuse(502, tooLong(length));
    else if (encoding !== 'identity') reply.refuse(502, unreadable(encoding));
    else if (!isJson || length === 0) pass();
    else {
      exchange.sawMessage();
      const body = Buffer.concat(parts);
      if (gate.fromServer(body)) pass();
      else if (!isJsonText(body)) reply.refuse(502, notJson);
      // The gate took the message and answers later. A client that sent no request waits for no answer.
      else if (ids.length === 0) reply.send(202, 'Accepted', noBody, new Uint8Array());
    }
  });
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

function unreadable(encoding: string): Failure {
  const message = `The server compressed its answer ("${encoding}") against the tap's request, so no guard can check it`;
  return new Failure('tap/unread-encoding', message, 'Turn off compression in the server');
}

const notJson = new Failure(
  'tap/not-json',
  'The answer of the server is not JSON, so no guard can check it',
  'Check the output of the server: NaN and a byte order mark are not valid in JSON',
);

function tooLong(length: number): Failure {
  const message = `The answer of ${length} bytes is longer than a guard can check`;
  return new Failure('tap/too-long', message, 'Run the tap with a higher --max-message');
}

const noBody: RawHeaders = ['Content-Length', '0'];
