/** Gates in an HTTP tap: which messages a guard holds or lets pass, and where each answer goes, on both HTTP transports. */
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { existsSync, readFileSync } from 'node:fs';
import type { HttpTapOptions } from '../../../../src/engine/tap/http/httpTap.ts';
import { askBackend, type GuardText } from '../../runtime/guards.ts';
import { type FakeServer, fakeHttpServer, type Received } from './fakeServer.ts';
import { gatesOf, labelling } from './guardGates.ts';
import { type TappedServer, tapServer } from './tapped.ts';
import { patiently } from '../../../support/patience.ts';
import { proves } from '../../../support/proves.ts';

const servers: FakeServer[] = [];
const taps: TappedServer[] = [];

afterEach(async () => {
  await Promise.all(taps.splice(0).map(({ tap }) => tap.close(AbortSignal.timeout(5000))));
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const allowing = labelling('{"resource":{"secrecy":[],"integrity":[]},"operation":"write"}');
/** The agent has no such integrity, so nothing may be written. */
const denying = labelling('{"resource":{"secrecy":[],"integrity":["approved"]},"operation":"write"}');

type Answer = (got: Received, response: ServerResponse) => void;

async function gated(
  text: GuardText,
  mode: 'watch' | 'enforce',
  answer: Answer,
  options: Partial<HttpTapOptions> = {},
): Promise<{ server: FakeServer; own: TappedServer; url: string }> {
  const server = await fakeHttpServer(answer);
  servers.push(server);
  const own = await tapServer(`${server.origin}/mcp`, { ...options, gates: gatesOf(text, mode) });
  taps.push(own);
  return { server, own, url: own.tap.url };
}

const both = 'application/json, text/event-stream';
const call = (id: unknown, text = 'x'): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'echo', arguments: { text } } });
const result = (id: unknown, text = 'x'): string =>
  JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } });
const post = (url: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', accept: both, ...headers } });
const idOf = (got: Received): unknown => (JSON.parse(got.body.toString()) as { id?: unknown }).id;
const dataOf = (text: string): readonly unknown[] =>
  [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data) as unknown);

const asJson: Answer = (got, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Mcp-Session-Id': 'one' });
  response.end(` ${result(idOf(got))}\n`);
};
const progress = '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}';
const asEvents: Answer = (got, response) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.write(`id: 1\nevent: message\ndata: ${progress}\n\n: still there\n\n`);
  response.end(`event: message\nid: 2\ndata: ${result(idOf(got))}\n\n`);
};

describe('watching', () => {
  test.each([
    ['JSON', asJson],
    ['events', asEvents],
  ])('changes nothing: the client gets the bytes of the server (%s)', async (_kind, answer) => {
    const { server, own, url } = await gated(labelling('{}', `(drop ${askBackend})`), 'watch', answer);
    const direct = await post(`${server.origin}/mcp`, call(1));
    const throughTap = await post(url, call(1), { 'mcp-session-id': 'one' });
    expect(await throughTap.text()).toBe(await direct.text());
    expect(throughTap.status).toBe(200);
    await waitFor(() => server.received.length === 3);
    const lookup = JSON.parse(server.received[2]?.body.toString() ?? '') as { id: string; params: unknown };
    expect(lookup.params).toEqual({ name: 'still', arguments: {} });
    expect(server.received[2]?.headers['mcp-session-id']).toBe('one');
    await waitFor(() => existsSync(own.file) && readFileSync(own.file, 'utf8').includes('"guard":['));
    const lines = await own.end();
    const session = lines.find((line) => line['dir'] === 'client')?.['session'];
    expect(session).toMatch(/^[0-9a-f]{8}$/);
    const seen = lines.filter((line) => line['dir'] !== undefined);
    expect(seen.every((line) => line['session'] === session)).toBe(true);
    expect(seen.filter(({ by }) => by === 'guard').map(({ dir, for: request }) => [dir, request])).toEqual([
      ['client', 1],
      ['server', 1],
    ]);
  });

  test('a batch passes unchanged', async () => {
    const { url } = await gated(allowing, 'watch', (got, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(got.body.toString().replaceAll('method', 'result'));
    });
    const batch = `[${call(1)}, ${call(2)}]`;
    expect(await (await post(url, batch)).text()).toBe(batch.replaceAll('method', 'result'));
  });
});

