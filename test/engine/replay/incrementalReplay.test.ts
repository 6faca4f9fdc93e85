/** Replays of growing traces: in whatever pieces a trace comes, the records are those of a replay of the whole trace. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json.ts';
import type { DecisionRecord } from '../../../src/core/difc/record/decision.ts';
import { itemPath, makeResource } from '../../../src/core/difc/monitor/resource.ts';
import { readTrace, TraceReader } from '../../../src/core/trace/reader.ts';
import {
  gatewayFilteredLine,
  gatewayRequestLine,
  gatewayResponseLine,
  nativeHeaderLine,
  nativeMessageLine,
} from '../../../src/core/trace/write.ts';
import { IncrementalReplay } from '../../../src/engine/replay/incrementalReplay.ts';
import { type ReadinessLimits, defaultReadinessLimits, Readiness } from '../../../src/core/replay/readiness.ts';
import { oneServer } from '../../../src/engine/replay/gatewaySession.ts';
import { replayTrace } from '../../../src/engine/replay/replayTrace.ts';
import type { TraceCall } from '../../../src/core/trace/model/traceModel.ts';
import { fastestMs, processorMs } from '../../support/growth.ts';
import { samplePath } from '../../support/samples.ts';
import { type Script, scriptedGuard } from './scriptedGuard.ts';

const policy: JsonValue = { 'allow-only': { repos: 'all', 'min-integrity': 'none' } };
const time = (ms: number): string => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
const ask = (ms: number, tool: string, args: JsonValue = {}, server = 's'): string =>
  gatewayRequestLine(time(ms), server, 'tools/call', { name: tool, arguments: args });
const reply = (ms: number, result: JsonValue = { content: [] }, server = 's'): string =>
  gatewayResponseLine(time(ms), server, { result });
const pair = (ms: number, tool: string, args: JsonValue = {}, server = 's'): string =>
  ask(ms, tool, args, server) + reply(ms + 5, { content: [{ type: 'text', text: `"${tool} ${ms}"` }] }, server);
const filtered = (ms: number, tool: string, description: string): string =>
  gatewayFilteredLine(time(ms), {
    server: 's',
    tool,
    description,
    reason: 'r',
    secrecy: [],
    integrity: null,
    number: null,
    author: null,
    url: null,
  });
const header = nativeHeaderLine({
  tool: 'g',
  version: '1',
  start: '2026-05-06T07:08:09.000Z',
  server: 's',
  transport: 'stdio',
  redaction: [],
});
const call = (id: number, name = 'read', by?: 'guard', args: JsonValue = { id }): string =>
  nativeMessageLine(id, 'client', { id, method: 'tools/call', params: { name, arguments: args } }, by);
const answer = (id: number): string =>
  nativeMessageLine(id + 1, 'server', { id, result: { content: [], structuredContent: id } });

/** A call with an id, or the answer to it when the id is negative, at a time. */
const atTime = (t: number, id: number, name: string | number = ''): string =>
  id > 0
    ? nativeMessageLine(t, 'client', { id, method: 'tools/call', params: { name: String(name), arguments: { id } } })
    : nativeMessageLine(t, 'server', { id: -id, result: { content: [] } });

/** Derives labels from its look-ups, in propagate mode, and labels the items of calls named `list` after another look-up. */
const curious: Script = {
  agent: { secrecy: ['start'], integrity: [] },
  mode: 'propagate',
  resource: (tool, args, lookup) => {
    if (tool === 'stat' || tool === 'look') return { secrecy: [tool] };
    return { secrecy: [`${tool} ${JSON.stringify(lookup('stat', args))}`] };
  },
  response: (tool, _result, lookup) => {
    if (tool !== 'list') return null;
    const found = lookup('look', {});
    return {
      items: [0, 1].map((index) => ({
        data: { index },
        labels: makeResource(`item ${index}`, index === 0 ? [] : ['start', JSON.stringify(found)], []),
        origin: 'path' as const,
        path: itemPath('', index),
      })),
    };
  },
};

