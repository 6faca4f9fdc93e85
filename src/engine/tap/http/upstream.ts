/** The server behind an HTTP tap: its address, requests to it, and why they fail. */
import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Failure } from '../../../core/base/failure.ts';
import type { RawHeaders } from './headers.ts';

/** Reads the address of a server. Throws `tap/bad-url`. */
export function readUpstreamUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const hint = 'Use the address that the client would use, such as http://127.0.0.1:3001/mcp';
  if (url === null) throw new Failure('tap/bad-url', `"${text}" is not a URL`, hint);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Failure('tap/bad-url', `The tap reaches servers by http and https, not by "${url.protocol}//"`, hint);
  }
  if (url.username !== '' || url.password !== '') {
    const advice = 'Remove name and password from the address, and send them as a header';
    throw new Failure('tap/bad-url', 'The address contains a name or password, which would be recorded', advice);
  }
  return url;
}

export class Upstream {
  readonly url: URL;
  readonly #agent: HttpAgent | HttpsAgent;

  constructor(url: URL) {
    this.url = url;
    const options = { keepAlive: true, maxSockets: Infinity };
    this.#agent = url.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /** Opens a request to a path of the server (with its query); the caller sends the body. */
  open(method: string, path: string, headers: RawHeaders): ClientRequest {
    const { protocol, hostname, port } = this.url;
    const send = protocol === 'https:' ? httpsRequest : httpRequest;
    return send({
      agent: this.#agent,
      method,
      // An IPv6 address has brackets only in a URL.
      hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? undefined : port,
      path,
      headers: [...headers],
    });
  }

  /** An address of the server as the client must see it, behind the address of the tap. Null for an address on another server. */
  tapped(address: string, prefix: string): string | null {
    if (!/^(?:[a-z][a-z0-9+.-]*:)?\//i.test(address)) return address;
    const url = URL.canParse(address, this.url.href) ? new URL(address, this.url.href) : null;
    return url?.origin === this.url.origin ? `${prefix}${url.pathname}${url.search}` : null;
  }

  /** The path on this server to which an answer redirects a POST with its body; null when there is none. */
  movedTo(path: string, { statusCode, headers }: IncomingMessage): string | null {
    if ((statusCode !== 307 && statusCode !== 308) || headers.location === undefined) return null;
    const from = new URL(path, this.url);
    const url = URL.canParse(headers.location, from.href) ? new URL(headers.location, from.href) : null;
    return url?.origin === this.url.origin ? `${url.pathname}${url.search}` : null;
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Why the server cannot be reached, and the next step. */
export function unreachable(url: URL, error: NodeJS.ErrnoException): Failure {
  const { code = '', message } = error;
  const what = `The server at ${url.origin} `;
  if (code === 'ECONNREFUSED')
    return new Failure('tap/unreachable', `${what}refused the connection`, 'Start it, or correct the address');
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new Failure('tap/unreachable', `The host "${url.hostname}" is not known`, 'Correct the address');
  }
  if (/CERT|SELF_SIGNED|ISSUER|ALTNAME|SSL|TLS|EPROTO/.test(code) || /certificate|ssl/i.test(message)) {
    const hint = 'For a private certificate, name its authority in NODE_EXTRA_CA_CERTS';
    return new Failure('tap/untrusted', `${what}cannot be reached by https: ${message}`, hint);
  }
  return new Failure(
    'tap/unreachable',
    `${what}broke the connection: ${message || code}`,
    'Check the log of the server',
  );
}

/** The media type without its parameters, in small letters. */
export function mediaType(response: Pick<IncomingMessage, 'headers'>): string {
  return (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Whether a media type is JSON. */
export function isJsonType(type: string): boolean {
  return type === 'application/json' || type.endsWith('+json');
}
