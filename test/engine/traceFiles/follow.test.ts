/** Traces that are followed: appended at any byte, rotated, truncated, deleted, missing at first, with a tap and without, and a gateway's folder. */
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Trace } from '../../../src/core/trace/model/traceModel.ts';
import { readTrace } from '../../../src/core/trace/reader.ts';
import {
  gatewayRequestLine,
  gatewayResponseLine,
  nativeHeaderLine,
  nativeMessageLine,
} from '../../../src/core/trace/write.ts';
import { type FollowedTrace, type FollowOptions, followTrace } from '../../../src/engine/traceFiles/follow.ts';
import { LiveFile } from '../../../src/engine/recording/format/liveFile.ts';
import { readTraceFile } from '../../../src/engine/traceFiles/traceFile.ts';
import { patiently } from '../../support/patience.ts';
import { samplePath } from '../../support/samples.ts';

let folder = '';
const open: FollowedTrace[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'follow-'));
});
afterEach(() => {
  for (const each of open.splice(0)) each.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const header = (start = '2026-05-06T07:08:09.000Z'): string =>
  nativeHeaderLine({ tool: 'g', version: '1', start, server: 's', transport: 'stdio', redaction: [] });
const call = (id: number, name = `tool${id}`): string =>
  nativeMessageLine(id, 'client', { id, method: 'tools/call', params: { name, arguments: { id } } });
const answer = (id: number): string =>
  nativeMessageLine(id + 1, 'server', { id, result: { content: [], structuredContent: id } });

/** The changes that a follower reported, in order. */
interface Followed {
  readonly trace: FollowedTrace;
  readonly changes: { readonly trace: Trace; readonly generation: number }[];
}

async function follow(path: string, options: Partial<FollowOptions> = {}): Promise<Followed> {
  const changes: Followed['changes'] = [];
  const trace = await followTrace(path, {
    pollMs: 20,
    onChange: (now) => changes.push({ trace: now.trace, generation: now.generation }),
    ...options,
  });
  open.push(trace);
  return { trace, changes };
}

/** Waits until a condition holds. */
async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + patiently(20_000);
  while (!condition() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(condition()).toBe(true);
}

const tools = ({ trace }: { readonly trace: Trace }): readonly string[] =>
  trace.calls.map(({ tool, answer: had }) => `${tool}${had === undefined ? ' …' : ''}`);
const codes = ({ trace }: { readonly trace: Trace }): readonly string[] => trace.problems.map(({ code }) => code);
const path = (name = 'a.guardtrace.jsonl'): string => join(folder, name);

/** The part of a followed trace that must equal that of a trace which is read at once. */
function settled(trace: Trace): object {
  const { growing: _growing, calls, ...rest } = trace;
  return { ...rest, calls: calls.map(({ awaits: _awaits, ...each }) => each) };
}

describe('a file that grows', () => {
  test('gives the same trace as reading it at once, wherever the writes are cut', async () => {
    const bytes = readFileSync(samplePath('files-and-memory', 'trace.guardtrace.jsonl'));
    writeFileSync(path(), '');
    const { trace, changes } = await follow(path(), { quietMs: 300 });
    let state = 7;
    for (let at = 0; at < bytes.length;) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const to = Math.min(bytes.length, at + 1 + (state % 9_000));
      appendFileSync(path(), bytes.subarray(at, to));
      at = to;
      if (state % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await until(() => trace.trace.growing === undefined);
    expect(trace.trace).toEqual(await readTraceFile(path()));
    expect(changes.length).toBeGreaterThan(1);
    for (const { trace: each } of changes) {
      const atOnce = readTrace(
        bytes.subarray(0, each.bytes).subarray(0, bytes.subarray(0, each.bytes).lastIndexOf(10) + 1),
      );
      expect(each.calls.map(({ tool, requestLine, answerLine }) => [tool, requestLine, answerLine])).toEqual(
        atOnce.calls.map(({ tool, requestLine, answerLine }) => [tool, requestLine, answerLine]),
      );
    }
  });

  test('is reported at most ten times a second, including the last change', async () => {
    writeFileSync(path(), header());
    const { trace, changes } = await follow(path());
    const began = performance.now();
    for (let id = 1; id <= 100; id++) {
      appendFileSync(path(), call(id) + answer(id));
      await new Promise((resolve) => setTimeout(resolve, 8));
    }
    await until(() => trace.trace.calls.length === 100);
    const tenths = (performance.now() - began) / 100;
    expect(changes.length).toBeLessThanOrEqual(tenths + 2);
    appendFileSync(path(), call(101));
    await until(() => trace.trace.calls.length === 101);
    expect(trace.trace.calls[100]?.awaits).toBe('answer');
  });

  test('has a call only when its line is complete', async () => {
    writeFileSync(path(), header() + call(1).slice(0, 30));
    const { trace } = await follow(path());
    expect(tools(trace)).toEqual([]);
    appendFileSync(path(), call(1).slice(30));
    await until(() => trace.trace.calls.length === 1);
    expect(codes(trace)).toEqual([]);
  });

  test('is never read twice', async () => {
    writeFileSync(path(), header());
    const { trace, changes } = await follow(path());
    const big = nativeMessageLine(1, 'server', { note: 'x'.repeat(3_000_000) });
    appendFileSync(path(), big);
    await until(() => trace.trace.bytes > 3_000_000);
    appendFileSync(path(), call(1));
    await until(() => trace.trace.calls.length === 1);
    expect(trace.trace.lines).toBe(3);
    expect(trace.trace.bytes).toBe(Buffer.byteLength(header() + big + call(1)));
    expect(changes.every(({ generation }) => generation === 0)).toBe(true);
  });

  test('leaves results beyond a limit in the file', async () => {
    writeFileSync(path(), header() + call(1) + answer(1));
    const { trace } = await follow(path(), { keepInFileFrom: 10 });
    appendFileSync(path(), call(2) + answer(2));
    await until(() => trace.trace.calls.length === 2);
    expect(trace.trace.calls[1]?.answer?.result).toEqual({ content: [], structuredContent: 2 });
    writeFileSync(path(), '');
    expect(() => trace.trace.calls[1]?.answer?.result).toThrow('has changed since');
  });
});

describe('the end of a trace', () => {
  test('comes when the file does not grow for long, and gives the same trace as reading it at once', async () => {
    writeFileSync(path(), header() + call(1) + answer(1) + call(2) + '{"t":3,"dir":"server","msg":{"id":2,');
    const hourAgo = Date.now() / 1000 - 3600;
    utimesSync(path(), hourAgo, hourAgo);
    const { trace, changes } = await follow(path());
    expect(trace.trace).toEqual(await readTraceFile(path()));
    expect(codes(trace)).toEqual(['trace/bad-line', 'trace/unanswered']);
    expect(trace.grew).toBeNull();
    // The file grows again, in the middle of the line that counted as the last one.
    appendFileSync(path(), '"result":{"content":[]}}}\n');
    await until(() => changes.length > 0 && codes(trace).length === 0);
    expect(trace.trace).toMatchObject({ growing: true, calls: [{}, { answerLine: 5 }] });
    expect([trace.generation, trace.grew]).toEqual([0, expect.any(Number)]);
  });

  test('comes when the tap that writes the capture has ended', async () => {
    writeFileSync(path(), header() + call(1));
    const hourAgo = Date.now() / 1000 - 3600;
    utimesSync(path(), hourAgo, hourAgo);
    const start = '2026-05-06T07:08:09.000Z';
    const live = LiveFile.create(path(), { pid: process.pid, start, server: 's', transport: 'stdio', mode: 'watch' });
    const { trace } = await follow(path(), { quietMs: 0 });
    expect(trace.live).toMatchObject({ mode: 'watch', start });
    expect(trace.trace).toMatchObject({ growing: true, calls: [{ awaits: 'answer' }], problems: [] });
    // In a watched session the guard's line follows the answer.
    appendFileSync(path(), answer(1));
    await until(() => trace.trace.calls[0]?.awaits === 'guard');
    live.update({ mode: 'enforce' });
    await until(() => trace.live?.mode === 'enforce');
    live.remove();
    await until(() => trace.live === null);
    expect(trace.trace.growing).toBeUndefined();
    expect(trace.trace).toEqual(await readTraceFile(path()));
  });

  test('comes with dispose, and with the abort signal', async () => {
    writeFileSync(path(), header());
    const first = await follow(path());
    first.trace.dispose();
    first.trace.dispose();
    const abort = new AbortController();
    const second = await follow(path(), { signal: abort.signal });
    abort.abort(new Error('enough'));
    appendFileSync(path(), call(1));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect([first.changes, second.changes]).toEqual([[], []]);
    await expect(follow(path(), { signal: abort.signal })).rejects.toThrow('enough');
  });
});

describe('a missing file', () => {
  test('is read once it appears', async () => {
    const { trace } = await follow(path());
    expect(trace.trace).toMatchObject({ growing: true, calls: [], problems: [] });
    writeFileSync(path(), header() + call(1));
    await until(() => trace.trace.calls.length === 1);
    expect(codes(trace)).toEqual([]);
    expect(trace.generation).toBe(0);
  });

  test('is read once it appears in a folder that was missing, too', async () => {
    const { trace } = await follow(join(folder, 'logs', 'b.guardtrace.jsonl'));
    mkdirSync(join(folder, 'logs'));
    writeFileSync(join(folder, 'logs', 'b.guardtrace.jsonl'), header() + call(1));
    await until(() => trace.trace.calls.length === 1);
  });

  test('differs from a file that is not a trace, and from a path that cannot be followed', async () => {
    writeFileSync(path('x.txt'), 'hello\n');
    const { trace } = await follow(path('x.txt'), { quietMs: 0 });
    expect(codes(trace)).toEqual(['trace/unknown-format']);
    await expect(follow('/dev/null')).rejects.toMatchObject({ code: 'trace/unreadable' });
  });
});

describe('a file that is replaced or truncated', () => {
  test('after a rotation the rest of the old file is read, then the new one from its beginning', async () => {
    writeFileSync(path(), header() + call(1) + answer(1));
    const { trace, changes } = await follow(path());
    const descriptor = openSync(path(), 'a');
    renameSync(path(), path('a.1.guardtrace.jsonl'));
    writeSync(descriptor, call(2) + answer(2));
    closeSync(descriptor);
    writeFileSync(path(), header('2026-05-06T08:00:00.000Z') + call(7));
    await until(() => trace.generation === 1);
    const old = changes.findLast(({ generation }) => generation === 0);
    expect(old?.trace).toMatchObject({ calls: [{ tool: 'tool1' }, { tool: 'tool2' }] });
    expect(old?.trace.growing).toBeUndefined();
    expect(tools(trace)).toEqual(['tool7 …']);
    expect(codes(trace)).toEqual(['trace/rotated']);
    expect(trace.trace.problems[0]?.message).toContain('2 calls before that are no longer shown');
    appendFileSync(path(), answer(7));
    await until(() => trace.trace.calls[0]?.answer !== undefined);
  });

  test('a truncated file is read from its beginning', async () => {
    writeFileSync(path(), header() + call(1) + answer(1) + call(2));
    const { trace, changes } = await follow(path());
    truncateSync(path(), 0);
    await until(() => trace.generation === 1);
    appendFileSync(path(), header('2026-05-06T08:00:00.000Z') + call(3));
    await until(() => trace.trace.calls.length === 1);
    expect(tools(trace)).toEqual(['tool3 …']);
    expect(codes(trace)).toEqual(['trace/truncated']);
    expect(changes[0]).toMatchObject({ generation: 0, trace: { calls: [{ tool: 'tool1' }, { tool: 'tool2' }] } });
  });

  test('a file that was truncated and grew beyond its old size is read from its beginning', async () => {
    writeFileSync(path(), header() + call(1));
    const { trace } = await follow(path());
    const more = Array.from({ length: 50 }, (_, id) => call(id, 'other')).join('');
    copyFileSync(path(), path('copy'));
    writeFileSync(path(), header('2026-05-06T08:00:00.000Z') + more);
    await until(() => trace.trace.calls.length === 50);
    expect(codes(trace)).toEqual(['trace/truncated']);
    expect(trace.generation).toBe(1);
  });

  test('a file with the same beginning and another end counts as rewritten', async () => {
    const beginning = header() + Array.from({ length: 100 }, (_, id) => call(id)).join('');
    writeFileSync(path(), beginning + call(101, 'before'));
    const { trace } = await follow(path());
    writeFileSync(path(), beginning + call(101, 'behind') + call(102));
    await until(() => trace.generation === 1 && trace.trace.calls.length === 102);
    expect(trace.trace.calls[100]?.tool).toBe('behind');
  });

  test('the calls of a deleted file stay, and its successor is read', async () => {
    writeFileSync(path(), header() + call(1));
    const { trace } = await follow(path());
    rmSync(path());
    await until(() => codes(trace).includes('trace/gone'));
    expect(tools(trace)).toEqual(['tool1 …']);
    expect(codes(trace)).toEqual(['trace/gone', 'trace/unanswered']);
    writeFileSync(path(), header('2026-05-06T08:00:00.000Z') + call(2));
    await until(() => trace.generation === 1 && trace.trace.calls.length === 1);
    expect(tools(trace)).toEqual(['tool2 …']);
    expect(codes(trace)).toEqual(['trace/rotated']);
  });
});

describe('the log folder of a gateway', () => {
  const time = (ms: number): string => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
  const ask = (ms: number, tool: string, args: object = {}): string =>
    gatewayRequestLine(time(ms), 's', 'tools/call', { name: tool, arguments: args } as never);
  const reply = (ms: number): string => gatewayResponseLine(time(ms), 's', { result: { content: [] } });
  const clientCallLine = (ms: number, tool: string): string =>
    `[${time(ms)}] [INFO] [client] MCP tool call request, session=S, tool=${tool}, args={}\n`;
  const answered = (ms: number, tool: string): string =>
    `[${time(ms)}] [INFO] [client] MCP tool call response, session=S, tool=${tool}, result={}\n`;

  test('may be created later, and look-ups never become calls', async () => {
    const log = join(folder, 'logs');
    const { trace, changes } = await follow(log);
    mkdirSync(log);
    const rpc = join(log, 'rpc-messages.jsonl');
    const text = join(log, 'mcp-gateway.log');
    const steps: readonly (readonly [string, string])[] = [
      [text, clientCallLine(0, 'list')],
      [rpc, ask(5, 'look') + reply(8)],
      [rpc, ask(10, 'list') + reply(20)],
      [rpc, ask(22, 'look') + reply(25)],
      [text, answered(30, 'list')],
      [text, clientCallLine(100, 'denied')],
      [text, answered(105, 'denied')],
      [text, clientCallLine(200, 'list')],
      [rpc, ask(205, 'look') + reply(208)],
      [rpc, ask(210, 'list') + reply(220)],
      [text, answered(230, 'list')],
    ];
    for (const [file, lines] of steps) {
      appendFileSync(file, lines);
      await new Promise((resolve) => setTimeout(resolve, 160));
    }
    await until(() => trace.trace.calls.length === 3);
    expect(trace.file).toBe(rpc);
    expect(tools(trace)).toEqual(['list', 'denied …', 'list']);
    for (const each of changes) expect(tools(each).filter((tool) => tool.startsWith('look'))).toEqual([]);
    expect(trace.trace.calls[0]?.lookups).toEqual([0, 1]);
    expect(settled(trace.trace)).toEqual(settled({ ...(await readTraceFile(log)) }));
  });

  test('gives the same trace as reading it at once when the sample is written in pieces', async () => {
    const source = samplePath('files-and-memory', 'gateway-log');
    const names = ['mcp-gateway.log', 'rpc-messages.jsonl'] as const;
    const texts = names.map((name) => readFileSync(join(source, name)));
    const { trace } = await follow(folder, { quietMs: 400 });
    const pieces = 12;
    for (let piece = 0; piece < pieces; piece++) {
      for (const [at, name] of names.entries()) {
        const bytes = texts[at] ?? Buffer.alloc(0);
        const cut = (n: number): number => Math.floor((bytes.length * n) / pieces);
        appendFileSync(join(folder, name), bytes.subarray(cut(piece), cut(piece + 1)));
      }
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    await until(() => trace.trace.growing === undefined);
    expect(trace.trace).toEqual(await readTraceFile(folder));
  });

  test('uses the exact values of a debug log that appears later', async () => {
    const rpc = join(folder, 'rpc-messages.jsonl');
    const { trace } = await follow(folder, { quietMs: 60_000 });
    const args = { token: 'ghp_0123456789abcdefghijABCDEFGHIJ012345' };
    writeFileSync(rpc, ask(0, 'list', args) + reply(5));
    await until(() => trace.trace.calls[0]?.redacted === true);
    const input = JSON.stringify({ tool_name: 'list', tool_args: args });
    const line = `guard:wasm label_resource input JSON (${input.length} bytes): ${input} +1ms\n`;
    writeFileSync(join(folder, 'gateway.stderr.log'), line);
    await until(() => trace.trace.calls[0]?.redacted === false);
    expect(trace.trace.calls[0]).toMatchObject({ args, recovered: { argsLine: 1 } });
    appendFileSync(join(folder, 'gateway.stderr.log'), line);
    appendFileSync(rpc, ask(10, 'list', args) + reply(15));
    await until(() => trace.trace.calls[1]?.redacted === false);
    expect(trace.generation).toBe(0);
  });
});
