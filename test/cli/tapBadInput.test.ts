/** Bad input for both taps on the command line: a sentence and the next step, never a crash. */
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, request, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { readTraceFile } from '../../src/engine/traceFiles/traceFile.ts';
import { httpTapped, httpTappedWith } from '../engine/tap/real/servers.ts';
import { captureLines, eventually, scratchFolder } from '../engine/tap/tapped.ts';
import { selfSigned } from '../support/processes/selfSigned.ts';
import { expectOrderly, expectRefused, guardscope } from './run.ts';

const scratch = scratchFolder();
afterAll(scratch.remove);

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close().closeAllConnections();
});

/** Starts a server in this process and returns its origin. */
async function serve(server: Server, scheme = 'http'): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const initialize = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} });
const post = (url: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method: 'POST', body: initialize, headers: { 'content-type': 'application/json', ...headers } });

describe.concurrent('an existing file', () => {
  it.each([
    [
      'notes.md',
      '# Notes\nMine.',
      /"[^"]*notes\.md" is not a capture, so nothing is added to it\. Give --out .*; the session goes on/,
    ],
    [
      'newer.guardtrace.jsonl',
      '{"schema":"guardscope-trace/99","server":"s"}\n',
      /was written by a newer version of Guardscope/,
    ],
  ])('%s is not changed, and the session continues', async (name, text, sentence) => {
    const file = scratch.path(name);
    writeFileSync(file, text);
    chmodSync(file, 0o644);
    const run = await guardscope(['tap', '--out', file, '--', 'echo', 'hello']);
    expectOrderly(run);
    expect(run).toMatchObject({ code: 2, stdout: 'hello\n' });
    expect(run.stderr).toMatch(sentence);
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(statSync(file).mode & 0o777).toBe(0o644);
  });

  it('with a capture whose header was cut off is continued', async () => {
    const file = scratch.path('cut.guardtrace.jsonl');
    writeFileSync(file, '{"schema":"guardscope-tr');
    expect(await guardscope(['tap', '--out', file, '--', 'echo', 'hello'])).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(file, 'utf8')).toContain('\n{"schema":"guardscope-trace/1"');
  });

  it('of a newer version is refused by replay, with the next step', async () => {
    const file = scratch.path('read.guardtrace.jsonl');
    writeFileSync(file, '{"schema":"guardscope-trace/99","server":"s"}\n');
    const run = await guardscope(['replay', file, '--guard', 'noop']);
    expectOrderly(run);
    expect(run.stderr).toContain('is of schema "guardscope-trace/99"; this version reads up to "guardscope-trace/1"');
    expect(run.stderr).toContain('Update Guardscope');
  });
});

describe.concurrent('a server that does not start', () => {
  it('ends the tap with its own exit code, and the capture has the reason', async () => {
    const file = scratch.path('fails.guardtrace.jsonl');
    const script = 'console.error("Set API_URL first"); process.exit(78)';
    const run = await guardscope(['tap', '--out', file, '--', process.execPath, '-e', script]);
    expect(run).toMatchObject({ code: 78, stdout: '', stderr: 'Set API_URL first\n' });
    const reasons = captureLines(file).filter(({ stderr, event }) => stderr !== undefined || event === 'exit');
    expect(reasons).toMatchObject([{ stderr: 'Set API_URL first' }, { event: 'exit', code: 78 }]);
    expect((await readTraceFile(file)).calls).toEqual([]);
  });

  it('because its command is missing gives a sentence and the exit code of a shell', async () => {
    const run = await guardscope(['tap', '--out', scratch.path('no.guardtrace.jsonl'), '--', './no-such-server']);
    expectOrderly(run);
    expect(run).toMatchObject({ code: 127, stdout: '' });
    expect(run.stderr).toContain('Command not found: "./no-such-server" [tap/not-found]');
  });
});

