/** The HTTP tap: bodies are the same on both sides, others are refused, and no secret is recorded. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { startHttpTap } from '../../../../src/engine/tap/http/httpTap.ts';
import { type FakeServer, fakeHttpServer } from './fakeServer.ts';
import { type TappedServer, tapServer } from './tapped.ts';
import { proves } from '../../../support/proves.ts';

const servers: FakeServer[] = [];
const taps: TappedServer[] = [];

afterEach(async () => {
  await Promise.all(taps.splice(0).map(({ tap }) => tap.close(AbortSignal.timeout(5000))));
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** The bytes of an answer. */
function rawAnswer(url: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST' }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part)).on('end', () => resolve(Buffer.concat(parts)));
    });
    sent.on('error', reject).end(call(1));
  });
}

async function tapped(...args: Parameters<typeof fakeHttpServer>): Promise<{ server: FakeServer; own: TappedServer }> {
  const server = await fakeHttpServer(...args);
  servers.push(server);
  const own = await tapServer(`${server.origin}/mcp`);
  taps.push(own);
  return { server, own };
}

const call = (id: number, text = 'x'): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'echo', arguments: { text } } });
const result = (id: number): string => JSON.stringify({ jsonrpc: '2.0', id, result: { content: [] } });
const post = (url: string, body: BodyInit, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

describe('passing on', () => {
  test('bodies, status and headers are the same, and the session id is not in the capture', async () => {
    const { server, own } = await tapped((_, response) => {
      response.writeHead(201, 'Made Up', [
        ...['Content-Type', 'application/json', 'Mcp-Session-Id', 'very-secret-session'],
        ...['X-Odd', 'a', 'X-Odd', 'b', 'Set-Cookie', 'k=v'],
      ]);
      response.end(`  ${result(1)}\n`);
    });
    const answer = await post(own.tap.url, ` ${call(1)}\r\n`, {
      authorization: 'Bearer abcdefghijklmnopqrstuvwxyz',
      'mcp-protocol-version': '2025-11-25',
    });
    expect(answer.status).toBe(201);
    expect(answer.statusText).toBe('Made Up');
    expect(answer.headers.get('x-odd')).toBe('a, b');
    expect(answer.headers.get('mcp-session-id')).toBe('very-secret-session');
    expect(await answer.text()).toBe(`  ${result(1)}\n`);
    expect(server.received[0]).toMatchObject({
      url: '/mcp',
      headers: {
        authorization: 'Bearer abcdefghijklmnopqrstuvwxyz',
        'mcp-protocol-version': '2025-11-25',
        host: server.origin.replace('http://', ''),
      },
    });
    expect(server.received[0]?.body.toString()).toBe(` ${call(1)}\r\n`);
    const lines = await own.end();
    const text = readFileSync(own.file, 'utf8');
    for (const secret of ['abcdefghijklmnop', 'very-secret-session', own.tap.url.split('/')[3] ?? '?']) {
      expect(text).not.toContain(secret);
    }
    expect(lines.map(({ dir, msg, event }) => [dir ?? event, (msg as { id?: number } | undefined)?.id])).toEqual([
      [undefined, undefined],
      ['client', 1],
      ['server', 1],
      ['exit', undefined],
    ]);
  });

  test('a head passes before a body that comes later, in both directions', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const own = await tapServer(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
    taps.push(own);
    const sent = request(own.tap.url, { method: 'POST', headers: { 'content-type': 'application/json' } });
    sent.flushHeaders();
    const [incoming, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
    sent.end(call(1));
    expect(Buffer.concat((await incoming.toArray()) as Buffer[]).toString()).toBe(call(1));
    response.writeHead(200, { 'Content-Type': 'application/json' }).flushHeaders();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    response.end(result(1));
    expect(Buffer.concat((await answer.toArray()) as Buffer[]).toString()).toBe(result(1));
    server.close();
  });

  test('each event passes at once and is recorded as a message', async () => {
    let finish = (): void => undefined;
    const { own } = await tapped((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write('id: 1\r\nevent: message\r\ndata: {"jsonrpc":"2.0",\r\ndata: "method":"a"}\r\n\r\n');
      finish = () => response.end(`data: ${result(1)}\n\n`);
    });
    const answer = await post(own.tap.url, call(1), { 'mcp-session-id': 's1' });
    const reader = (answer.body ?? new ReadableStream<Uint8Array>()).getReader();
    const first = Buffer.from((await reader.read()).value ?? []).toString();
    // The stream continues, because the server has not ended it yet.
    expect(first).toBe('id: 1\r\nevent: message\r\ndata: {"jsonrpc":"2.0",\r\ndata: "method":"a"}\r\n\r\n');
    finish();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe(`data: ${result(1)}\n\n`);
    const lines = await own.end();
    expect(lines.slice(1, -1)).toMatchObject([
      { dir: 'client', session: expect.stringMatching(/^[0-9a-f]{8}$/), msg: { id: 1 } },
      { dir: 'server', msg: { method: 'a' } },
      { dir: 'server', msg: { id: 1 } },
    ]);
  });

  test('the first request of a session is recorded with the session of its answer', async () => {
    const initialize = JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params: {} });
    const { own } = await tapped((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Mcp-Session-Id': 'one' });
      response.end(result(0));
    });
    await (await post(own.tap.url, initialize)).text();
    await (await post(own.tap.url, call(1), { 'mcp-session-id': 'one' })).text();
    await (await fetch(own.tap.url, { method: 'DELETE', headers: { 'mcp-session-id': 'one' } })).text();
    const lines = await own.end();
    const sessions = new Set(lines.slice(1, -1).map(({ session }) => session));
    expect(sessions.size).toBe(1);
    expect(lines.at(-3)).toMatchObject({ event: 'session-deleted' });
  });

  test('the address of the older transport leads through the tap, whatever the chunks', async () => {
    const { server, own } = await tapped((got, response) => {
      if (got.method === 'POST') {
        response.writeHead(202).end('Accepted');
        return;
      }
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      const text = `event: endpoint\ndata: /messages?sessionId=42\n\nevent: message\ndata: ${result(7)}\n\n`;
      // One timer after the other: those of different durations may come out of order on a busy machine.
      const writeFrom = (at: number): void => {
        if (at === text.length) response.end();
        else response.write(text.charAt(at), () => setTimeout(writeFrom, 1, at + 1));
      };
      writeFrom(0);
    });
    const stream = await (await fetch(own.tap.url)).text();
    const [, address = ''] = /data: (.*)\n/.exec(stream) ?? [];
    expect(address).toBe(`${own.tap.url.replace(/\/mcp$/, '')}/messages?sessionId=42`);
    expect(stream).toBe(`event: endpoint\ndata: ${address}\n\nevent: message\ndata: ${result(7)}\n\n`);
    expect((await post(address, call(7))).status).toBe(202);
    expect(server.received.at(-1)?.url).toBe('/messages?sessionId=42');
    const lines = await own.end();
    const [one, other] = lines.filter(({ dir }) => dir !== undefined);
    expect(one?.['session']).toBe(other?.['session']);
  });

  test.each(['\uFEFF', ': hello\n\n', '\uFEFF: hello\r\n: there\n\n\n'])(
    'it does so after %j, which comes at once',
    async (before) => {
      let goOn = (): void => undefined;
      const seen = new Promise<void>((resolve) => (goOn = resolve));
      const { own } = await tapped((got, response) => {
        if (got.method === 'POST') {
          response.writeHead(202).end('Accepted');
          return;
        }
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.write(before);
        // The rest comes when the client has the beginning, which it would never have if the tap waited for more.
        void seen.then(() => response.end(`event: endpoint\ndata: /messages?sessionId=42\n\n`));
      });
      const reader = ((await fetch(own.tap.url)).body as ReadableStream<Uint8Array>).getReader();
      const parts: Buffer[] = [];
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        parts.push(Buffer.from(part.value));
        if (Buffer.concat(parts).toString() === before) goOn();
      }
      const address = `${own.tap.url.replace(/\/mcp$/, '')}/messages?sessionId=42`;
      expect(Buffer.concat(parts).toString()).toBe(`${before}event: endpoint\ndata: ${address}\n\n`);
      await post(address, call(7));
      // The session is known by its address.
      expect((await own.end()).find(({ dir }) => dir === 'client')?.['session']).toMatch(/^[0-9a-f]{8}$/);
    },
  );

  test.each(['/mcp/', 'ORIGIN/mcp/', 'mcp/'])(
    'a server that sends its clients on to %s is reached through the tap, and each message is recorded once',
    async (location) => {
      const { server, own } = await tapped((got, response) => {
        const address = location.replace('ORIGIN', `http://${got.headers.host ?? ''}`);
        if (got.url === '/mcp') response.writeHead(307, { Location: address }).end();
        else response.writeHead(200, { 'Content-Type': 'application/json' }).end(result(7));
      });
      const initialize = JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params: {} });
      for (const body of [initialize, call(7)]) expect((await post(own.tap.url, body)).status).toBe(200);
      expect(server.received.map(({ url }) => url)).toEqual(['/mcp', '/mcp/', '/mcp', '/mcp/']);
      expect((await own.end()).map(({ dir }) => dir).filter((dir) => dir === 'client')).toHaveLength(2);
      expect(own.failures).toEqual([]);
    },
  );

  test('a redirect to another server is reported', async () => {
    const { own } = await tapped((_, response) => {
      response.writeHead(307, { Location: 'http://127.0.0.1:1/mcp?key=abc' }).end();
    });
    const answer = await fetch(own.tap.url, { method: 'POST', body: call(1), redirect: 'manual' });
    expect(answer.headers.get('location')).toBe('http://127.0.0.1:1/mcp?key=abc');
    expect(own.failures).toMatchObject([
      {
        code: 'tap/redirected',
        message: expect.stringMatching(/ redirects its clients to "http:\/\/127\.0\.0\.1:1", which bypasses the tap$/),
      },
    ]);
  });

  test('a compressed answer passes unchanged, and is recorded decompressed', async () => {
    const zipped = gzipSync(result(1));
    const { own } = await tapped((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }).end(zipped);
    });
    expect((await rawAnswer(own.tap.url)).equals(zipped)).toBe(true);
    expect((await own.end()).find(({ dir }) => dir === 'server')).toMatchObject({ msg: { id: 1 } });
  });

  const event = Buffer.from(`data: ${result(1)}\n\n`);
  test.each([
    ['gzip', event],
    ['gzip', Buffer.concat([gzipSync(event), Buffer.from('garbage')])],
    ['br', event],
    ['deflate', deflateRawSync(event)],
    ['zstd', event],
  ])('a stream of events that cannot be decompressed passes as it is: %s', async (encoding, body) => {
    const { own } = await tapped((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Content-Encoding': encoding });
      response.write(body.subarray(0, 10));
      setTimeout(() => response.end(body.subarray(10)), 20);
    });
    expect((await rawAnswer(own.tap.url)).equals(body)).toBe(true);
    expect((await own.end()).map(({ event: name }) => name)).toContainEqual(
      expect.stringMatching(/^(?:bad|unread)-encoding$/),
    );
  });

  test('a long request to a server that is not running leaves the connection usable', async () => {
    const own = await tapServer('http://127.0.0.1:1/mcp');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const body of [Buffer.alloc(8_000_000, 0x20), Buffer.from(call(2))]) {
      const status = await new Promise((resolve, reject) => {
        const sent = request(own.tap.url, { method: 'POST', agent }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode));
        });
        sent.on('error', reject).end(body);
      });
      expect(status).toBe(502);
    }
    agent.destroy();
    await own.end();
  });

  test('random bodies are the same on both sides', async () => {
    proves('own:tap-bytes');
    const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
    const { server, own } = await tapped(({ body }, response) => {
      response.writeHead(200, {
        'Content-Type': body.length % 2 === 0 ? 'application/json' : 'application/octet-stream',
      });
      for (let at = 0; at < body.length; at += 60_000) response.write(body.subarray(at, at + 60_000));
      response.end();
    });
    let seed = 7;
    const random = (limit: number): number => (seed = (seed * 48_271) % 2_147_483_647) % limit;
    for (const length of [
      0,
      1,
      2,
      65_535,
      65_536,
      65_537,
      1_000_003,
      5_000_000,
      ...Array.from({ length: 30 }, () => random(200_000)),
    ]) {
      const body = Buffer.alloc(length, createHash('sha512').update(String(length)).digest());
      const answer = Buffer.from(await (await post(own.tap.url, body)).arrayBuffer());
      expect(hash(answer)).toBe(hash(body));
      expect(hash(server.received.at(-1)?.body ?? Buffer.alloc(0))).toBe(hash(body));
    }
  });

  test('a client that disconnects cancels its request to the server', async () => {
    let gone = (): void => undefined;
    const left = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const { own } = await tapped((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(': hello\n\n');
      response.on('close', () => gone());
    });
    const abort = new AbortController();
    const answer = await fetch(own.tap.url, { signal: abort.signal });
    await answer.body?.getReader().read();
    abort.abort();
    await left;
  });

  test('an answer that is cut off does not look complete', async () => {
    const { own } = await tapped((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.write('{"jsonrpc":');
      setTimeout(() => response.destroy(), 30);
    });
    await expect(post(own.tap.url, call(1)).then((answer) => answer.text())).rejects.toThrow();
  });

  test('a client that does not read makes the server wait, and the memory is bounded', async () => {
    let sent = 0;
    const { own } = await tapped((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/octet-stream' });
      const chunk = Buffer.alloc(256 * 1024);
      const go = (): void => {
        while (sent < 200 * 1024 * 1024) {
          sent += chunk.length;
          if (!response.write(chunk)) {
            response.once('drain', go);
            return;
          }
        }
        response.end();
      };
      go();
    });
    const answer = await fetch(own.tap.url);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(sent).toBeLessThan(40 * 1024 * 1024);
    await answer.body?.cancel();
  });
});

