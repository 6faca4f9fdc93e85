/** `tap --http` with a guard before a published server: a client of the SDK gets the server's answers while the guard watches, and the gateway's while it enforces. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { afterAll, describe, expect, test } from 'vitest';
import { writeFileSync } from 'node:fs';
import { readLive } from '../../src/engine/recording/format/liveFile.ts';
import { writeControl } from '../../src/engine/liveGuard/controlFile.ts';
import { everythingOverHttp, httpTapped } from '../engine/tap/real/servers.ts';
import { captureLines, scratchFolder } from '../engine/tap/tapped.ts';
import { guardBytes } from '../engine/runtime/guards.ts';

const scratch = scratchFolder();
afterAll(scratch.remove);

/** An answer that allows every write and withholds nothing. */
const resource = '{"resource":{"secrecy":[],"integrity":[]},"operation":"write"}';
const guard = scratch.path('allowing.wasm');
writeFileSync(
  guard,
  guardBytes({
    rest: `(data (i32.const 1000) "${resource.replaceAll('"', '\\"')}")`,
    label_resource: `(memory.copy (local.get $out) (i32.const 1000) (i32.const ${resource.length})) (i32.const ${resource.length})`,
  }),
);

const transports = {
  streamableHttp: (url: string): Transport => new StreamableHTTPClientTransport(new URL(url)),
  sse: (url: string): Transport => new SSEClientTransport(new URL(url)),
};

/** What a client receives: tools, an answer, and a call with progress. */
async function session(transport: Transport): Promise<object> {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport);
  const tools = await client.listTools();
  const echo = await client.callTool({ name: 'echo', arguments: { message: 'ü' } });
  const steps: unknown[] = [];
  const long = await client.callTool(
    { name: 'trigger-long-running-operation', arguments: { duration: 0.4, steps: 2 } },
    undefined,
    { onprogress: ({ progress }) => void steps.push(progress) },
  );
  await client.close();
  // The last step comes with the answer, and the client loses it when both arrive in one read.
  return { tools: tools.tools.map(({ name }) => name), echo, long, firstStep: steps[0] };
}

describe.each(['streamableHttp', 'sse'] as const)('a guard before server-everything over %s', (kind) => {
  test('changes nothing while it watches, gives the gateway’s answers while it enforces, and records every decision', async () => {
    const server = await everythingOverHttp(kind);
    let tap: Awaited<ReturnType<typeof httpTapped>> | undefined;
    try {
      const without = await session(transports[kind](server.url));
      const file = scratch.path(`watch-${kind}.guardtrace.jsonl`);
      tap = await httpTapped(file, server.url, '--controlled');
      writeControl(file, { mode: 'watch', guard });
      expect(await session(transports[kind](tap.url))).toEqual(without);
      writeControl(file, { mode: 'enforce', guard });
      // The gateway asks its servers for no progress.
      expect(await session(transports[kind](tap.url))).toEqual({ ...without, firstStep: undefined });
      await expect.poll(() => readLive(file)).toMatchObject({ mode: 'enforce', guard, transport: 'http' });
      writeControl(file, { mode: 'enforce', guard: scratch.path('nowhere.wasm') });
      const client = new Client({ name: 'test', version: '1' });
      await client.connect(transports[kind](tap.url));
      await expect(client.callTool({ name: 'echo', arguments: { message: 'x' } })).rejects.toThrow(/refused/);
      await client.close();
      await tap.stop();
      expect(readLive(file)).toBeNull();
      const lines = captureLines(file);
      expect(lines.filter((line) => Array.isArray(line['guard']))).toHaveLength(5);
      expect(lines.filter(({ mode, outcome }) => mode === 'enforce' && outcome === 'allowed')).toHaveLength(2);
      expect(new Set(lines.flatMap(({ dir, session: name }) => (dir === undefined ? [] : [name]))).size).toBe(3);
    } finally {
      await tap?.stop();
      await server.stop();
    }
  });
});
