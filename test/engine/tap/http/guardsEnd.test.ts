/** A tap whose guards never return ends soon after it is asked to, and not after their deadline. */
import { afterAll, expect, it } from 'vitest';
import { existsSync, writeFileSync } from 'node:fs';
import { forever, guardBytes } from '../../runtime/guards.ts';
import { bundlePath } from '../../../support/paths.ts';
import { proves } from '../../../support/proves.ts';
import { captureLines, eventually, scratchFolder, start } from '../tapped.ts';
import { fakeHttpServer } from './fakeServer.ts';

const scratch = scratchFolder();
afterAll(scratch.remove);

it.each([[[]], [['--enforce']]])('a tap with endless guards ends on SIGTERM (%j)', async (flags) => {
  proves('own:guards-end-with-their-tap');
  const sessions = 3;
  const server = await fakeHttpServer(({ headers, body }, response) => {
    const { id, method } = JSON.parse(body.toString()) as { readonly id?: number; readonly method: string };
    const named = method === 'initialize' ? { 'Mcp-Session-Id': String(headers['x-name']) } : {};
    response.writeHead(200, { 'Content-Type': 'application/json', ...named });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: method === 'initialize' ? initialized : {} }));
  });
  const guard = scratch.path('endless.wasm');
  const capture = scratch.path(`endless${flags.length}.guardtrace.jsonl`);
  writeFileSync(guard, guardBytes({ label_resource: `${forever} (i32.const 0)` }));
  // The deadline of a guard call is an hour, so the end of the tap cannot be the end of a call.
  const limits = ['--deadline', '3600000', '--guard', guard, ...flags];
  const running = start([
    process.execPath,
    bundlePath('cli.js'),
    'tap',
    '--http',
    `${server.origin}/mcp`,
    '--out',
    capture,
    ...limits,
  ]);
  const url = await running.firstLine;
  const post = (name: string, message: object): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json',
        'X-Name': name,
        'Mcp-Session-Id': name,
      },
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    });
  for (let at = 0; at < sessions; at++) {
    await post(`s${at}`, { id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {} } });
    void post(`s${at}`, { id: 2, method: 'tools/call', params: { name: 't', arguments: {} } }).catch(() => undefined);
  }
  const isRecorded = (): boolean =>
    existsSync(capture) &&
    captureLines(capture).filter((line) => JSON.stringify(line).includes('tools/call')).length >= sessions;
  expect(await eventually(isRecorded)).toBe(true);
  // A guard that does not load, or that answers, would let the tap end without being stopped.
  const states = (): readonly unknown[] =>
    captureLines(capture).flatMap(({ event, status }) => (event === 'guard' ? [status] : []));
  expect(await eventually(() => states().length === sessions)).toBe(true);
  expect(states()).toEqual(Array.from({ length: sessions }, () => 'ready'));
  running.child.kill('SIGTERM');
  expect((await running.seen).code).toBe(0);
  const stopped = captureLines(capture).flatMap((line) =>
    Array.isArray(line['guard']) ? (line['guard'] as unknown[]) : [],
  );
  const call = { function: 'label_resource', error: 'WASM function call failed: module closed with context canceled' };
  expect(stopped).toEqual(Array.from({ length: sessions }, () => expect.objectContaining(call) as unknown));
  expect(captureLines(capture).at(-1)).toMatchObject({ event: 'exit' });
  await server.close();
});

const initialized = {
  protocolVersion: '2025-06-18',
  capabilities: { tools: {} },
  serverInfo: { name: 's', version: '1' },
};
