/** An HTTP tap that is killed in the middle of a session: the capture has what the client has read, however the server answers. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGzip, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { proves } from '../../../support/proves.ts';
import { childrenOf, isRunning } from '../../../support/processes/processes.ts';
import { httpTapped } from '../real/servers.ts';
import { type CapturedLine, captureLines, eventually, scratchFolder } from '../tapped.ts';

const scratch = scratchFolder();
afterAll(scratch.remove);

const json = { 'content-type': 'application/json' };
const events = { 'content-type': 'text/event-stream' };

/** How a server may answer. */
const ways: Readonly<Record<string, (response: ServerResponse, body: string) => void>> = {
  'with a length': (response, body) =>
    void response.writeHead(200, { ...json, 'content-length': Buffer.byteLength(body) }).end(body),
  'in chunks': (response, body) => {
    response.writeHead(200, json).write(body.slice(0, 20));
    response.end(body.slice(20));
  },
  'with an event': (response, body) => void response.writeHead(200, events).end(`data: ${body}\n\n`),
  compressed: (response, body) => {
    const bytes = gzipSync(body);
    response.writeHead(200, { ...json, 'content-encoding': 'gzip', 'content-length': bytes.length }).end(bytes);
  },
  'with a compressed event': (response, body) => {
    response.writeHead(200, { ...events, 'content-encoding': 'gzip' });
    const gzip = createGzip();
    gzip.pipe(response);
    gzip.end(`data: ${body}\n\n`);
  },
};

async function serve(answer: (response: ServerResponse, body: string) => void) {
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const { id } = JSON.parse(text) as { readonly id: number };
      const result = { content: [{ type: 'text', text: 'x'.repeat(id % 5 === 0 ? 100_000 : 10) }] };
      answer(response, JSON.stringify({ jsonrpc: '2.0', id, result }));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  afterAll(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

/** The id in a body: one JSON text, or one event. */
function idIn(body: string): number {
  const [, data = body] = /^data: (.*)$/m.exec(body) ?? [];
  return (JSON.parse(data) as { readonly id: number }).id;
}

function idOf({ msg }: CapturedLine): number | undefined {
  return (msg as { readonly id?: number } | undefined)?.id;
}

describe.concurrent('an HTTP tap that is killed', () => {
  const plain = Object.keys(ways).map((way) => [way, []] as const);
  const guarded = ['with a length', 'with an event'].map((way) => [way, ['--guard', 'noop', '--enforce']] as const);

  it.each<readonly [string, readonly string[]]>([...plain, ...guarded])(
    'leaves every answer that came %s %j',
    async (way, flags) => {
      proves('own:no-exchange-is-lost');
      const capture = scratch.path(`${way} ${flags.length}.guardtrace.jsonl`);
      const tap = await httpTapped(capture, await serve(ways[way] ?? (() => undefined)), ...flags);
      const pid = Number(tap.running.child.pid);
      const children = childrenOf(pid);
      expect(children, 'the recorder').toHaveLength(1);
      const answered: number[] = [];
      let nextId = 1;
      const client = async (): Promise<void> => {
        for (;;) {
          const body = JSON.stringify({ jsonrpc: '2.0', id: nextId++, method: 'tools/call', params: { name: 't' } });
          answered.push(idIn(await (await fetch(tap.url, { method: 'POST', body, headers: json })).text()));
          if (answered.length === 150) process.kill(pid, 'SIGKILL');
        }
      };
      const ends = await Promise.allSettled([client(), client(), client()]);
      expect(ends.every(({ status }) => status === 'rejected')).toBe(true);
      expect(await eventually(() => children.every((child) => !isRunning(child)))).toBe(true);
      const lines = captureLines(capture);
      for (const dir of ['client', 'server']) {
        const recorded = new Set(lines.filter((line) => line['dir'] === dir).map(idOf));
        expect(answered.filter((id) => !recorded.has(id))).toEqual([]);
      }
      expect(answered.length).toBeGreaterThanOrEqual(150);
      expect(lines.at(-1)).toMatchObject({ event: 'tap-killed' });
    },
  );
});
