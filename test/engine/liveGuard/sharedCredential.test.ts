/** Sessions over HTTP with the same credential share the labels of its agent, also when they go through different taps. */
import { writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { bundlePath } from '../../support/paths.ts';
import { proves } from '../../support/proves.ts';
import { guardBytes } from '../runtime/guards.ts';
import { fakeHttpServer } from '../tap/http/fakeServer.ts';
import { labelling } from '../tap/http/guardGates.ts';
import { scratchFolder, start } from '../tap/tapped.ts';

const scratch = scratchFolder();
afterAll(scratch.remove);

const reading = labelling('{"resource":{"secrecy":["private:x"],"integrity":[]},"operation":"read"}');
const writing = labelling('{"resource":{"secrecy":[],"integrity":[]},"operation":"write"}');

test('what a client read through one tap forbids a write through another tap, with the same credential only', async () => {
  proves('own:credential-is-agent');
  const server = await fakeHttpServer(({ headers, body }, response) => {
    const { id, method } = JSON.parse(body.toString()) as { readonly id?: number; readonly method: string };
    const opens = method === 'initialize';
    const named = opens ? { 'Mcp-Session-Id': String(headers.authorization).replace('Bearer ', '') } : {};
    const result = opens ? { protocolVersion: '2025-06-18', capabilities: { tools: {} } } : { content: [] };
    response.writeHead(200, { 'Content-Type': 'application/json', ...named });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  });
  const tapWith = async (name: string, text: typeof reading) => {
    const guard = scratch.path(`${name}.wasm`);
    writeFileSync(guard, guardBytes(text));
    const out = scratch.path(`${name}.guardtrace.jsonl`);
    const flags = ['--out', out, '--guard', guard, '--enforce', '--mode', 'propagate'];
    const command = [process.execPath, bundlePath('cli.js'), 'tap', '--http', `${server.origin}/mcp`, ...flags];
    const running = start(command, { home: scratch.path('home') });
    const url = await running.firstLine;
    const post = async (credential: string, id: number, method: string, params: object): Promise<string> => {
      const headers = {
        'Content-Type': 'application/json',
        Accept: 'application/json',
        Authorization: `Bearer ${credential}`,
        ...(method === 'initialize' ? {} : { 'Mcp-Session-Id': credential }),
      };
      const body = JSON.stringify({ jsonrpc: '2.0', id, method, params });
      return (await fetch(url, { method: 'POST', headers, body })).text();
    };
    const call = async (credential: string): Promise<string> => {
      await post(credential, 1, 'initialize', { protocolVersion: '2025-06-18', capabilities: {} });
      return post(credential, 2, 'tools/call', { name: 't', arguments: {} });
    };
    return { running, call };
  };
  const files = await tapWith('files', reading);
  const mail = await tapWith('mail', writing);
  expect(await files.call('one')).toContain('"result"');
  expect(await mail.call('one')).toContain('"error"');
  expect(await mail.call('two')).toContain('"result"');
  for (const { running } of [files, mail]) {
    running.child.kill('SIGTERM');
    expect((await running.seen).code).toBe(0);
  }
  await server.close();
});
