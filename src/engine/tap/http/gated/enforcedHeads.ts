/** The heads of HTTP messages while a guard enforces: only what the transport needs passes, so that neither side says more than it was judged for. */
import type { IncomingMessage } from 'node:http';
import { isJsonObject, type JsonValue } from '../../../../core/base/json.ts';
import { parseMessage } from '../../../../core/mcp/rawMessage.ts';
import type { Gate } from '../../gate/gate.ts';
import type { ExchangeContext } from '../exchangeContext.ts';
import type { RawHeaders } from '../headers.ts';

/** Methods that carry MCP messages (MCP 2025-11-25, transports). */
export const transportMethods: ReadonlySet<string> = new Set(['POST', 'GET', 'DELETE']);

/** Headers of a client by which some servers take a request for another, and those that describe the body that the client wrote. */
const notSent =
  /^(?:x-http-method(?:-override)?|x-method-override|x-original-url|x-rewrite-url|content-.*|last-event-id|mcp-method|mcp-name|mcp-param-.*)$/i;

/** What a gate knows of the server's tools. */
type ToolHeaders = Pick<Gate, 'paramHeaders'>;

/**
 * The headers of a request of the client for a message of the gate, which may name another method, tool or arguments than the client's. Where
 * the client repeats those in headers, the message's own are written, as the gateway's client does it; the client's are not sent.
 */
export function ownRequestHeaders(headers: RawHeaders, message: Uint8Array, tools: ToolHeaders): RawHeaders {
  const mirrored = pairs(headers).some(([name]) => /^mcp-(?:method|name)$/i.test(name)) ? mirrorOf(message, tools) : [];
  const length = ['Content-Length', String(message.length)];
  return [...ownBodilessHeaders(headers), 'Content-Type', 'application/json', ...mirrored, ...length];
}

/** The headers of a request of the client without a body. */
export function ownBodilessHeaders(headers: RawHeaders): RawHeaders {
  return pairs(headers)
    .filter(([name]) => !notSent.test(name))
    .flat();
}

/** Since 2026-07-28 a request repeats in its headers its method, the name that it is about, and the arguments that the tool marks. */
function mirrorOf(message: Uint8Array, tools: ToolHeaders): RawHeaders {
  const value = parseMessage(message);
  const { method, params } = isJsonObject(value) ? value : ({} as Record<string, JsonValue>);
  const name = isJsonObject(params) ? params['name'] : undefined;
  return [
    ...(typeof method === 'string' ? ['Mcp-Method', method] : []),
    ...(typeof name === 'string' ? ['Mcp-Name', headerValue(name)] : []),
    ...tools.paramHeaders(message).flatMap(([header, value]) => [header, headerValue(value)]),
  ];
}

/** A value as a header carries it (MCP 2026-07-28, transports, value encoding): a space at an end would be lost, and an encoded form decoded. */
function headerValue(value: string): string {
  const isPlain = /^[\x20-\x7e]+$/.test(value) && value.trim() === value && !/^=\?base64\?.*\?=$/.test(value);
  return isPlain ? value : `=?base64?${Buffer.from(value).toString('base64')}?=`;
}

/**
 * The headers of the server's answer that the client needs: the name of a session where one begins, how to sign in where that is missing,
 * and when to try again.
 */
export function ownResponseHeaders({ rawHeaders, statusCode = 0 }: IncomingMessage, begins: boolean): RawHeaders {
  const isWanted = ([name, value]: readonly [string, string]): boolean => {
    const key = name.toLowerCase();
    if (key === 'mcp-session-id') return begins;
    if (key === 'www-authenticate') return statusCode === 401 || statusCode === 403;
    return key === 'retry-after' && statusCode >= 400 && /^\d{1,9}$/.test(value);
  };
  return pairs(rawHeaders).filter(isWanted).flat();
}

/** Whether a path is the server's MCP address, an address that the server gave for messages, or, for GET, the metadata of a sign-in. */
export function isMcpPath({ upstream, log }: ExchangeContext, method: string, path: string): boolean {
  const { pathname, search } = upstream.url;
  // Servers differ in what they make of dots and escapes in a path.
  if (new URL(path, upstream.url).pathname !== path.split('?')[0]) return false;
  const [name = '', query] = [path.split('?')[0], path.includes('?') ? path.slice(path.indexOf('?')) : ''];
  if (withoutSlash(name) === withoutSlash(pathname) && (query === '' || query === search)) return true;
  if (method === 'POST') return log.isEndpoint(path);
  return (
    method === 'GET' &&
    query === '' &&
    /^\/\.well-known\/(?:oauth-protected-resource|oauth-authorization-server|openid-configuration)(?:\/|$)/.test(name)
  );
}

/** Whether a path holds metadata of a sign-in, which no guard judges. */
export function isSignInPath(path: string): boolean {
  return path.startsWith('/.well-known/');
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

function pairs(headers: RawHeaders): readonly (readonly [string, string])[] {
  return Array.from({ length: Math.floor(headers.length / 2) }, (_, at) => [
    headers[2 * at] ?? '',
    headers[2 * at + 1] ?? '',
  ]);
}
