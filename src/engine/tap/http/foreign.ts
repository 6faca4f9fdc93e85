/** Finds out from an answer why a session will not come about, so that somebody looks at the address or at the credentials. */
import type { IncomingMessage } from 'node:http';
import { Failure } from '../../../core/base/failure.ts';
import type { ExchangeContext } from './httpExchange.ts';
import type { ExchangeLog } from './sessionLog.ts';

/**
 * Milliseconds after which a server that said 404 and nothing else is no server of MCP. One of the older transport answers so when a client
 * tries the newer one first.
 */
const afterMs = 2000;

/** Tells of an answer that is none of MCP, when nothing before it was; once for a tap. */
export function tellForeign(
  { tell, upstream }: ExchangeContext,
  exchange: ExchangeLog,
  path: string,
  status: number,
  type: string,
): void {
  const look = (): void => {
    if (exchange.looksForeign(status, type)) tell(exchange.foreign(upstream.url, path, status, type));
  };
  if (status === 404) setTimeout(look, afterMs).unref();
  else look();
}

/**
 * Tells of a server that wants its client to sign in; once for a tap. The server vouches for its own address (RFC 9728), so a client that
 * signs in by itself stops where it meets the tap's.
 */
export function tellSignIn(world: ExchangeContext, { statusCode, headers }: IncomingMessage): void {
  if (statusCode !== 401 || !/^\s*bearer\b/i.test(headers['www-authenticate'] ?? '') || signInTold.has(world)) return;
  signInTold.add(world);
  const message = `The server at ${world.upstream.url.origin} wants its client to sign in, which clients do not do through a tap`;
  world.tell(new Failure('tap/sign-in', message, 'Give the client a token to send in the header Authorization'));
}

const signInTold = new WeakSet<ExchangeContext>();

/** Whether the body of an answer is a message of JSON-RPC rather than the reason for an error in a form of the server's own. */
export function isMessage(status: number, body: Uint8Array): boolean {
  return status < 400 || Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes('"jsonrpc"');
}
