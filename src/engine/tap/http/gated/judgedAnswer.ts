/** Passes the server's answer on to the client message by message, as far as the gate lets it. What passes keeps its bytes. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Failure } from '../../../../core/base/failure.ts';
import { GatheredBody } from '../bodies.ts';
import { EventSplitter, type ServerEvent } from '../eventSplitter.ts';
import type { Exchange, ExchangeContext } from '../exchangeContext.ts';
import { reportForeign } from '../foreign.ts';
import type { RawHeaders } from '../headers.ts';
import { leadsAway, tappedHeaders } from '../redirects.ts';
import type { AnswerBody } from '../serverCall.ts';
import { isJsonType, mediaType } from '../upstream.ts';
import { type GatedSession, isJsonText, type RequestHead, responseIds } from './gatedSession.ts';
import type { GatedSessions } from './gatedSessions.ts';

/** The request that is answered. */
export interface AnsweredRequest {
  readonly sessions: GatedSessions;
  /** The stream that the client opened, which the gate may write to; null for the answer to a POST. */
  readonly stream: ServerResponse | null;
  readonly head: RequestHead | null;
  /** Ids of the requests in the body. */
  readonly ids: readonly string[];
}

/** Returns what takes the body of the answer; null when the client was refused the answer. */
export function judgedAnswer(
  exchange: Exchange,
  incoming: IncomingMessage,
  answered: AnsweredRequest,
): AnswerBody | null {
  const { context, reply } = exchange;
  const encoding = (incoming.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const away = leadsAway(context, incoming);
  if (away !== null) reply.refuse(502, away);
  else if (mediaType(incoming) !== 'text/event-stream') return judgedBody(exchange, incoming, answered, encoding);
  else if (encoding !== 'identity') reply.refuse(502, unreadable(encoding));
  else return judgedEvents(exchange, incoming, answered);
  return null;
}

function judgedEvents(
  { context, reply, log }: Exchange,
  incoming: IncomingMessage,
  { sessions, stream, head }: AnsweredRequest,
): AnswerBody {
  reply.begin(incoming.statusCode ?? 200, incoming.statusMessage ?? '', tappedHeaders(context, incoming));
  let session: GatedSession | null = null;
  // The older transport names its session in the first event.
  const enter = (): GatedSession | null => {
    if (session !== null) return session;
    session = sessions.of(log.session);
    if (session !== null && stream !== null) session.listen(stream, head);
    return session;
  };
  if (stream === null || log.session !== '') enter();
  const onEvent = ({ raw, name, data }: ServerEvent): void => {
    if (name === 'endpoint' && stream !== null) {
      log.endpoint(data.toString());
      enter();
      stream.on('close', () => sessions.end(log.session));
      reply.write(endpointEvent(raw, context));
      return;
    }
    if (data.length === 0) {
      reply.write(raw);
      return;
    }
    log.sawMessage();
    if (enter()?.gate.fromServer(data) !== true) return;
    for (const id of responseIds(data)) reply.answered(id);
    reply.write(raw);
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
  { context, path, reply, log }: Exchange,
  incoming: IncomingMessage,
  { sessions, ids }: AnsweredRequest,
  encoding: string,
): AnswerBody {
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
      const gate = sessions.of(log.session)?.gate;
      const body = gathered.bytes();
      const pass = (bytes: Buffer): void =>
        reply.send(status, incoming.statusMessage ?? '', tappedHeaders(context, incoming), bytes);
      if (gate === undefined || body === null) reply.refuse(502, tooLong(gathered.length));
      else if (encoding !== 'identity') reply.refuse(502, unreadable(encoding));
      else if (!isJson || body.length === 0) pass(body);
      else {
        log.sawMessage();
        if (gate.fromServer(body)) pass(body);
        else if (!isJsonText(body)) reply.refuse(502, notJson);
        // The gate took the message and answers later. A client that sent no request waits for no answer.
        else if (ids.length === 0) reply.send(202, 'Accepted', noBody, new Uint8Array());
      }
    },
  };
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
