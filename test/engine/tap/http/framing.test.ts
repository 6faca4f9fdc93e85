/** Bodies of requests whose methods usually have none: they reach the server whole, with the framing that the client chose. */
import { request } from 'node:http';
import { expect, it } from 'vitest';
import { proves } from '../../../support/proves.ts';
import { fakeHttpServer } from './fakeServer.ts';
import { tapServer } from './tapped.ts';

const body = `{"jsonrpc":"2.0","method":"notifications/x","params":"${'x'.repeat(100_000)}"}`;

it.each(
  ['GET', 'DELETE', 'OPTIONS', 'POST'].flatMap((method) => [
    [method, 'chunks', { 'Transfer-Encoding': 'chunked' }] as const,
    [method, 'a length', { 'Content-Length': String(body.length) }] as const,
  ]),
)('a %s with a body in %s is forwarded whole', async (method, _framing, headers) => {
  proves('own:tap-bytes');
  const server = await fakeHttpServer(({ body: got }, response) => response.end(String(got.length)));
  const own = await tapServer(`${server.origin}/mcp`);
  const answer = await new Promise<string>((resolve, reject) => {
    const sent = request(own.tap.url, { method, headers }, (incoming) => {
      let text = '';
      incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
      incoming.on('end', () => resolve(text));
    });
    sent.on('error', reject);
    sent.write(body.slice(0, 10));
    sent.end(body.slice(10));
  });
  expect(answer).toBe(String(body.length));
  expect(server.received.map(({ headers: seen }) => seen)).toMatchObject([
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  ]);
  expect(server.received.map((got) => got.body.toString())).toEqual([body]);
  await own.end();
  await server.close();
});
