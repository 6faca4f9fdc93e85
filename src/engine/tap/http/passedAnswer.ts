/** The answer of the server where no gate is in the way: its bytes pass as they come, and the messages in them are recorded. */
import type { IncomingMessage } from 'node:http';
import { type BodyFinder, type BodyWatcher, eventBody, jsonBody, lengthOf, noWatcher, unpacked } from './bodies.ts';
import { EndpointRewriter } from './endpointRewriter.ts';
import type { Exchange } from './exchangeContext.ts';
import { isMessage, reportForeign } from './foreign.ts';
import { tappedHeaders } from './redirects.ts';
import type { AnswerBody } from './serverCall.ts';
import { isJsonType, mediaType } from './upstream.ts';

/** Sends the head of the answer on, and returns what passes its body: no faster than it is taken, and not before what it completes is durable. */
export function passedAnswer(exchange: Exchange, incoming: IncomingMessage): AnswerBody {
  const { context, reply, log } = exchange;
  const encoding = incoming.headers['content-encoding'] ?? '';
  const isEvents = mediaType(incoming) === 'text/event-stream';
  reply.begin(incoming.statusCode ?? 502, incoming.statusMessage ?? '', tappedHeaders(context, incoming));
  const watcher = isEvents ? eventWatcher(exchange, encoding) : bodyWatcher(exchange, incoming, encoding);
  const rewriter =
    isEvents && log.isGet && encoding === ''
      ? new EndpointRewriter((address) => context.upstream.tapped(address, context.prefix) ?? address)
      : null;
  reply.onGone(() => watcher.cancel?.());
  return {
    bytes: (chunk, taken) =>
      watcher.bytes(chunk, () => {
        reply.write(rewriter === null ? chunk : rewriter.push(chunk));
        reply.whenTaken(taken);
      }),
    ended: () => watcher.ended(() => reply.end(rewriter?.end())),
  };
}

/** Finds the messages in a stream of events. */
function eventWatcher(exchange: Exchange, encoding: string): BodyWatcher {
  const { context, log } = exchange;
  const finder = messageFinder(exchange);
  const { maxMessageBytes: limit } = context;
  const events = eventBody(
    {
      ...finder,
      endpoint: (address) => log.endpoint(address),
      isRepeated: (id, data) => log.isRepeated(id, data),
    },
    limit,
  );
  return unpacked({ encoding, limit }, events, finder);
}

/** Finds the message in a body that is JSON. A body that is not JSON, or not JSON-RPC, is reported when nothing before it was MCP. */
function bodyWatcher(exchange: Exchange, incoming: IncomingMessage, encoding: string): BodyWatcher {
  const { context, path, log } = exchange;
  const { maxMessageBytes } = context;
  const status = incoming.statusCode ?? 502;
  const type = mediaType(incoming);
  if (!isJsonType(type)) {
    reportForeign(context, log, path, status, type);
    return noWatcher;
  }
  const finder: BodyFinder = {
    ...messageFinder(exchange),
    message: (bytes) => {
      if (isMessage(status, bytes)) log.server(bytes);
      else reportForeign(context, log, path, status, type);
    },
  };
  const expected = lengthOf(incoming);
  const isPlain = encoding === '';
  const body = jsonBody(finder, maxMessageBytes, isPlain ? expected : null);
  return isPlain ? body : unpacked({ encoding, limit: maxMessageBytes, expected }, body, finder);
}

function messageFinder({ context, log }: Exchange): BodyFinder {
  return {
    message: (bytes) => log.server(bytes),
    remark: (name, fields) => context.log.event(name, fields),
  };
}
