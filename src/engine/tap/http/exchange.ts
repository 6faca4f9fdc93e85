/**
 * One request of a client through the tap, and the answer of the server. Both pass chunk by chunk, and their messages are recorded. Where a
 * gate is in the way, its judge decides what is sent, and what takes the body of the answer.
 */
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { pump, writeTo } from '../../streams/pump.ts';
import { ownChunks } from '../../streams/sources.ts';
import { type BodyFinder, jsonBody, lengthOf } from './bodies.ts';
import { ClientReply } from './clientReply.ts';
import type { Exchange, ExchangeContext } from './exchangeContext.ts';
import { reportSignIn } from './foreign.ts';
import { type RawHeaders, requestHeaders } from './headers.ts';
import { passedAnswer } from './passedAnswer.ts';
import { reportRedirect } from './redirects.ts';
import { type AnswerBody, callServer, sendWhole } from './serverCall.ts';

/** Passes a request on to `path` of the server, if the gate lets it. A side that disconnects before the end disconnects the other. */
export function runExchange(
  context: ExchangeContext,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { method = 'GET', headers } = request;
  const reply = new ClientReply(response, context.log.whenDurable);
  const log = context.log.request(method, path, headers);
  const exchange: Exchange = { number: log.number, context, method, path, request, reply, log };
  const judge = context.judges?.(exchange) ?? null;
  if (judge === null) {
    const outgoing = openCall(exchange, (incoming) => passedAnswer(exchange, incoming));
    passRequest(exchange, outgoing);
  } else {
    judge.request((body, own) => {
      const outgoing = openCall(exchange, (incoming) => judge.answer(incoming), own);
      sendWhole(outgoing, body, context.log);
    });
  }
}

/** Opens the request to the server. `answer` gets the head of the answer and returns what takes its body. */
function openCall(
  { context, method, path, request, reply, log }: Exchange,
  answer: (incoming: IncomingMessage) => AnswerBody | null,
  headers: RawHeaders = requestHeaders(request, context.upstream.url.host),
): ClientRequest {
  const { upstream } = context;
  const outgoing = callServer(upstream, { method, path, headers }, reply.sink, {
    answered: (incoming) => {
      log.answered(incoming.statusCode ?? 502, incoming.headers);
      reportSignIn(context, incoming);
      reportRedirect(context, incoming);
      return answer(incoming);
    },
    cutOff: () => reply.breakOff(),
    failed: (failure) => {
      if (!reply.isOpen) return;
      context.log.event('unreachable', { method, reason: failure.message });
      if (!reply.hasBegun) context.report(failure);
      reply.refuse(502, failure);
    },
  });
  reply.onGone(() => {
    log.done();
    outgoing.destroy();
  });
  return outgoing;
}

/** Passes the body of the request on as it comes, no faster than it is taken, and not before what it completes is durable. */
function passRequest({ context, request, log }: Exchange, outgoing: ClientRequest): void {
  const { whenDurable } = context.log;
  const finder: BodyFinder = {
    message: (bytes) => log.client(bytes),
    remark: (name, fields) => context.log.event(name, fields),
  };
  const body = jsonBody(finder, context.maxMessageBytes, lengthOf(request));
  let hasBegun = false;
  pump(ownChunks(request), outgoing, {
    take: (chunk, taken) =>
      body.bytes(chunk, () =>
        whenDurable(() => {
          hasBegun = true;
          writeTo(outgoing, chunk, taken);
        }),
      ),
    onEnd: () =>
      body.ended(() =>
        whenDurable(() => {
          hasBegun = true;
          outgoing.end();
          log.sent();
        }),
      ),
    // A body that breaks off must not look complete.
    onBroken: () => void outgoing.destroy(),
    // The rest of the body is still recorded.
    whenSinkCloses: 'read on',
  });
  // A body that has arrived already is written before this runs, and takes the head along in one packet. Any other may come much later.
  queueMicrotask(() => {
    if (!hasBegun) outgoing.flushHeaders();
  });
}
