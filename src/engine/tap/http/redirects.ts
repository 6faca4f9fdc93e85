/** Answers that send the client on: to the same server through the tap, to another one past it, which somebody should know. */
import type { IncomingMessage } from 'node:http';
import { Failure } from '../../../core/base/failure.ts';
import type { ExchangeContext } from './httpExchange.ts';
import { type RawHeaders, responseHeaders } from './headers.ts';

/** What the client gets: an address of the server leads through the tap. */
export function tappedHeaders({ upstream, prefix }: ExchangeContext, response: IncomingMessage): RawHeaders {
  const headers = responseHeaders(response);
  return headers.map((value, at) =>
    headers[at - 1]?.toLowerCase() === 'location' && at % 2 === 1 ? (upstream.tapped(value, prefix) ?? value) : value,
  );
}

/** Why the next request will not pass the tap; null when it will, or when there is none. */
export function leadsAway(
  { upstream, prefix }: ExchangeContext,
  { statusCode = 0, headers }: IncomingMessage,
): Failure | null {
  const { location } = headers;
  if (!redirects.has(statusCode) || location === undefined || upstream.tapped(location, prefix) !== null) return null;
  const target = URL.canParse(location, upstream.url.href) ? new URL(location, upstream.url.href).origin : location;
  const message = `The server at ${upstream.url.origin} sends its clients on to "${target}", past the tap`;
  return new Failure('tap/redirected', message, 'Give the tap the address that it sends them to');
}

/** Tells of a server that sends its clients past the tap; once for a tap. */
export function tellRedirect(world: ExchangeContext, response: IncomingMessage): void {
  const failure = leadsAway(world, response);
  if (failure === null || told.has(world)) return;
  told.add(world);
  world.log.event('redirected', { status: response.statusCode });
  world.tell(failure);
}

const told = new WeakSet<ExchangeContext>();

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
