/** Traces from files: chunks, results that stay in the file, the text log beside a trace, unreadable files. */
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../../src/core/base/failure.ts';
import { gatewayRequestLine, gatewayResponseLine } from '../../../src/core/trace/write.ts';
import { readTraceFile } from '../../../src/engine/traceFiles/traceFile.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guardscope-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function pair(index: number, text: string): string {
  const time = new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString();
  return (
    gatewayRequestLine(time, 's', 'tools/call', { name: `tool${index}`, arguments: {} }) +
    gatewayResponseLine(time, 's', { result: text })
  );
}

test('a long file is read in many chunks', async () => {
  const count = 3000;
  const text = Array.from({ length: count }, (_, index) => pair(index, `${index} ${'é'.repeat(500)}`)).join('');
  const trace = await readTraceFile(write('rpc-messages.jsonl', text));
  expect(trace).toMatchObject({ format: 'gateway-jsonl', lines: 2 * count, bytes: Buffer.byteLength(text) });
  expect(trace.calls).toHaveLength(count);
  for (const index of [0, 1234, count - 1]) {
    expect(trace.calls[index]?.answer?.result).toBe(`${index} ${'é'.repeat(500)}`);
  }
});

describe('results that stay in the file', () => {
  const inFile = { keepInFileFrom: 0 };
  test('are read when they are needed, even after the file grew', async () => {
    const path = write('log.jsonl', pair(0, 'first é') + pair(1, 'second'));
    const trace = await readTraceFile(path, inFile);
    appendFileSync(path, pair(2, 'third'));
    expect(trace.calls.map(({ answer }) => answer?.result)).toEqual(['first é', 'second']);
  });
  test('fail with trace/changed when the file was changed or deleted', async () => {
    const path = write('log.jsonl', pair(0, 'first') + pair(1, 'second'));
    const trace = await readTraceFile(path, inFile);
    writeFileSync(path, pair(0, 'FIRST') + pair(1, 'second'));
    expect(() => trace.calls[0]?.answer?.result).toThrow(Failure);
    expect(() => trace.calls[0]?.answer?.result).toThrow('Line 2 of');
    expect(trace.calls[1]?.answer?.result).toBe('second');
    truncateSync(path, 10);
    expect(() => trace.calls[1]?.answer?.result).toThrow('has changed since');
    rmSync(path);
    expect(() => trace.calls[1]?.answer?.result).toThrow('has changed since');
  });
});

describe('the gateway’s folder', () => {
  const textLog = '[2026-01-01T00:00:00.000Z] [INFO] [client] MCP tool call request, session=S, tool=tool0, args={}\n';
  test('has a text log that says which calls are the agent’s', async () => {
    write(
      'mcp-gateway.log',
      `${textLog}[2026-01-01T00:00:05.000Z] [INFO] [client] MCP tool call response, session=S, tool=tool0, result=1\n`,
    );
    const path = write('rpc-messages.jsonl', pair(0, 'agent') + pair(1, 'guard'));
    const trace = await readTraceFile(path);
    expect(trace.calls.map(({ tool, evidence }) => [tool, evidence])).toEqual([['tool0', 'text-log']]);
    expect(trace.recordedLookups.map(({ tool }) => tool)).toEqual(['tool1']);
  });
  test('is opened as the log in it', async () => {
    write('rpc-messages.jsonl', pair(0, 'x'));
    expect((await readTraceFile(folder)).calls).toHaveLength(1);
  });
  test('reports the text log as such when it is opened itself', async () => {
    const trace = await readTraceFile(write('mcp-gateway.log', textLog));
    expect(trace.problems[0]?.message).toContain("the gateway's text log");
  });
});

describe('an unreadable trace', () => {
  test('is refused when the file is missing', async () => {
    const failure: unknown = await readTraceFile(join(folder, 'none.jsonl')).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ code: 'trace/unreadable', hint: 'Check the path' });
    expect((failure as Failure).message).toContain('none.jsonl');
  });
  test('is refused when the folder contains no log', async () => {
    await expect(readTraceFile(folder)).rejects.toMatchObject({ code: 'trace/unreadable' });
  });
  test('is refused with the reason of the signal after an abort', async () => {
    const abort = new AbortController();
    abort.abort(new Error('enough'));
    await expect(readTraceFile(write('a.jsonl', pair(0, 'x')), { signal: abort.signal })).rejects.toThrow('enough');
  });
  test('an empty file and random text are traces of unknown format', async () => {
    expect((await readTraceFile(write('empty.jsonl', ''))).problems[0]?.message).toContain('an empty file');
    expect((await readTraceFile(write('x.jsonl', Uint8Array.of(0, 1, 2)))).format).toBe('unknown');
  });
});
