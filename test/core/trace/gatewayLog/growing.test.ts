/** Growing traces: read in pieces they give the same trace, each snapshot equals its complete lines, and a snapshot is cheap. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../../src/core/base/json.ts';
import type { GuardCallRecord } from '../../../../src/core/difc/record/guardCall.ts';
import type { Trace } from '../../../../src/core/trace/model/traceModel.ts';
import { readTrace, TraceReader } from '../../../../src/core/trace/reader.ts';
import {
  gatewayFilteredLine,
  gatewayRequestLine,
  gatewayResponseLine,
  nativeGuardLine,
  nativeHeaderLine,
  nativeMessageLine,
} from '../../../../src/core/trace/write.ts';
import { expectShare } from '../../../support/growth.ts';
import { samplePath } from '../../../support/samples.ts';
import { exampleLog } from '../support.ts';

const header = nativeHeaderLine({
  tool: 'guardscope',
  version: '0.1.0',
  start: '2026-05-06T07:08:09.000Z',
  server: 'files',
  transport: 'stdio',
  redaction: [],
});
const call = (id: number, name: string, by?: 'guard'): string =>
  nativeMessageLine(id, 'client', { id, method: 'tools/call', params: { name, arguments: { id } } }, by);
const answer = (id: number): string =>
  nativeMessageLine(id + 5, 'server', { id, result: { content: [], structuredContent: `answer ${id}` } });
const guardLine = (id: number, lookups: readonly object[] = []): string =>
  nativeGuardLine(id + 6, [{ function: 'label_resource', backendCalls: lookups } as unknown as GuardCallRecord], id);

const time = (ms: number): string => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
const ask = (ms: number, tool: string, args: JsonValue = {}): string =>
  gatewayRequestLine(time(ms), 's', 'tools/call', { name: tool, arguments: args });
const reply = (ms: number): string => gatewayResponseLine(time(ms), 's', { result: { content: [] } });
const filtered = (ms: number, tool: string): string =>
  gatewayFilteredLine(time(ms), {
    server: 's',
    tool,
    description: 'd',
    reason: 'r',
    secrecy: [],
    integrity: null,
    number: null,
    author: null,
    url: null,
  });
const debugLine = (name: string, value: JsonValue): string =>
  `guard:wasm ${name} input JSON (${JSON.stringify(value).length} bytes): ${JSON.stringify(value)} +1ms\n`;

const lookup = { tool: 'stat', args: { path: 'a' }, end: 'answered', resultText: '{"size":1}', error: null };

const captures: readonly (readonly [string, string])[] = [
  ['the sample', readFileSync(samplePath('files-and-memory', 'trace.guardtrace.jsonl'), 'utf8').slice(0, 60_000)],
  ['the log of the sample', readFileSync(samplePath('files-and-memory', 'gateway-log', 'rpc-messages.jsonl'), 'utf8')],
  ['the documented lines', exampleLog],
  [
    'a watched capture with every kind of line',
    header +
      call(1, 'a') +
      call(2, 'b') +
      'no JSON é\n\n' +
      answer(2) +
      guardLine(2, [lookup]) +
      answer(1) +
      guardLine(1) +
      call(3, 'c') +
      answer(9) +
      header +
      call(1, 'again') +
      answer(1) +
      guardLine(1),
  ],
  [
    'a capture with messages of the guard',
    header + call(1, 'a') + call(2, 'stat', 'guard') + answer(2) + answer(1) + guardLine(1, [lookup]) + call(3, 'b'),
  ],
  [
    'a gateway log with look-ups known by their shape, and filter records',
    ask(0, 'search_repositories', { perPage: 10, query: 'repo:a/b' }) +
      reply(5) +
      ask(10, 'list') +
      reply(15) +
      ask(20, 'search_repositories', { perPage: 10, query: 'repo:a/b' }) +
      reply(25) +
      filtered(26, 'list') +
      ask(1000, 'other') +
      ask(1001, 'other') +
      reply(1005),
  ],
  [
    'a debug log',
    debugLine('label_agent', { 'allow-only': { repos: 'all' } }) +
      debugLine('label_resource', { tool_name: 'a', tool_args: {} }) +
      '[guard:g] INFO: hello\nand more\n' +
      debugLine('label_response', { tool_name: 'a', tool_args: {}, tool_result: { content: [] } }) +
      debugLine('label_resource', { tool_name: 'b', tool_args: { n: 1 } }),
  ],
  ['what is no trace', '{"some":"JSON"}\n{"more":1}\n'],
];

/** Deterministic random numbers. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The trace without the parts that depend on whether it has ended. */
function comparable(trace: Trace): object {
  const { growing: _growing, calls, problems, bytes: _bytes, ...rest } = trace;
  const early = new Set(['trace/unanswered', 'trace/no-results', 'trace/unknown-format']);
  return {
    ...rest,
    calls: calls.map(({ awaits: _awaits, ...each }) => each),
    problems: problems.filter(({ code }) => !early.has(code)),
  };
}

describe.each(captures)('%s', (_name, text) => {
  const bytes = new TextEncoder().encode(text);
  const whole = readTrace(bytes);

  test.each([1, 2, 3])('reads the same trace from random pieces (%i)', (seed) => {
    const random = randomOf(seed);
    const reader = new TraceReader({ growing: true });
    const most = Math.max(2, Math.ceil(bytes.length / 20));
    for (let at = 0; at < bytes.length;) {
      const to = Math.min(bytes.length, at + 1 + Math.floor(random() * most));
      reader.push(bytes.subarray(at, to));
      at = to;
      const snapshot = reader.snapshot();
      expect(snapshot.growing).toBe(true);
      const lines = bytes.subarray(0, bytes.subarray(0, at).lastIndexOf(0x0a) + 1);
      const atOnce = comparable(readTrace(lines));
      // A message of the guard may continue, so it appears one line later.
      if (snapshot.format === 'gateway-debug') expect(snapshot.calls.length).toBe(readTrace(lines).calls.length);
      else expect(comparable(snapshot)).toEqual(atOnce);
    }
    expect(reader.end()).toEqual(whole);
    expect(reader.end()).toEqual(whole);
  });
});

