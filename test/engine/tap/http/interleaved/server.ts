/**
 * A server of MCP 2026-07-28 for interleaved clients: it has no state, checks the headers and the `_meta` of each request as the revision
 * requires, and answers a call as the arguments of the call say.
 */
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FakeServer, fakeHttpServer, type Received } from '../fakeServer.ts';

/** The revision of MCP without sessions. */
export const statelessVersion = '2026-07-28';

/** Keys of `_meta` in each request of that revision. */
export const requestMeta = {
  'io.modelcontextprotocol/protocolVersion': statelessVersion,
  'io.modelcontextprotocol/clientInfo': { name: 'interleaved', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
};

interface Asked {
  readonly id?: number | string;
  readonly method: string;
  readonly params?: {
    readonly name?: string;
    readonly _meta?: Readonly<Record<string, unknown>>;
    readonly arguments?: {
      readonly marker?: string;
      readonly kind?: string;
      readonly waits?: readonly number[];
      readonly progress?: number;
    };
    readonly requestState?: string;
  };
}

/** `refused` gets the reason for each request that breaks a rule of the revision. */
export function interleavedServer(refused: (reason: string) => void): Promise<FakeServer> {
  return fakeHttpServer((got, response) => {
    const asked = JSON.parse(got.body.toString()) as Asked;
    const wrong = wrongIn(got, asked);
    if (wrong !== null) {
      refused(`${wrong}: ${got.body.toString()}`);
      const error = { code: -32_020, message: wrong };
      response.writeHead(400, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ jsonrpc: '2.0', id: asked.id ?? null, error }));
    } else if (asked.id === undefined) response.writeHead(202).end();
    else void answer(asked, response);
  });
}

/** The rule that a request breaks; null for none. A notification needs no `_meta` from the tap, which cancels what clients gave up. */
function wrongIn({ headers }: Received, { id, method, params }: Asked): string | null {
  if (headers['mcp-method'] !== method) return `Mcp-Method is "${String(headers['mcp-method'])}", not "${method}"`;
  if (id === undefined) return null;
  if (headers['mcp-name'] !== params?.name) return `Mcp-Name is "${String(headers['mcp-name'])}"`;
  const version = params?._meta?.['io.modelcontextprotocol/protocolVersion'];
  return version === headers['mcp-protocol-version'] ? null : `the version in _meta is ${String(version)}`;
}

async function answer({ id, method, params }: Asked, response: ServerResponse): Promise<void> {
  const { marker = 'look-up', kind = 'json', waits = [], progress = 0 } = params?.arguments ?? {};
  const text = (of: string): object => ({ resultType: 'complete', content: [{ type: 'text', text: of }] });
  const body = ((): object => {
    if (kind === 'error') return { error: { code: -32_000, message: `failed ${marker}` } };
    if (kind !== 'input' || params?.requestState !== undefined) return { result: text(`answer ${marker}`) };
    const ask = { method: 'elicitation/create', params: { message: marker, requestedSchema: { type: 'object' } } };
    return { result: { resultType: 'input_required', inputRequests: { ask }, requestState: `state ${marker}` } };
  })();
  const message = JSON.stringify({ jsonrpc: '2.0', id, ...body });
  await sleep(waits[0] ?? 0);
  if (kind !== 'events' && method !== 'subscriptions/listen') {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    await sleep(waits[1] ?? 0);
    response.end(message);
    return;
  }
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  const note = (of: string, more: object): void => {
    response.write(`event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', method: of, params: more })}\n\n`);
  };
  if (method === 'subscriptions/listen') {
    const _meta = { 'io.modelcontextprotocol/subscriptionId': id };
    note('notifications/subscriptions/acknowledged', { _meta, notifications: { toolsListChanged: true, marker } });
  }
  for (let at = 0; at < progress; at++) {
    await sleep(waits[2] ?? 0);
    note('notifications/progress', { progressToken: marker, progress: at });
  }
  await sleep(waits[3] ?? 0);
  // Some servers cut an event into packets.
  response.write(`event: message\ndata: ${message.slice(0, 20)}`);
  await sleep(waits[1] ?? 0);
  response.end(`${message.slice(20)}\n\n`);
}
