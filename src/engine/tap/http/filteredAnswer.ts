/** The server's answer to a request on its way to the client, message by message past the gate; what passes keeps its bytes. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Failure } from '../../../core/base/failure.ts';
import type { ClientReply } from './clientReply.ts';
import { EventSplitter, type ServerEvent } from './eventSplitter.ts';
import type { ExchangeContext } from './httpExchange.ts';
import { tellForeign, tellSignIn } from './foreign.ts';
import { type ClientVoice, type GatedSession, isJsonText, responseIds } from './gatedSession.ts';
import type { GatedSessions } from './gatedSessions.ts';
import type { RawHeaders } from './headers.ts';
import { leadsAway, tappedHeaders, tellRedirect } from './redirects.ts';
import type { ExchangeLog } from './sessionLog.ts';
import { mediaType } from './upstream.ts';

/** Whose answer it is. */
export interface Filtered {
  readonly sessions: GatedSessions;
  readonly exchange: ExchangeLog;
  readonly path: string;
  /** The client's own stream, which messages of the gate may use; null for the answer to a POST. */
  readonly stream: ServerResponse | null;
  readonly voice: ClientVoice | null;
  /** The requests that are answered. */
  readonly ids: readonly string[];
}

export function filterAnswer(
  world: ExchangeContext,
  incoming: IncomingMessage,
  reply: ClientReply,
  filtered: Filtered,
): void {
  const type = mediaType(incoming);
  const encoding = (incoming.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  tellSignIn(world, incoming);
  tellRedirect(world, incoming);
  const away = leadsAway(world, incoming);
  if (away !== null) {
    incoming.resume();
    reply.refuse(502, away);
    return;
  }
  incoming.on('error', () => reply.breakOff());
  incoming.on('close', () => {
    if (!incoming.readableEnded) reply.breakOff();
  });
  reply.onDrain(() => incoming.resume());
  if (type === 'text/event-stream') events(world, incoming, reply, filtered, encoding);
  else whole(world, incoming, reply, filtered, encoding, type);
}

function events(
  world: ExchangeContext,
  incoming: IncomingMessage,
  reply: ClientReply,
  { sessions, exchange, stream, voice }: Filtered,
  encoding: string,
): void {
  if (encoding !== 'identity') {
    incoming.destroy();
    reply.refuse(502, unreadable(encoding));
    return;
  }
  reply.beginEvents(incoming.statusCode ?? 200, incoming.statusMessage ?? '', tappedHeaders(world, incoming));
  const write = (raw: Buffer): void => {
    if (!reply.bytes(raw)) incoming.pause();
  };
  let session: GatedSession | null = null;
  // The older transport names its session in the first event.
  const enter = (): GatedSession | null => {
    if (session !== null) return session;
    session = sessions.of(exchange.session);
    if (session !== null && stream !== null) session.listen(stream, voice);
    return session;
  };
  if (stream === null || exchange.session !== '') enter();
  const splitter = new EventSplitter(
    world.maxMessageBytes,
    ({ raw, name, data }: ServerEvent) => {
      if (name === 'endpoint' && stream !== null) {
        exchange.endpoint(data.toString());
        enter();
        stream.on('close', () => sessions.end(exchange.session));
        write(endpointEvent(raw, world));
        return;
      }
      if (data.length === 0) {
        write(raw);
        return;
      }
      exchange.sawMessage();
      if (enter()?.gate.fromServer(data) !== true) return;
      for (const id of responseIds(data)) reply.answered(id);
      write(raw);
    },
    (bytes) => {
      if (enter()?.gate.passesUnseen() === true) write(bytes);
    },
  );
  incoming.on('data', (chunk: Buffer) => splitter.push(chunk));
  incoming.on('end', () => {
    const rest = splitter.end();
    if (rest.length > 0 && enter()?.gate.passesUnseen() === true) write(rest);
    reply.end();
  });
}

function whole(
  world: ExchangeContext,
  incoming: IncomingMessage,
  reply: ClientReply,
  { sessions, exchange, path, ids }: Filtered,
  encoding: string,
  type: string,
): void {
  const status = incoming.statusCode ?? 502;
  const isJson = type === 'application/json' || type.endsWith('+json');
  if (!isJson) tellForeign(world, exchange, path, status, type);
  const parts: Buffer[] = [];
  let length = 0;
  incoming.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= world.maxMessageBytes) parts.push(chunk);
  });
  incoming.on('end', () => {
    const gate = sessions.of(exchange.session)?.gate;
    const headers = tappedHeaders(world, incoming);
    const pass = (): void => reply.whole(status, incoming.statusMessage ?? '', headers, Buffer.concat(parts));
    if (gate === undefined || length > world.maxMessageBytes) reply.refuse(502, tooLong(length));
    else if (encoding !== 'identity') reply.refuse(502, unreadable(encoding));
    else if (!isJson || length === 0) pass();
    else {
      exchange.sawMessage();
      const body = Buffer.concat(parts);
      if (gate.fromServer(body)) pass();
      else if (!isJsonText(body)) reply.refuse(502, notJson);
      // The gate answers in its own time; where nobody waits there is nothing to say.
      else if (ids.length === 0) reply.whole(202, 'Accepted', noBody, new Uint8Array());
    }
  });
}

/** The address in it must lead through the tap. */
function endpointEvent(raw: Buffer, { upstream, prefix }: ExchangeContext): Buffer {
  const text = raw.toString('latin1');
  const changed = text.replace(
    /((?:^|[\r\n])data: ?)([^\r\n]*)/,
    (_, field: string, address: string) => `${field}${upstream.tapped(address, prefix) ?? address}`,
  );
  return Buffer.from(changed, 'latin1');
}

function unreadable(encoding: string): Failure {
  const message = `The server compressed its answer ("${encoding}") though it was asked not to, so no guard can look at it`;
  return new Failure('tap/unread-encoding', message, 'Switch the compression of the server off');
}

const notJson = new Failure(
  'tap/not-json',
  'The answer of the server is not JSON, so no guard can look at it',
  'Look at what the server writes: NaN and a byte order mark are no JSON',
);

function tooLong(length: number): Failure {
  const message = `The answer of ${length} bytes is longer than a guard can look at`;
  return new Failure('tap/too-long', message, 'Give the tap a higher --max-message');
}

const noBody: RawHeaders = ['Content-Length', '0'];
