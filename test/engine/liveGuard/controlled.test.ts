/** A tap that only records until a guard is chosen, and the history with which the guard then decides the earlier calls. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, describe, expect, test } from 'vitest';
import { readLive } from '../../../src/engine/recording/format/liveFile.ts';
import { writeControl } from '../../../src/engine/liveGuard/controlFile.ts';
import { LiveHistory, LiveCall } from '../../../src/engine/liveGuard/liveHistory.ts';
import type { TraceCall } from '../../../src/core/trace/model/traceModel.ts';
import { repoPath } from '../../support/paths.ts';
import { captureLines, scratchFolder, tapped } from '../tap/tapped.ts';

const scratch = scratchFolder();
afterAll(scratch.remove);

const guard = repoPath('media/samples/files-and-memory/guard.wasm');
const policy = repoPath('media/samples/files-and-memory/policy.json');
const server = repoPath('node_modules/@modelcontextprotocol/server-filesystem/dist/index.js');

describe('a controlled tap', () => {
  test('only records until a guard is chosen, which then decides the earlier calls first', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'guardscope-controlled-'));
    writeFileSync(join(folder, 'a.txt'), 'a');
    const capture = scratch.path('controlled.guardtrace.jsonl');
    const [command = '', ...args] = tapped(capture, [process.execPath, server, folder], '--controlled');
    const transport = new StdioClientTransport({ command, args, stderr: 'ignore' });
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(transport);
    const read = (): Promise<unknown> =>
      client.callTool({ name: 'read_text_file', arguments: { path: join(folder, 'a.txt') } });
    await read();
    await read();
    await expect.poll(() => readLive(capture)).toMatchObject({ mode: 'off' });
    writeControl(capture, { mode: 'watch', guard, policy });
    await read();
    await client.close();
    const lines = captureLines(capture);
    const guarded = lines.filter((line) => Array.isArray(line['guard']));
    expect(guarded).toHaveLength(1);
    const tools = lines.filter((line) => JSON.stringify(line['msg'] ?? '').includes('"tools/call"'));
    expect(tools.length).toBeGreaterThanOrEqual(3);
    expect(lines.findLast((line) => line['event'] === 'guard')).toMatchObject({ mode: 'watch' });
    rmSync(folder, { recursive: true });
  });
});

describe('the history of a live session', () => {
  const liveCall = (index: number): LiveCall => new LiveCall({ index } as TraceCall, null);
  const mib = 1024 * 1024;

  test('drops the oldest calls beyond its limit of bytes', () => {
    const history = new LiveHistory();
    const calls = [0, 1, 2, 3].map(liveCall);
    for (const call of calls) {
      history.add(call);
      history.weigh(call, 30 * mib);
    }
    expect(history.calls).toEqual(calls.slice(2));
    expect(history.dropped).toBe(2);
    history.weigh(calls[0] as LiveCall, 60 * mib);
    expect(history.calls).toHaveLength(2);
  });

  test('drops the oldest calls beyond its limit of calls', () => {
    const history = new LiveHistory();
    for (let index = 0; index <= 10_000; index++) history.add(liveCall(index));
    expect(history.calls).toHaveLength(5001);
    expect(history.dropped).toBe(5000);
  });

  test('drops a call whose answer alone is beyond the limit', () => {
    const history = new LiveHistory();
    const call = liveCall(0);
    history.add(call);
    history.weigh(call, 65 * mib);
    expect(history.calls).toEqual([]);
    history.add(liveCall(1));
    expect(history.calls).toHaveLength(1);
  });
});