describe('enforcing', () => {
  test('an allowed call gets the answer as the gateway would send it, as JSON', async () => {
    const { url, server } = await gated(allowing, 'enforce', asJson);
    const answer = await post(url, call(15), { authorization: 'Bearer abc' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toMatchObject({ id: 15, result: { content: [{ type: 'text' }] } });
    expect(server.received).toHaveLength(1);
    expect(server.received[0]?.headers).toMatchObject({ authorization: 'Bearer abc', accept: both });
    const sent = JSON.parse(server.received[0]?.body.toString() ?? '') as object;
    expect(sent).toEqual({ ...(JSON.parse(call(15)) as object), id: expect.stringMatching(/^guardscope-/) as unknown });
  });

  test('notifications of a held call are recorded and not passed on, and its answer stays an event', async () => {
    const { url, own } = await gated(allowing, 'enforce', asEvents);
    const answer = await post(url, call('a'));
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(dataOf(await answer.text())).toMatchObject([{ id: 'a', result: {} }]);
    const lines = await own.end();
    expect(lines).toContainEqual(expect.objectContaining({ dir: 'server', msg: JSON.parse(progress) as object }));
    expect(lines).toContainEqual(expect.objectContaining({ event: 'not-passed' }));
  });

  test('a denied call never reaches the server', async () => {
    const { url, server, own } = await gated(denying, 'enforce', asJson);
    const answer = (await (await post(url, call(1))).json()) as { id: number; error: { message: string } };
    expect(answer).toMatchObject({ id: 1, error: {} });
    expect(answer.error.message).toContain('integrity');
    expect(server.received).toHaveLength(0);
    expect((await own.end()).find((line) => line['mode'] === 'enforce')).toMatchObject({ outcome: 'denied', for: 1 });
  });

  test('tool lists have no output schemas, and the right length', async () => {
    const { url } = await gated(allowing, 'enforce', (got, response) => {
      const tools = [{ name: 'a', inputSchema: {}, outputSchema: { type: 'object' } }];
      const body = JSON.stringify({ jsonrpc: '2.0', id: idOf(got), result: { tools } });
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length });
      response.end(body);
    });
    const answer = await post(url, '{"jsonrpc":"2.0","id":3,"method":"tools/list"}');
    expect(await answer.json()).toEqual({ jsonrpc: '2.0', id: 3, result: { tools: [{ name: 'a', inputSchema: {} }] } });
  });

  test('a batch with a call is refused as a whole', async () => {
    const { url, server } = await gated(allowing, 'enforce', asJson);
    const answer = await post(url, `[${call(1)},{"jsonrpc":"2.0","id":2,"method":"ping"}]`);
    expect(await answer.json()).toMatchObject([
      { id: 1, error: {} },
      { id: 2, error: {} },
    ]);
    expect(server.received).toHaveLength(0);
  });

  test('a call to a server that is down or refuses gets an error', async () => {
    const { url, server, own } = await gated(allowing, 'enforce', (_, response) => {
      response.writeHead(404, { 'Content-Type': 'application/json' });
      response.end('{"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"Session not found"}}');
    });
    const refused = await post(url, call(1));
    expect(refused.status).toBe(404);
    expect(await refused.json()).toMatchObject({ id: 1, error: {} });
    await server.close();
    const down = await post(url, call(2));
    expect(await down.json()).toMatchObject({ id: 2, error: {} });
    const lines = await own.end();
    expect(lines.find(({ event }) => event === 'unreachable')?.['reason']).toContain('refused the connection');
    expect(JSON.stringify(lines)).toContain('Session not found');
  });

  test('a repeated answer, as after a resumption, does not bypass the guard', async () => {
    let id: unknown;
    const { url } = await gated(allowing, 'enforce', (got, response) => {
      if (got.method === 'POST') {
        id = idOf(got);
        asJson(got, response);
        return;
      }
      const changed = '{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{"x":"once more"}}';
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Note': 'once more' });
      response.write(`id: 1\ndata: ${result(1, 'once more')}\n\n`);
      response.write(`: once more\n\nevent: once more\ndata: ${result(id, 'once more')}\n\n`);
      response.end(`id: once more\ndata: ${changed}\n\n`);
    });
    await (await post(url, call(1), { 'mcp-session-id': 'one' })).text();
    const resumed = await fetch(url, { headers: { 'mcp-session-id': 'one', 'last-event-id': '1', accept: both } });
    const text = `${JSON.stringify([...resumed.headers])} ${await resumed.text()}`;
    expect(text).not.toContain('once more');
    expect(dataOf(text)).toEqual([{ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }]);
  });

  test('the id of an unanswered request cannot be used again in its session', async () => {
    const releases: (() => void)[] = [];
    const { url } = await gated(allowing, 'enforce', (got, response) => {
      releases.push(() => asJson(got, response));
    });
    const first = post(url, call(1), { 'mcp-session-id': 'one' });
    await waitFor(() => releases.length === 1);
    const second = await post(url, call(1), { 'mcp-session-id': 'one' });
    expect(second.status).toBe(400);
    expect(await second.json()).toMatchObject({
      id: null,
      error: { message: expect.stringContaining('the id 1 is in use') as unknown },
    });
    for (const release of releases) release();
    expect(await (await first).json()).toMatchObject({ id: 1, result: {} });
  });

  test.each(['watch', 'enforce'] as const)(
    'clients without sessions use one id at once, and each gets its own answer (%s)',
    async (mode) => {
      const { url, own } = await gated(allowing, mode, (got, response) => {
        const { id, params } = JSON.parse(got.body.toString()) as {
          id: unknown;
          params: { arguments: { text: string } };
        };
        const { text } = params.arguments;
        // The first answers come last.
        setTimeout(
          () => {
            response.writeHead(200, { 'Content-Type': 'application/json' });
            response.end(result(id, `answer ${text}`));
          },
          text === 'one' ? 100 : 0,
        );
      });
      const texts = ['one', 'two', 'three', 'four'];
      const answers = await Promise.all(texts.map(async (text) => (await post(url, call(1, text))).text()));
      for (const [at, text] of texts.entries()) expect(answers[at]).toContain(`answer ${text}`);
      const lines = await own.end();
      const messages = lines.filter(({ dir }) => dir !== undefined);
      for (const text of texts) {
        const about = messages.filter(({ msg }) => new RegExp(`\\b${text}\\b`).test(JSON.stringify(msg)));
        expect([about.length, new Set(about.map(({ exchange }) => exchange)).size]).toEqual([2, 1]);
      }
    },
  );

  test.each(['PUT', 'PATCH', 'OPTIONS', 'HEAD', 'QUERY'])(
    '%s is refused before it reaches the server',
    async (method) => {
      const { url, server } = await gated(allowing, 'enforce', asJson);
      const refused = await fetch(url, { method, ...(method === 'HEAD' ? {} : { body: call(1) }) });
      expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'POST, GET, DELETE']);
      expect(server.received).toHaveLength(0);
    },
  );

  test('a message keeps none of the headers that could make another request of it', async () => {
    const { url, server } = await gated(allowing, 'enforce', asJson);
    const headers = {
      'x-http-method-override': 'DELETE',
      'content-type': 'text/plain; charset=utf-16',
      'mcp-method': 'ping',
      'mcp-name': 'other',
      'last-event-id': '7',
    };
    await (await post(url, call(1), headers)).text();
    const { headers: got = {} } = server.received[0] ?? {};
    expect(got).toMatchObject({ 'content-type': 'application/json', 'mcp-method': 'tools/call', 'mcp-name': 'echo' });
    expect([got['x-http-method-override'], got['last-event-id']]).toEqual([undefined, undefined]);
    const packed = await post(url, call(2), { 'content-encoding': 'gzip' });
    expect([packed.status, await packed.text()]).toEqual([415, expect.stringContaining('tap/unread-encoding')]);
  });

  test.each([
    ['get issue', 'get issue'],
    [' padded', '=?base64?IHBhZGRlZA==?='],
    ['ü', '=?base64?w7w=?='],
    ['=?base64?literal?=', '=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?='],
  ])('the tool %j is named %s in the header of the call', async (name, header) => {
    const { url, server } = await gated(allowing, 'enforce', asJson);
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } });
    await (await post(url, body, { 'mcp-method': 'tools/call' })).text();
    expect(server.received[0]?.headers['mcp-name']).toBe(header);
  });

  test('the arguments that a tool marks are repeated in headers, from what the guard judged', async () => {
    proves('own:marked-arguments');
    const properties = {
      text: { type: 'string', 'x-mcp-header': 'Text' },
      note: { type: 'string', 'x-mcp-header': 'Note' },
    };
    const { url, server } = await gated(allowing, 'enforce', (got, response) => {
      const { id, method } = JSON.parse(got.body.toString()) as { readonly id: number; readonly method: string };
      const tools = [{ name: 'echo', inputSchema: { type: 'object', properties } }];
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(method === 'tools/list' ? JSON.stringify({ jsonrpc: '2.0', id, result: { tools } }) : result(id));
    });
    const headers = {
      'mcp-method': 'tools/call',
      'mcp-name': 'echo',
      'mcp-param-text': 'other',
      'mcp-param-note': 'n',
    };
    await (await post(url, '{"jsonrpc":"2.0","id":1,"method":"tools/list"}', { 'mcp-method': 'tools/list' })).text();
    await (await post(url, call(2, 'ü'), headers)).text();
    // A client of an older revision repeats nothing.
    await (await post(url, call(3, 'x'))).text();
    expect(server.received.map((got) => [got.headers['mcp-param-text'], got.headers['mcp-param-note']])).toEqual([
      [undefined, undefined],
      ['=?base64?w7w=?=', undefined],
      [undefined, undefined],
    ]);
  });

  test('a client that disconnects does not cancel its call, as at the gateway', async () => {
    proves('own:disconnect-cancels-nothing');
    let [isAsked, isCut, finish]: [boolean, boolean, () => void] = [false, false, () => undefined];
    const { url, own, server } = await gated(allowing, 'enforce', (got, response) => {
      if (isAsked) return asJson(got, response);
      isAsked = true;
      response.on('close', () => (isCut = !response.writableFinished));
      finish = () => asJson(got, response);
    });
    const client = new AbortController();
    const asked = fetch(url, { method: 'POST', body: call(1), signal: client.signal }).catch(() => 'disconnected');
    await waitFor(() => isAsked);
    client.abort();
    expect(await asked).toBe('disconnected');
    // The tap has noticed the disconnection when it answers the next request.
    await (await post(url, '{"jsonrpc":"2.0","id":2,"method":"tools/list"}')).text();
    finish();
    const decided = (): string => (existsSync(own.file) ? readFileSync(own.file, 'utf8') : '');
    await waitFor(() => decided().includes('"outcome":"allowed"'));
    expect(isCut).toBe(false);
    expect(server.received.map(({ body }) => /"method":"([^"]*)"/.exec(body.toString())?.[1])).toEqual([
      'tools/call',
      'tools/list',
    ]);
  });

  test('a redirect of the server does not bypass the guard', async () => {
    const { url, server } = await gated(allowing, 'enforce', (got, response) => {
      if (got.url === '/mcp') response.writeHead(307, { Location: `http://${got.headers.host ?? ''}/mcp/` }).end();
      else if (got.url === '/mcp/') asJson(got, response);
      else response.writeHead(308, { Location: 'http://127.0.0.1:1/mcp' }).end();
    });
    const begun = await post(url, '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{}}');
    expect(begun.url).toBe(`${url}/`);
    expect(await (await post(url, call(1))).json()).toMatchObject({ id: 1, result: {} });
    expect(server.received.map((got) => got.url)).toEqual(['/mcp', '/mcp/', '/mcp', '/mcp/']);
    const other = await post(url.replace(/mcp$/, 'other'), '{"jsonrpc":"2.0","id":2,"method":"ping"}');
    expect([other.status, await other.text()]).toEqual([404, expect.stringContaining('tap/not-mcp-path')]);
  });

  test('a message that is too long for a guard does not pass', async () => {
    const { url } = await gated(
      allowing,
      'enforce',
      (got, response) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.write(`data: {"note":"${'x'.repeat(3000)}"}\n\n`);
        response.end(`data: ${result(idOf(got))}\n\n`);
      },
      { maxMessageBytes: 1000 },
    );
    const listed = await post(url, '{"jsonrpc":"2.0","id":1,"method":"tools/list"}');
    expect(dataOf(await listed.text())).toMatchObject([{ id: 1 }]);
    const tooLong = await post(url, call(2, 'x'.repeat(2000)));
    expect(tooLong.status).toBe(413);
    expect(await tooLong.text()).toContain('tap/too-long');
  });

  test('a message that a guard cannot read passes in neither direction, and its sender gets the reason', async () => {
    const { url, server } = await gated(allowing, 'enforce', (_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end('{"jsonrpc":"2.0","id":1,"result":{"x":NaN}}');
    });
    const unreadable = [
      [call(1).replace('"x"', 'NaN'), -32_700],
      ['{"jsonrpc":"2.0","id":true,"method":"tools/call"}', -32_600],
    ] as const;
    for (const [body, code] of unreadable) {
      const refused = await post(url, body);
      expect([refused.status, await refused.json()]).toMatchObject([400, { id: null, error: { code } }]);
    }
    expect(server.received).toHaveLength(0);
    const answer = await post(url, '{"jsonrpc":"2.0","id":1,"method":"tools/list"}');
    expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining('tap/not-json')]);
  });

  test('a client that disconnects ends nothing else; the next call is decided', async () => {
    let waiting: (() => void) | null = null;
    const { url, own } = await gated(allowing, 'enforce', (got, response) => {
      if (waiting === null) waiting = () => asJson(got, response);
      else asJson(got, response);
    });
    const leaving = new AbortController();
    const gone = fetch(url, { method: 'POST', body: call(1), headers: { accept: both }, signal: leaving.signal });
    await waitFor(() => waiting !== null);
    leaving.abort();
    await expect(gone).rejects.toThrow();
    // Waits until the tap has handled the disconnection.
    await new Promise((resolve) => setTimeout(resolve, 100));
    (waiting as (() => void) | null)?.();
    expect(await (await post(url, call(2))).json()).toMatchObject({ id: 2, result: {} });
    expect((await own.end()).filter(({ event }) => event === 'undelivered')).toHaveLength(1);
  });

  test('each session has a guard of its own, and ends when the server ends it', async () => {
    const { url, own } = await gated(allowing, 'enforce', (got, response) => {
      if (got.method !== 'DELETE') asJson(got, response);
      else response.writeHead(got.headers['mcp-session-id'] === 'kept' ? 405 : 204).end();
    });
    for (const session of ['a', 'b', 'kept']) await (await post(url, call(1), { 'mcp-session-id': session })).text();
    for (const session of ['a', 'kept']) {
      await fetch(url, { method: 'DELETE', headers: { 'mcp-session-id': session } });
    }
    const lines = await own.end();
    const guarded = lines.filter((line) => Array.isArray(line['guard']));
    expect(new Set(guarded.map((line) => line['session'])).size).toBe(3);
    expect(guarded).toHaveLength(3);
  });
});

