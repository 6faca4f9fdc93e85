/** Several captures of one client are followed together: their calls in order of arrival, also those that are appended. */
import { appendFileSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nativeHeaderLine, nativeMessageLine } from '../../../src/core/trace/write.ts';
import type { FollowedTrace } from '../../../src/engine/traceFiles/follow.ts';
import { followTraces } from '../../../src/engine/traceFiles/followTraces.ts';
import { patiently } from '../../support/patience.ts';
import { samplePath } from '../../support/samples.ts';

let folder = '';
const open: FollowedTrace[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'follow-together-'));
});
afterEach(() => {
  for (const each of open.splice(0)) each.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function capture(server: string, calls: readonly number[]): string {
  const path = join(folder, `${server}.guardtrace.jsonl`);
  const start = '2026-05-06T07:08:09.000Z';
  const header = nativeHeaderLine({ tool: 'g', version: '1', start, server, transport: 'stdio', redaction: [] });
  writeFileSync(path, header + calls.map(callAt).join(''));
  return path;
}

/** A call and its answer, some milliseconds after the start. */
function callAt(ms: number): string {
  const request = { id: ms, method: 'tools/call', params: { name: `tool${ms}`, arguments: {} } };
  return (
    nativeMessageLine(ms, 'client', request) + nativeMessageLine(ms + 1, 'server', { id: ms, result: { content: [] } })
  );
}

async function followed(paths: readonly [string, ...string[]]): Promise<FollowedTrace> {
  const trace = await followTraces(paths, { onChange: () => undefined, pollMs: 20 });
  open.push(trace);
  return trace;
}

const tools = ({ trace }: FollowedTrace): readonly string[] =>
  trace.calls.map(({ server, tool }) => `${server} ${tool}`);

describe('captures that are followed together', () => {
  test('give their calls in order of arrival, each with its file', async () => {
    const paths = [capture('a', [10, 30]), capture('b', [20])] as const;
    const trace = await followed(paths);
    expect(tools(trace)).toEqual(['a tool10', 'b tool20', 'a tool30']);
    expect(trace.trace.calls.map(({ file }) => file)).toEqual([paths[0], paths[1], paths[0]]);
    expect(trace.file).toBe(paths[0]);
    expect(trace.live).toBeNull();
  });

  test('grow as one trace while calls arrive behind all others, and begin anew when one arrives before', async () => {
    const [a, b] = [capture('a', [10]), capture('b', [20])];
    const trace = await followed([a, b]);
    appendFileSync(a, callAt(30));
    await expect.poll(() => tools(trace), { timeout: patiently(20_000) }).toEqual(['a tool10', 'b tool20', 'a tool30']);
    expect(trace.generation).toBe(0);
    expect(trace.trace.growing).toBe(true);
    expect(trace.grew).not.toBeNull();
    appendFileSync(b, callAt(25));
    await expect
      .poll(() => tools(trace), { timeout: patiently(20_000) })
      .toEqual(['a tool10', 'b tool20', 'b tool25', 'a tool30']);
    expect(trace.generation).toBe(1);
  });

  test('may not be the logs of a gateway, or other files', async () => {
    const other = join(folder, 'other.jsonl');
    writeFileSync(other, 'no trace\n'.repeat(1000));
    // A file that was just written may still become a capture.
    utimesSync(other, 1, 1);
    const log = samplePath('files-and-memory', 'gateway-log/rpc-messages.jsonl');
    for (const [path, is] of [
      [other, 'no trace'],
      [log, 'a log of the gateway'],
    ] as const) {
      await expect(followed([capture('a', [10]), path])).rejects.toMatchObject({
        code: 'trace/mixed-formats',
        message: `Only captures can be replayed together, and "${path}" is ${is}`,
      });
    }
  });

  test('end together', async () => {
    const a = capture('a', [10]);
    const trace = await followed([a, capture('b', [20])]);
    trace.dispose();
    appendFileSync(a, callAt(30));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(tools(trace)).toEqual(['a tool10', 'b tool20']);
  });
});