describe.concurrent('tap --http', () => {
  const out = scratch.path('http.guardtrace.jsonl');

  it.each<readonly [readonly string[], string, string, string]>([
    [['--http', 'here'], 'tap/bad-url', '"here" is not a URL', 'such as http://127.0.0.1:3001/mcp'],
    [['--http', 'ws://127.0.0.1/'], 'tap/bad-url', 'not by "ws://"', 'such as http'],
    [['--http', 'http://me:pw@127.0.0.1/'], 'tap/bad-url', 'name or password', 'as a header'],
    [['--http', 'http://127.0.0.1:1/', '--host', '0.0.0.0'], 'tap/not-loopback', 'not at "0.0.0.0"', 'through ssh'],
    [['--http', 'http://127.0.0.1:1/', '--host', 'example.com'], 'tap/not-loopback', 'not at "example.com"', 'ssh'],
    [['--http', 'http://127.0.0.1:1/', '--port', '65536'], 'cli/usage', 'expected at most 65535', 'help tap'],
    [['--http', 'http://127.0.0.1:1/', '--port', 'x'], 'cli/usage', '--port is "x"', 'help tap'],
    [['--http', 'http://127.0.0.1:1/', '--', 'cat'], 'cli/usage', 'not both', 'help tap'],
  ])('refuses %j', async (args, code, sentence, hint) => {
    expectRefused(await guardscope(['tap', '--out', out, ...args]), 2, code, sentence, hint);
  });

  it('refuses a port that is in use', async () => {
    const origin = await serve(createHttpServer());
    const { port } = new URL(origin);
    const run = await guardscope(['tap', '--out', out, '--http', origin, '--port', port]);
    expectRefused(run, 2, 'tap/port-in-use', `Port ${port} is in use`, 'Choose another one with --port');
  });

  const html = { 'content-type': 'text/html; charset=utf-8' };
  it.each<readonly [string, RequestListener, number, string]>([
    ['a web page', (_, response) => response.writeHead(200, html).end('<h1>Hello</h1>'), 200, '200 and "text/html"'],
    ['a missing path', (_, response) => response.writeHead(404, html).end('<pre>'), 404, '404 and "text/html"'],
    [
      'a missing path with an answer in JSON',
      (_, response) => response.writeHead(404, { 'content-type': 'application/json' }).end('{"detail":"Not Found"}'),
      404,
      '404 and "application/json"',
    ],
    ['another service', (_, response) => response.writeHead(500).end('boom'), 500, '500 and no content type'],
  ])('reports that a URL is not an MCP server: %s', async (name, listener, status, shown) => {
    const origin = await serve(createHttpServer(listener));
    const capture = scratch.path(`no-mcp ${name}.guardtrace.jsonl`);
    const tap = await httpTapped(capture, `${origin}/api?key=1`);
    let stderrSoFar = '';
    tap.running.child.stderr?.on('data', (chunk: Buffer) => {
      stderrSoFar += chunk.toString();
    });
    expect((await post(tap.url)).status).toBe(status);
    expect((await post(tap.url)).status).toBe(status);
    expect(await eventually(() => stderrSoFar.includes('\n'))).toBe(true);
    const { stderr } = await tap.stop();
    expect(stderr).toBe(
      `guardscope tap: The server at ${origin} answered POST /api with ${shown}, which is not MCP. Check the path of the address; many servers listen at /mcp or /sse. All requests are passed on unchanged\n`,
    );
    const { problems } = await readTraceFile(capture);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('does not report a server of the older transport that answers 404 to the newer one', async () => {
    const origin = await serve(
      createHttpServer(({ method }, response) => {
        if (method === 'POST') response.writeHead(404, html).end('<pre>Cannot POST');
        else {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          response.write('event: endpoint\ndata: /message?sessionId=1\n\n');
          response.write('data: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\n\n');
        }
      }),
    );
    const tap = await httpTapped(scratch.path('older.guardtrace.jsonl'), `${origin}/sse`);
    expect((await post(tap.url)).status).toBe(404);
    const stream = await fetch(tap.url);
    await new Promise((resolve) => {
      setTimeout(resolve, 2300);
    });
    await stream.body?.cancel();
    expect((await tap.stop()).stderr).toBe('');
  });

  it('reports a server that requires a sign-in, with the next step', async () => {
    const unauthorized: RequestListener = (_, response) => {
      response.writeHead(401, {
        'www-authenticate': 'Bearer resource_metadata="http://x/y"',
        'content-type': 'application/json',
      });
      response.end('{"error":"invalid_token"}');
    };
    const origin = await serve(createHttpServer(unauthorized));
    const capture = scratch.path('sign-in.guardtrace.jsonl');
    const tap = await httpTapped(capture, `${origin}/mcp`);
    for (let time = 0; time < 2; time++) {
      const answer = await post(tap.url);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer resource_metadata="http://x/y"');
      expect([answer.status, await answer.text()]).toEqual([401, '{"error":"invalid_token"}']);
    }
    expect((await tap.stop()).stderr).toBe(
      `guardscope tap: The server at ${origin} requires a sign-in, which clients cannot do through a tap. Configure the client to send a token in the Authorization header\n`,
    );
    expect((await readTraceFile(capture)).problems).toEqual([]);
  });

  it.each([
    [{ host: 'evil.example' }, '', 403, 'tap/foreign-host'],
    [{ origin: 'https://evil.example' }, '', 403, 'tap/foreign-origin'],
    [{}, 'x', 404, 'tap/wrong-token'],
  ] as const)('a request with %j does not reach the server', async (headers, wrong, status, code) => {
    let reached = 0;
    const origin = await serve(createHttpServer((_, response) => void response.end(String(++reached))));
    const tap = await httpTapped(scratch.path(`${code.slice(4)}.guardtrace.jsonl`), `${origin}/mcp`);
    const { port, pathname } = new URL(tap.url);
    const path = pathname.replace('/', `/${wrong}`);
    const answer = await new Promise<readonly [number | undefined, string]>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path, headers }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve([response.statusCode, text]));
      })
        .on('error', reject)
        .end();
    });
    await tap.stop();
    expect(answer).toEqual([status, expect.stringContaining(code)]);
    expect(reached).toBe(0);
  });
});

