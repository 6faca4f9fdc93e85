/** The headers that a proxy passes on: all but those of one hop, byte for byte and in order. */
import type { IncomingMessage } from 'node:http';

/** Headers that belong to one connection (RFC 9110, 7.6.1). */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Names and values in turn, the form of Node's `rawHeaders`. */
export type RawHeaders = readonly string[];

/**
 * The headers for the server: with its own host instead of the tap's, and without compression, so that events can be read while they pass.
 * A body of unknown length is sent in chunks.
 */
export function requestHeaders(request: IncomingMessage, host: string): RawHeaders {
  const passed = passedOn(request.rawHeaders, new Set(['host', 'accept-encoding', 'expect']));
  // Node sends the body of a GET or DELETE bare unless its framing is named.
  const framing = request.headers['transfer-encoding'] === undefined ? [] : ['Transfer-Encoding', 'chunked'];
  return ['Host', host, ...passed, ...framing, 'Accept-Encoding', 'identity'];
}

/** The headers for the client. */
export function responseHeaders(response: IncomingMessage): RawHeaders {
  return passedOn(response.rawHeaders, new Set());
}

function passedOn(headers: RawHeaders, without: ReadonlySet<string>): readonly string[] {
  const ofThisHop = namedByConnection(headers);
  const passed: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? '';
    const key = name.toLowerCase();
    if (!hopByHop.has(key) && !without.has(key) && !ofThisHop.has(key)) passed.push(name, headers[at + 1] ?? '');
  }
  return passed;
}

/** Headers of this hop that `Connection` names, in small letters. */
function namedByConnection(headers: RawHeaders): ReadonlySet<string> {
  const named = new Set<string>();
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (headers[at]?.toLowerCase() !== 'connection') continue;
    for (const name of (headers[at + 1] ?? '').split(',')) named.add(name.trim().toLowerCase());
  }
  return named;
}