test('a trace can grow after its last line was read', () => {
  const reader = new TraceReader({ growing: true });
  const push = (text: string): void => reader.push(new TextEncoder().encode(text));
  push(header + call(1, 'a'));
  expect(reader.end().problems.map(({ code }) => code)).toEqual(['trace/unanswered']);
  push(answer(1));
  expect(reader.snapshot()).toMatchObject({ problems: [], calls: [{ answerLine: 3 }] });
  expect(reader.end()).toEqual(readTrace(header + call(1, 'a') + answer(1)));
});

test('reports no problem for a file without a line', () => {
  const reader = new TraceReader({ growing: true });
  expect(reader.snapshot()).toMatchObject({ format: 'unknown', growing: true, problems: [], calls: [] });
  expect(reader.isInLine).toBe(false);
  reader.push(new TextEncoder().encode(header.slice(0, 20)));
  expect(reader.isInLine).toBe(true);
  expect(reader.snapshot()).toMatchObject({ format: 'unknown', problems: [] });
});

describe('what calls wait for', () => {
  const waits = (trace: Trace): unknown => trace.calls.map(({ tool, awaits }) => `${tool} ${awaits ?? '-'}`);
  const grown = (text: string, watched = false): Trace => {
    const reader = new TraceReader({ growing: true });
    reader.push(new TextEncoder().encode(text));
    return reader.snapshot({ watched });
  };

  test('their answer, unless the client cancelled them', () => {
    const cancel = nativeMessageLine(9, 'client', { method: 'notifications/cancelled', params: { requestId: 1 } });
    const strange = nativeMessageLine(9, 'client', { method: 'notifications/cancelled', params: [1] });
    const text = header + call(1, 'a') + call(2, 'b') + answer(2) + call(3, 'c') + strange;
    expect(waits(grown(text))).toEqual(['a answer', 'b -', 'c answer']);
    expect(waits(grown(text + cancel))).toEqual(['a -', 'b -', 'c answer']);
    // A header resets ids, so earlier open calls can no longer be answered.
    expect(waits(grown(text + header))).toEqual(['a -', 'b -', 'c -']);
  });

  test('the guard line if a guard watches the session', () => {
    const text = header + call(1, 'a') + answer(1) + guardLine(1) + call(2, 'b') + call(3, 'c') + answer(2);
    expect(waits(grown(text))).toEqual(['a -', 'b guard', 'c answer']);
    expect(waits(grown(text + answer(3) + guardLine(3)))).toEqual(['a -', 'b -', 'c -']);
    expect(waits(grown(header + call(1, 'a') + answer(1), true))).toEqual(['a guard']);
    expect(waits(grown(header + call(1, 'a') + answer(1)))).toEqual(['a -']);
  });

  test('what the guard did, for the latest call of each server in a gateway log', () => {
    expect(waits(grown(ask(0, 'a') + reply(1) + ask(2, 'b') + reply(3)))).toEqual(['a -', 'b guard']);
    expect(waits(grown(ask(0, 'a') + reply(1) + ask(2, 'b')))).toEqual(['a -', 'b answer']);
    const restarted = gatewayRequestLine(time(5), 's', 'tools/list', null);
    expect(waits(grown(ask(0, 'a') + restarted))).toEqual(['a guard']);
  });
});

test('unchanged calls are the same objects', () => {
  const reader = new TraceReader({ growing: true });
  const push = (text: string): void => reader.push(new TextEncoder().encode(text));
  push(header + call(1, 'a') + answer(1) + call(2, 'b'));
  const first = reader.snapshot();
  push(answer(2) + call(3, 'c'));
  const second = reader.snapshot();
  expect(second.calls[0]).toBe(first.calls[0]);
  expect(first.calls[1]).toMatchObject({ awaits: 'answer', answer: undefined });
  expect(second.calls[1]?.answer?.result).toEqual({ content: [], structuredContent: 'answer 2' });
  expect(first.calls).toHaveLength(2);
});

describe('a snapshot of 5,000 calls that grew by one', () => {
  const count = 5_000;
  test.each<[string, string, (id: number) => string]>([
    ['a capture', header, (id) => call(id, `tool${id % 7}`) + answer(id)],
    ['a watched capture', header, (id) => call(id, `tool${id % 7}`) + answer(id) + guardLine(id, [lookup])],
    ['a gateway log', '', (id) => ask(id * 10, `tool${id % 7}`, { id: id % 5 }) + reply(id * 10 + 5)],
  ])('%s: costs a small part of reading them all', async (_name, start, pair) => {
    const reader = new TraceReader({ growing: true });
    const push = (text: string): void => reader.push(new TextEncoder().encode(text));
    const text = start + Array.from({ length: count }, (_, id) => pair(id)).join('');
    push(text);
    let length = reader.snapshot().calls.length;
    const growByOne = (): void => {
      push(pair(length));
      expect(reader.snapshot().calls).toHaveLength(++length);
    };
    await expectShare(growByOne, () => readTrace(text), 1 / 5);
  });
});
