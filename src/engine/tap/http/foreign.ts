/** Reports answers that show why no MCP session will work: a wrong address, or a server that requires a sign-in. */
import type { IncomingMessage } from 'node:http';
import { Failure } from '../../../core/base/failure.ts';
import type { ExchangeContext } from './exchangeContext.ts';
import type { ExchangeLog } from './sessionLog.ts';

/**
 * Milliseconds after which a server that only answered 404 counts as not MCP. A server of the older transport answers 404 when a client
 * tries the newer transport first.
 */
const afterMs = 2000;

/** Reports an answer that is not MCP when no answer before it was MCP; once for each tap. */
export function reportForeign(
  { report, upstream }: ExchangeContext,
  exchange: ExchangeLog,
  path: string,
  status: number,
  type: string,
): void {
  const look = (): void => {
    if (exchange.looksForeign(status, type)) report(exchange.foreign(upstream.url, path, status, type));
  };
  if (status === 404) setTimeout(look, afterMs).unref();
  else look();
}

/**
 * Reports a server that requires its client to sign in; once for each tap. The metadata of the server names the server's own address (RFC
 * 9728), so a client that signs in by itself refuses the address of the tap.
 */
export function reportSignIn(context: ExchangeContext, { statusCode, headers }: IncomingMessage): void {
  if (statusCode !== 401 || !/^\s*bearer\b/i.test(headers['www-authenticate'] ?? '') || signInReported.has(context))
    return;
  signInReported.add(context);
  const message = `The server at ${context.upstream.url.origin} requires a sign-in, which clients cannot do through a tap`;
  context.report(
    new Failure('tap/sign-in', message, 'Configure the client to send a token in the Authorization header'),
  );
}

const signInReported = new WeakSet<ExchangeContext>();

/** Whether the body of an answer is a JSON-RPC message, not an error in a format of the server. */
export function isMessage(status: number, body: Uint8Array): boolean {
  return status < 400 || Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes('"jsonrpc"');
}
