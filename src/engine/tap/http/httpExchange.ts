/** One request of a client through a tap without gates: bodies pass chunk by chunk in both directions, and their messages are recorded. */
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pump, writeTo } from '../../streams/pump.ts';
import { ownChunks } from '../../streams/sources.ts';
import {
  type BodyFinder,
  type BodyWatcher,
  eventBody,
  jsonBody,
  noWatcher,
  unpacked,
  unpackedStream,
} from './bodies.ts';
import { EndpointRewriter } from './endpointRewriter.ts';
import type { ExchangeContext } from './exchangeContext.ts';
import { isMessage, reportForeign, reportSignIn } from './foreign.ts';
import { requestHeaders } from './headers.ts';
import { tappedHeaders, reportRedirect } from './redirects.ts';
import { refuse } from './refuse.ts';
import type { ExchangeLog } from './sessionLog.ts';
import { mediaType, unreachable } from './upstream.ts';

/** Passes a request on to `path` of the server. A side that disconnects before the end disconnects the other. */
export function runExchange(
  context: ExchangeContext,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { upstream, log } = context;
  const method = request.method ?? 'GET';
  const exchange = log.request(method, path, request.headers);
  const finder: BodyFinder = {
    message: (bytes) => exchange.client(bytes),
    remark: (name, fields) => log.event(name, fields),
  };
  const body = jsonBody(finder, context.maxMessageBytes, lengthOf(request));
  const outgoing = upstream.open(method, path, requestHeaders(request, upstream.url.host));
  let answered = false;
  pass(context, request, outgoing, body, () => {
    outgoing.end();
    exchange.sent();
  });
  // The head goes out at once, because the body may come later.
  outgoing.flushHeaders();
  outgoing.on('response', (incoming) => {
    answered = true;
    answer(context, incoming, response, exchange, path);
  });
  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    if (response.destroyed) return;
    const failure = unreachable(upstream.url, error);
    log.event('unreachable', { method, reason: failure.message });
    if (answered) response.destroy();
    else {
      context.report(failure);
      refuse(response, 502, failure);
    }
  });
  response.on('close', () => {
    exchange.done();
    if (!response.writableFinished || !outgoing.writableFinished) outgoing.destroy();
  });
}

function answer(
  context: ExchangeContext,
  incoming: IncomingMessage,
  response: ServerResponse,
  exchange: ExchangeLog,
  path: string,
): void {
  const type = mediaType(incoming);
  const status = incoming.statusCode ?? 502;
  exchange.answered(status, incoming.headers);
  reportSignIn(context, incoming);
  reportRedirect(context, incoming);
  response.writeHead(status, incoming.statusMessage ?? '', [...tappedHeaders(context, incoming)]);
  response.flushHeaders();
  const finder: BodyFinder = {
    message: (bytes) => exchange.server(bytes),
    remark: (name, fields) => context.log.event(name, fields),
  };
  const encoding = incoming.headers['content-encoding'] ?? '';
  if (type === 'text/event-stream') {
    const watcher = unpackedStream(
      encoding,
      eventBody({
        ...finder,
        endpoint: (address) => exchange.endpoint(address),
        isRepeated: (id, data) => exchange.isRepeated(id, data),
      }),
      finder,
    );
    const rewriter =
      exchange.isGet && encoding === ''
        ? new EndpointRewriter((address) => context.upstream.tapped(address, context.prefix) ?? address)
        : null;
    pass(context, incoming, response, watcher, () => response.end(rewriter?.end()), rewriter);
    return;
  }
  const isJson = type === 'application/json' || type.endsWith('+json');
  const wholeBody: BodyFinder = {
    ...finder,
    message: (bytes) => {
      if (isMessage(status, bytes)) exchange.server(bytes);
      else reportForeign(context, exchange, path, status, type);
    },
  };
  const { maxMessageBytes } = context;
  const watcher = isJson
    ? jsonBody(unpacked(encoding, wholeBody, maxMessageBytes), maxMessageBytes, lengthOf(incoming))
    : noWatcher;
  if (!isJson) reportForeign(context, exchange, path, status, type);
  pass(context, incoming, response, watcher, () => response.end());
}

/** Passes a body on as it comes, no faster than it is taken, and not before what it completes is durable. */
function pass(
  { log }: ExchangeContext,
  source: Readable,
  sink: ClientRequest | ServerResponse,
  watcher: BodyWatcher,
  onEnd: () => void,
  rewriter: EndpointRewriter | null = null,
): void {
  pump(ownChunks(source), sink, {
    take: (chunk, taken) => {
      watcher.bytes(chunk, () =>
        log.whenDurable(() => writeTo(sink, rewriter === null ? chunk : rewriter.push(chunk), taken)),
      );
    },
    onEnd: () => watcher.ended(() => log.whenDurable(onEnd)),
    // The rest of the body is still recorded.
    whenSinkCloses: 'read on',
  });
  // A body that breaks off must not look complete on the other side.
  source.on('close', () => {
    if (!source.readableEnded) sink.destroy();
  });
}

function lengthOf({ headers }: IncomingMessage): number | null {
  const length = headers['content-length'];
  return length === undefined ? null : Number(length);
}