const captures: readonly (readonly [string, string, Script])[] = [
  [
    'a capture with parallel calls and an unanswered call',
    header +
      call(1) +
      call(2) +
      call(3) +
      answer(2) +
      answer(3) +
      call(4) +
      answer(4) +
      answer(1) +
      call(5) +
      call(6) +
      answer(6),
    curious,
  ],
  [
    'a capture with calls at once, of which later ones are answered first',
    header +
      [
        [0, 1, 'secret'],
        [10, 2, 'plain'],
        [20, -2],
        [25, 3, 'write'],
        [30, 4, 'list'],
        [60, -1],
        [60, 5, 'write'],
        [70, -4],
        [75, -3],
        [80, -5],
        [90, 6, 'plain'],
        [95, -6],
      ]
        .map(([t, id, name]) => atTime(Number(t), Number(id), name))
        .join(''),
    {
      mode: 'propagate',
      resource: (tool) => ({
        secrecy: tool === 'secret' ? ['private'] : [],
        operation: tool === 'write' ? 'write' : 'read',
      }),
    },
  ],
  [
    'a capture with look-ups of the guard, some of them late',
    header +
      call(1) +
      call(100, 'stat', 'guard', { id: 1 }) +
      answer(100) +
      answer(1) +
      call(2) +
      answer(2) +
      call(101, 'stat', 'guard', { id: 2 }) +
      answer(101) +
      call(3) +
      call(102, 'stat', 'guard', { id: 3 }) +
      answer(3) +
      call(4) +
      answer(4) +
      answer(102),
    curious,
  ],
  [
    'a gateway log that does not say which calls are look-ups',
    pair(0, 'stat', { n: 1 }) +
      pair(10, 'read', { n: 1 }) +
      pair(20, 'stat', { n: 2 }) +
      pair(30, 'list', { n: 2 }) +
      pair(40, 'look') +
      pair(50, 'stat', { n: 3 }) +
      pair(60, 'stat', { n: 3 }) +
      pair(70, 'stat', { n: 4 }) +
      pair(80, 'read', { n: 9 }) +
      pair(90, 'look') +
      pair(100, 'list', { n: 5 }) +
      pair(110, 'look') +
      pair(120, 'look'),
    curious,
  ],
  [
    'a gateway log with filter records and calls of other servers',
    pair(0, 'list') +
      pair(5, 'else', {}, 'other') +
      pair(10, 'list', { n: 1 }) +
      filtered(16, 'list', 'item 1') +
      pair(20, 'list', { n: 2 }) +
      pair(25, 'else', {}, 'third') +
      filtered(26, 'list', 'item 7') +
      pair(30, 'read'),
    { ...curious, mode: 'filter' },
  ],
  [
    'a guard that traps',
    header + Array.from({ length: 6 }, (_, id) => call(id + 1) + answer(id + 1)).join(''),
    {
      resource: (_tool, args) => {
        if (JSON.stringify(args) === '{"id":3}') throw new Error('unreachable');
        return {};
      },
    },
  ],
  [
    'the sample',
    readFileSync(samplePath('files-and-memory', 'trace.guardtrace.jsonl'), 'utf8'),
    {
      mode: 'filter',
      resource: (tool) => ({ operation: tool.startsWith('write') ? 'write' : 'read', integrity: [tool] }),
    },
  ],
];

const never: ReadinessLimits = { answerMs: 1e9, guardMs: 1e9 };
const none: ReadinessLimits = { answerMs: 0, guardMs: 0 };

/** Replays a text in random pieces. `starts`: number of runs. */
async function grown(
  text: string,
  script: Script,
  seed: number,
  waits: ReadinessLimits,
): Promise<{ readonly records: readonly DecisionRecord[]; readonly starts: number }> {
  const bytes = new TextEncoder().encode(text);
  const reader = new TraceReader({ growing: true });
  const records = new Map<number, DecisionRecord>();
  let starts = 0;
  const start = (): IncrementalReplay => {
    starts++;
    records.clear();
    const onLookup = (lookup: TraceCall): void => void records.delete(lookup.index);
    return new IncrementalReplay(oneServer(serverOf(text), { guard: scriptedGuard(script), policy }), {
      onLookup,
      limits: waits,
    });
  };
  const addAll = (list: readonly DecisionRecord[]): void => {
    for (const record of list) records.set(record.index, record);
  };
  let replay = start();
  const step = async (trace: ReturnType<TraceReader['end']>): Promise<void> => {
    if (!replay.take(trace)) {
      replay = start();
      expect(replay.take(trace)).toBe(true);
    }
    for await (const record of replay.run()) addAll([record]);
    addAll(trace.growing === true ? replay.provisional() : replay.finish());
  };
  let state = seed;
  for (let at = 0; at < bytes.length;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const to = Math.min(bytes.length, at + 1 + (state % Math.ceil(bytes.length / 8)));
    reader.push(bytes.subarray(at, to));
    at = to;
    await step(reader.snapshot());
  }
  await step(reader.end());
  return { records: [...records.values()].sort((a, b) => a.index - b.index), starts };
}

