/** Redirects: those within the server lead through the tap, those to another server bypass it and are reported. */
import type { IncomingMessage } from 'node:http';
import { Failure } from '../../../core/base/failure.ts';
import type { ExchangeContext } from './exchangeContext.ts';
import { type RawHeaders, responseHeaders } from './headers.ts';

/** The headers for the client. A `Location` on the server leads through the tap. */
export function tappedHeaders({ upstream, prefix }: ExchangeContext, response: IncomingMessage): RawHeaders {
  const headers = responseHeaders(response);
  return headers.map((value, at) =>
    headers[at - 1]?.toLowerCase() === 'location' && at % 2 === 1 ? (upstream.tapped(value, prefix) ?? value) : value,
  );
}

/** Why the next request bypasses the tap; null when it does not, or when there is no redirect. */
export function leadsAway(
  { upstream, prefix }: ExchangeContext,
  { statusCode = 0, headers }: IncomingMessage,
): Failure | null {
  const { location } = headers;
  if (!redirects.has(statusCode) || location === undefined || upstream.tapped(location, prefix) !== null) return null;
  const target = URL.canParse(location, upstream.url.href) ? new URL(location, upstream.url.href).origin : location;
  const message = `The server at ${upstream.url.origin} redirects its clients to "${target}", which bypasses the tap`;
  return new Failure('tap/redirected', message, 'Run the tap with that address');
}

/** Reports a redirect that bypasses the tap; once for each tap. */
export function reportRedirect(context: ExchangeContext, response: IncomingMessage): void {
  const failure = leadsAway(context, response);
  if (failure === null || reported.has(context)) return;
  reported.add(context);
  context.log.event('redirected', { status: response.statusCode });
  context.report(failure);
}

const reported = new WeakSet<ExchangeContext>();

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