describe('a request with', () => {
  const open = (): ReturnType<typeof tapped> => tapped((_, response) => response.end());
  const ask = (url: string, headers: Record<string, string>): Promise<{ status: number; text: string }> =>
    new Promise((resolve, reject) => {
      request(url, { headers }, (response) => {
        let text = '';
        response.on('data', (part: Buffer) => (text += part.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      })
        .on('error', reject)
        .end();
    });

  test.each([
    [{ host: 'evil.example:80' }, 403, 'tap/foreign-host'],
    [{ host: '127.0.0.1.evil.example' }, 403, 'tap/foreign-host'],
    [{ origin: 'https://evil.example' }, 403, 'tap/foreign-origin'],
    [{ origin: 'null' }, 403, 'tap/foreign-origin'],
    [{ origin: 'http://localhost.evil.example' }, 403, 'tap/foreign-origin'],
  ] as const)('%j is refused', async (headers, status, code) => {
    const { server, own } = await open();
    const answer = await ask(own.tap.url, headers);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(code);
    expect(server.received).toEqual([]);
  });

  test.each([{ origin: 'http://localhost:6274' }, { origin: 'vscode-webview://abc' }, { host: 'localhost:1' }])(
    '%j is allowed',
    async (headers) => {
      const { server, own } = await open();
      expect((await ask(own.tap.url, headers)).status).toBe(200);
      expect(server.received).toHaveLength(1);
    },
  );

  test.each(['/mcp', '/', '/x/mcp', '//mcp'])('the path %s without the token is refused', async (path) => {
    const { server, own } = await open();
    const answer = await ask(`http://127.0.0.1:${own.tap.port}${path}`, {});
    expect(answer.status).toBe(404);
    expect(answer.text).toContain('tap/wrong-token');
    expect(server.received).toEqual([]);
  });
});

describe('bad input', () => {
  const record = (): never => {
    throw new Error('nothing may be recorded');
  };

  test.each([
    ['no url', 'tap/bad-url', '"no url" is not a URL'],
    ['file:///etc/passwd', 'tap/bad-url', 'not by "file://"'],
    ['http://me:pw@127.0.0.1/', 'tap/bad-url', 'name or password'],
  ])('the URL %s is refused', async (url, code, sentence) => {
    await expect(startHttpTap({ url, record })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(sentence),
    });
  });

  test('an address that other machines can reach is refused', async () => {
    proves('own:tap-untrusted');
    await expect(startHttpTap({ url: 'http://127.0.0.1:1/', host: '0.0.0.0', record })).rejects.toMatchObject({
      code: 'tap/not-loopback',
      message: 'The tap listens on this machine only, not at "0.0.0.0"',
    });
  });

  test('a port in use is refused', async () => {
    const server = await fakeHttpServer(() => undefined);
    servers.push(server);
    const port = Number(new URL(server.origin).port);
    await expect(startHttpTap({ url: server.origin, port, record })).rejects.toMatchObject({
      code: 'tap/port-in-use',
      message: `Port ${port} is in use`,
    });
  });

  test('a client gets 502 with the reason until the server runs', async () => {
    const server = await fakeHttpServer(() => undefined);
    const own = await tapServer(`${server.origin}/mcp`);
    taps.push(own);
    await server.close();
    const answer = await post(own.tap.url, call(1));
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({
      error: { message: `guardscope tap: The server at ${server.origin} refused the connection` },
    });
    expect(own.failures.map(({ code }) => code)).toEqual(['tap/unreachable']);
  });

  test('a server that is not MCP is reported once, and its answers pass', async () => {
    const { own } = await tapped((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>hello</p>');
    });
    for (const id of [1, 2]) expect(await (await post(own.tap.url, call(id))).text()).toBe('<p>hello</p>');
    expect(own.failures.map(({ code, message }) => [code, message])).toEqual([
      ['tap/not-mcp', expect.stringContaining('with 200 and "text/html", which is not MCP')],
    ]);
  });
});