function serverOf(text: string): string {
  return readTrace(text).calls[0]?.server ?? '';
}

describe.each(captures)('%s', (_name, text, script) => {
  test.each([1, 2, 3, 4, 5, 6])('has the same records in pieces (seed %i)', async (seed) => {
    const atOnce: DecisionRecord[] = [];
    const server = serverOf(text);
    for await (const record of replayTrace(readTrace(text), { guard: scriptedGuard(script), policy, server })) {
      atOnce.push(record);
    }
    const patient = await grown(text, script, seed, never);
    expect(patient.records).toEqual(atOnce);
    // Without waiting, a run starts again when something comes late, with the same records in the end.
    const hasty = await grown(text, script, seed, none);
    expect(hasty.records).toEqual(atOnce);
  });
});

test('each call is decided once, on one instance, as soon as its answer has come', async () => {
  const guard = scriptedGuard({});
  const replay = new IncrementalReplay(oneServer('s', { guard, policy }));
  const reader = new TraceReader({ growing: true });
  const decided = async (text: string): Promise<readonly string[]> => {
    reader.push(new TextEncoder().encode(text));
    expect(replay.take(reader.snapshot())).toBe(true);
    const tools: string[] = [];
    for await (const record of replay.run()) tools.push(`${record.tool} ${record.outcome}`);
    return tools;
  };
  expect(await decided(header + call(1, 'a'))).toEqual([]);
  expect(replay.waitMs).toBeNull();
  expect(await decided(answer(1))).toEqual(['a allowed']);
  expect(await decided(call(2, 'b') + call(3, 'c') + answer(3))).toEqual([]);
  expect(replay.waitMs).toBeGreaterThan(defaultReadinessLimits.answerMs - 5_000);
  expect(await decided(answer(2))).toEqual(['b allowed', 'c allowed']);
  expect(guard.asked.map(({ name }) => name)).toEqual([
    'label_agent',
    ...Array.from({ length: 3 }, () => ['label_resource', 'label_response']).flat(),
  ]);
});

test('deciding one more call after 4,000 others costs a small part of deciding them all', async () => {
  const count = 4_000;
  const reader = new TraceReader({ growing: true });
  const push = (text: string): void => reader.push(new TextEncoder().encode(text));
  const replay = new IncrementalReplay(oneServer('s', { guard: scriptedGuard({}), policy }));
  push(header + Array.from({ length: count }, (_, id) => call(id) + answer(id)).join(''));
  let done = 0;
  const step = async (): Promise<void> => {
    expect(replay.take(reader.snapshot())).toBe(true);
    for await (const _record of replay.run()) done++;
  };
  const atOnceMs = await processorMs(step);
  let id = count;
  const oneMoreMs = await fastestMs(async () => {
    push(call(id) + answer(id));
    id++;
    await step();
  }, 10);
  expect(done).toBe(count + 10);
  expect(oneMoreMs).toBeLessThan(atOnceMs / 10);
});

describe('readiness', () => {
  const waiting = (...awaits: readonly (TraceCall['awaits'] | null)[]): readonly TraceCall[] =>
    awaits.map((each, index) => ({ index, ...(each === null ? {} : { awaits: each }) }) as unknown as TraceCall);
  test('the wait for the recorded guard begins when the answer has come', () => {
    const readiness = new Readiness({ answerMs: 100, guardMs: 10 });
    readiness.take(waiting('answer'), 0, 0);
    readiness.take(waiting('guard'), 0, 50);
    expect(readiness.waitMs(waiting('guard'), 0, 52)).toBe(8);
    expect(readiness.waitMs(waiting('guard'), 0, 70)).toBe(0);
  });
  test('the wait for an answer is limited only when a later call is ready', () => {
    const readiness = new Readiness({ answerMs: 100, guardMs: 10 });
    const alone = waiting('answer', 'answer');
    readiness.take(alone, 0, 0);
    expect(readiness.waitMs(alone, 0, 1_000)).toBeNull();
    const overtaken = waiting('answer', 'answer', null);
    readiness.take(overtaken, 0, 30);
    expect(readiness.waitMs(overtaken, 0, 40)).toBe(60);
    expect(readiness.waitMs(overtaken, 0, 100)).toBe(0);
    expect(readiness.waitMs(overtaken, 2, 40)).toBe(0);
  });
});
