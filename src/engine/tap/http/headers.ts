/** Which headers a proxy passes on, and in which words: everything but what belongs to one hop, byte for byte and in order. */
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

/** Names and values in turn, as Node takes them. */
export type RawHeaders = readonly string[];

/**
 * What the server gets: its own host instead of the tap's, and no wish for compression, so that events can be seen as they pass. A body
 * of unknown length goes on as chunks.
 */
export function requestHeaders(request: IncomingMessage, host: string): RawHeaders {
  const kept = passedOn(request.rawHeaders, new Set(['host', 'accept-encoding', 'expect']));
  return ['Host', host, ...kept, 'Accept-Encoding', 'identity'];
}

/** What the client gets. */
export function responseHeaders(response: IncomingMessage): RawHeaders {
  return passedOn(response.rawHeaders, new Set());
}

function passedOn(headers: RawHeaders, without: ReadonlySet<string>): readonly string[] {
  const named = namedByConnection(headers);
  const kept: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? '';
    const key = name.toLowerCase();
    if (!hopByHop.has(key) && !without.has(key) && !named.has(key)) kept.push(name, headers[at + 1] ?? '');
  }
  return kept;
}

/** `Connection` may name more headers of this hop. */
function namedByConnection(headers: RawHeaders): ReadonlySet<string> {
  const named = new Set<string>();
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (headers[at]?.toLowerCase() !== 'connection') continue;
    for (const name of (headers[at + 1] ?? '').split(',')) named.add(name.trim().toLowerCase());
  }
  return named;
}
