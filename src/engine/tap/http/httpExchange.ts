/** One request of the client through the tap: passed on and answered chunk by chunk, its messages recorded beside. */
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import type { Failure } from '../../../core/base/failure.ts';
import { type BodyFinder, type BodyWatcher, eventBody, jsonBody, nothing, unpacked, unpackedStream } from './bodies.ts';
import { EndpointRewriter } from './endpointRewriter.ts';
import { isMessage, tellForeign, tellSignIn } from './foreign.ts';
import { requestHeaders } from './headers.ts';
import { tappedHeaders, tellRedirect } from './redirects.ts';
import { refuse } from './refuse.ts';
import type { HttpSessionLog } from './sessionLog.ts';
import { mediaType, unreachable, type Upstream } from './upstream.ts';

/** What a request is carried out with. */
export interface ExchangeContext {
  readonly upstream: Upstream;
  readonly log: HttpSessionLog;
  /** The tap's own origin with the token, without a slash at the end. */
  readonly prefix: string;
  readonly maxMessageBytes: number;
  /** Somebody should know that the server cannot be reached, or does not look like one of MCP. */
  readonly tell: (failure: Failure) => void;
}

/** Passes a request on to `path` of the server. Ends when both sides are done; a side that goes away takes the other along. */
export function runExchange(
  world: ExchangeContext,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { upstream, log } = world;
  const method = request.method ?? 'GET';
  const exchange = log.request(method, path, request.headers);
  const finder: BodyFinder = {
    message: (bytes) => exchange.client(bytes),
    remark: (name, fields) => log.event(name, fields),
  };
  const body = jsonBody(finder, world.maxMessageBytes, lengthOf(request));
  const outgoing = upstream.open(method, path, requestHeaders(request, upstream.url.host));
  let answered = false;
  pass(world, request, outgoing, body, () => {
    outgoing.end();
    exchange.sent();
  });
  // What is known by now goes out at once: a body may take its time.
  outgoing.flushHeaders();
  outgoing.on('response', (incoming) => {
    answered = true;
    answer(world, incoming, response, exchange, path);
  });
  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    if (response.destroyed) return;
    const failure = unreachable(upstream.url, error);
    log.event('unreachable', { method, reason: failure.message });
    if (answered) response.destroy();
    else {
      world.tell(failure);
      refuse(response, 502, failure);
    }
  });
  response.on('close', () => {
    exchange.done();
    if (!response.writableFinished || !outgoing.writableFinished) outgoing.destroy();
  });
}

function answer(
  world: ExchangeContext,
  incoming: IncomingMessage,
  response: ServerResponse,
  exchange: ReturnType<HttpSessionLog['request']>,
  path: string,
): void {
  const type = mediaType(incoming);
  const status = incoming.statusCode ?? 502;
  exchange.answered(status, incoming.headers);
  tellSignIn(world, incoming);
  tellRedirect(world, incoming);
  response.writeHead(status, incoming.statusMessage ?? '', [...tappedHeaders(world, incoming)]);
  response.flushHeaders();
  const finder: BodyFinder = {
    message: (bytes) => exchange.server(bytes),
    remark: (name, fields) => world.log.event(name, fields),
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
        ? new EndpointRewriter((address) => world.upstream.tapped(address, world.prefix) ?? address)
        : null;
    pass(world, incoming, response, watcher, () => response.end(rewriter?.end()), rewriter);
    return;
  }
  const isJson = type === 'application/json' || type.endsWith('+json');
  const whole: BodyFinder = {
    ...finder,
    message: (bytes) => {
      if (isMessage(status, bytes)) exchange.server(bytes);
      else tellForeign(world, exchange, path, status, type);
    },
  };
  const { maxMessageBytes } = world;
  const watcher = isJson
    ? jsonBody(unpacked(encoding, whole, maxMessageBytes), maxMessageBytes, lengthOf(incoming))
    : nothing;
  if (!isJson) tellForeign(world, exchange, path, status, type);
  pass(world, incoming, response, watcher, () => response.end());
}

/** Passes chunks on as they come, no faster than they are taken, and not before what they complete is recorded. */
function pass(
  { log }: ExchangeContext,
  source: Readable,
  sink: ClientRequest | ServerResponse,
  watcher: BodyWatcher,
  onEnd: () => void,
  rewriter: EndpointRewriter | null = null,
): void {
  const writable: Writable = sink;
  /** Chunks that are not passed on yet. */
  let held = 0;
  let isFull = false;
  let isGone = false;
  const goOn = (): void => {
    if (held === 0 && !isFull && source.isPaused()) source.resume();
  };
  source.on('data', (chunk: Buffer) => {
    held++;
    const passOn = (): void => {
      held--;
      const out = rewriter === null ? chunk : rewriter.push(chunk);
      // Where nobody takes it any more, the rest is read to its end.
      if (isGone) isFull = false;
      else if (out.length > 0) isFull = !writable.write(out);
      goOn();
    };
    watcher.bytes(chunk, () => log.whenDurable(passOn));
    if (held > 0 || isFull) source.pause();
  });
  writable.on('drain', () => {
    isFull = false;
    goOn();
  });
  const leave = (): void => {
    isGone = true;
    isFull = false;
    goOn();
  };
  writable.on('error', leave).on('close', leave);
  source.on('end', () => watcher.ended(() => log.whenDurable(onEnd)));
  // A side that breaks off breaks the other off, too: an answer that ends early must not look complete.
  source.on('error', () => writable.destroy());
  source.on('close', () => {
    if (!source.readableEnded) writable.destroy();
  });
}

function lengthOf({ headers }: IncomingMessage): number | null {
  const length = headers['content-length'];
  return length === undefined ? null : Number(length);
}