describe('the older transport', () => {
  /** A server that answers a POST with `accept`, which gets what sends an event on the stream; and what a client reads from that stream. */
  async function older(accept: (got: Received, response: ServerResponse, send: (message: string) => void) => void) {
    let stream: ServerResponse | null = null;
    const { url, server } = await gated(allowing, 'enforce', (got, response) => {
      if (got.method === 'GET') {
        stream = response;
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.write('event: endpoint\ndata: /messages?sessionId=1\n\n');
      } else accept(got, response, (message) => void stream?.write(`event: message\ndata: ${message}\n\n`));
    });
    const opened = await fetch(url, { headers: { accept: 'text/event-stream' } });
    const reader = (opened.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    const read = async (part: string): Promise<string> => {
      while (!text.includes(part)) text += Buffer.from((await reader.read()).value ?? []).toString();
      return text;
    };
    await read('\n\n');
    const endpoint = /data: (\S+)/.exec(text)?.[1] ?? '';
    const messages = async (part: string): Promise<readonly unknown[]> =>
      dataOf((await read(part)).slice(text.indexOf('\n\n')));
    return { server, endpoint, messages, close: () => reader.cancel() };
  }

  test('answers come on the stream, including those of the gate', async () => {
    const { server, endpoint, messages, close } = await older((got, response, send) => {
      response.writeHead(202).end('Accepted');
      send(result(idOf(got)));
    });
    expect(endpoint).toMatch(/\/[\w-]{32}\/messages\?sessionId=1$/);
    const accepted = await post(endpoint, call(1));
    expect([accepted.status, await accepted.text()]).toEqual([202, 'Accepted']);
    expect(await messages('"id":1')).toMatchObject([{ id: 1, result: {} }]);
    expect(server.received.map(({ method }) => method)).toEqual(['GET', 'POST']);
    await close();
  });

  test('an answer that the gate changes comes on the stream, although the server has not accepted the request yet', async () => {
    const tool = { name: 'a', inputSchema: { type: 'object' }, outputSchema: { type: 'object' } };
    const { endpoint, messages, close } = await older((got, response, send) => {
      send(JSON.stringify({ jsonrpc: '2.0', id: idOf(got), result: { tools: [tool] } }));
      setTimeout(() => response.writeHead(202).end('Accepted'), 200);
    });
    const accepted = await post(endpoint, '{"jsonrpc":"2.0","id":1,"method":"tools/list"}');
    expect(accepted.status).toBe(202);
    const { outputSchema: _, ...shown } = tool;
    expect(await messages('"id":1')).toEqual([{ jsonrpc: '2.0', id: 1, result: { tools: [shown] } }]);
    await close();
  });

  test('a refusal of the gate comes on the stream', async () => {
    const { server, endpoint, messages, close } = await older((_, response) => response.writeHead(202).end('Accepted'));
    const accepted = await post(endpoint, `[${call(1)},${call(2)}]`);
    expect([accepted.status, await accepted.text()]).toEqual([202, 'Accepted']);
    expect(await messages('"id":2')).toMatchObject([
      { id: 1, error: { message: expect.stringContaining('batch') } },
      { id: 2, error: { message: expect.stringContaining('batch') } },
    ]);
    expect(server.received.map(({ method }) => method)).toEqual(['GET']);
    await close();
  });
});

async function waitFor(done: () => boolean): Promise<void> {
  const began = performance.now();
  while (!done() && performance.now() - began < patiently(20_000))
    await new Promise((resolve) => setTimeout(resolve, 2));
  expect(done()).toBe(true);
}