describe.concurrent('a server that is reached by https', () => {
  const { key, cert } = selfSigned();
  const authority = scratch.path('authority.pem');
  writeFileSync(authority, cert);
  const result = { jsonrpc: '2.0', id: 1, result: { protocolVersion: '2025-11-25', serverInfo: { name: 'own' } } };
  const listener: RequestListener = (incoming, response) => {
    incoming.resume();
    response.writeHead(200, {
      ...{ 'content-type': 'application/json', 'mcp-session-id': 'key-of-the-session' },
      'set-cookie': 'sid=biscuit-of-the-server',
    });
    response.end(JSON.stringify({ ...result, seen: incoming.headers.authorization }));
  };

  it('with an untrusted certificate gives the client 502 and the user the next step', async () => {
    const origin = await serve(createHttpsServer({ key, cert }, listener), 'https');
    const tap = await httpTapped(scratch.path('untrusted.guardtrace.jsonl'), `${origin}/mcp`);
    const answer = await post(tap.url);
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ error: { data: { code: 'tap/untrusted' } } });
    expect((await tap.stop()).stderr).toBe(
      `guardscope tap: The server at ${origin} cannot be reached by https: self-signed certificate. For a private certificate, name its authority in NODE_EXTRA_CA_CERTS\n`,
    );
  });

  it('with a trusted certificate is tapped, and credentials in headers are never captured, also with --no-redact', async () => {
    const origin = await serve(createHttpsServer({ key, cert }, listener), 'https');
    const capture = scratch.path('trusted.guardtrace.jsonl');
    const tap = await httpTappedWith({ NODE_EXTRA_CA_CERTS: authority }, capture, `${origin}/mcp`, '--no-redact');
    const answer = await post(tap.url, {
      authorization: 'Bearer secret-of-the-client',
      cookie: 'sid=biscuit-of-the-client',
      'x-api-key': 'key-of-the-client',
      'proxy-authorization': 'Basic cHJveHk=',
      'mcp-session-id': 'key-of-the-session',
    });
    // The body belongs to the server and is recorded unchanged with --no-redact.
    expect(await answer.json()).toEqual({ ...result, seen: 'Bearer secret-of-the-client' });
    expect(answer.headers.get('set-cookie')).toBe('sid=biscuit-of-the-server');
    expect((await tap.stop()).stderr).toBe('');
    const lines = captureLines(capture);
    expect(lines.filter(({ dir }) => dir === 'server')).toMatchObject([
      { msg: { seen: 'Bearer secret-of-the-client' } },
    ]);
    const rest = JSON.stringify(lines.filter(({ dir }) => dir !== 'server'));
    for (const secret of ['secret-of', 'biscuit-of', 'key-of', 'cHJveHk', new URL(tap.url).pathname.split('/')[1]]) {
      expect(rest).not.toContain(secret);
    }
    expect(readFileSync(capture, 'utf8')).not.toContain('key-of-the-session');
  });
});
