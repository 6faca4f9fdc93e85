/** Captures of several servers joined to one session: order of arrival, look-ups, positions, agents. */
import { describe, expect, test } from 'vitest';
import { mergeTraces } from '../../../src/core/trace/mergeTraces.ts';
import type { Trace, TraceCall } from '../../../src/core/trace/model/traceModel.ts';
import { recorded } from '../../engine/replay/replayed.ts';

/** A capture of calls `tool@second`, which may name an agent: `tool@second@agent`. */
function capture(server: string, calls: readonly string[], patch: Partial<Trace> = {}): Trace {
  const made = calls.map((text, index): TraceCall => {
    const [tool = '', second = '', agent] = text.split('@');
    const time = second === '' ? null : new Date(Date.UTC(2026, 0, 1, 0, 0, Number(second))).toISOString();
    const call = recorded(tool, { server, time, requestLine: 2 * index + 2 });
    return { ...call, index, lookups: [], filtered: [], ...(agent === undefined ? {} : { agent }) };
  });
  const agents = [...new Set(made.flatMap(({ agent }) => agent ?? []))];
  const rest = { recordedLookups: [], problems: [], lines: 10, bytes: 100 };
  return { format: 'native', servers: [server], agents, calls: made, ...rest, ...patch };
}

const joined = (...traces: readonly Trace[]): Trace =>
  mergeTraces(traces.map((trace, at) => ({ trace, file: `${at}.guardtrace.jsonl` })));
const tools = ({ calls }: Trace): readonly string[] => calls.map(({ index, tool }) => `${index} ${tool}`);

describe('the calls', () => {
  test('stand in order of arrival, with new indexes', () => {
    const trace = joined(capture('a', ['a1@1', 'a2@4', 'a3@9']), capture('b', ['b1@2', 'b2@5']));
    expect(tools(trace)).toEqual(['0 a1', '1 b1', '2 a2', '3 b2', '4 a3']);
    expect(trace).toMatchObject({ servers: ['a', 'b'], lines: 20, bytes: 200, format: 'native' });
  });

  test('of the same moment keep the order of the captures, and those without a time stay behind the one before', () => {
    expect(tools(joined(capture('a', ['a1@3', 'a2', 'a3@8']), capture('b', ['b1@3', 'b2@5'])))).toEqual([
      '0 a1',
      '1 a2',
      '2 b1',
      '3 b2',
      '4 a3',
    ]);
  });

  test('of a clock that went back keep the order of their capture', () => {
    expect(tools(joined(capture('a', ['a1@5', 'a2@2']), capture('b', ['b1@4'])))).toEqual(['0 b1', '1 a1', '2 a2']);
  });
});

test('look-ups belong to the same calls as before, and answers stay where they are read', () => {
  const answer = { result: { read: 'later' } };
  const withLookup = (server: string): Trace => {
    const trace = capture(server, [`${server}1@1`], { recordedLookups: [recorded(`${server} look-up`, { server })] });
    return { ...trace, calls: trace.calls.map((call) => ({ ...call, lookups: [0], answer })) };
  };
  const trace = joined(withLookup('a'), withLookup('b'));
  expect(trace.calls.map(({ tool, lookups }) => [tool, lookups.map((at) => trace.recordedLookups[at]?.tool)])).toEqual([
    ['a1', ['a look-up']],
    ['b1', ['b look-up']],
  ]);
  expect(trace.calls.every((call) => call.answer === answer)).toBe(true);
});

test('every position names its file', () => {
  const problem = { severity: 'info', code: 'trace/x', message: '', position: { line: 3 } } as const;
  const list = { server: 'b', line: 1, tools: [] };
  const trace = joined(capture('a', ['a1@1'], { problems: [problem] }), capture('b', ['b1@2'], { toolLists: [list] }));
  expect(trace.calls.map(({ file, requestLine }) => [file, requestLine])).toEqual([
    ['0.guardtrace.jsonl', 2],
    ['1.guardtrace.jsonl', 2],
  ]);
  expect(trace.problems).toEqual([{ ...problem, position: { file: '0.guardtrace.jsonl', line: 3 } }]);
  expect(trace.toolLists).toEqual([{ ...list, file: '1.guardtrace.jsonl' }]);
});

test('captures with one agent each are those of one client; several agents of a capture stay apart', () => {
  const one = joined(capture('a', ['a1@1@token-a']), capture('b', ['b1@2@token-b']));
  expect(one.calls.map(({ agent }) => agent)).toEqual([undefined, undefined]);
  const several = joined(capture('a', ['a1@1@x', 'a2@3@y']), capture('b', ['b1@2']));
  expect(several.calls.map(({ agent }) => agent)).toEqual(['x', undefined, 'y']);
  expect(several.agents).toEqual(['x', 'y']);
});

test('one trace is returned as it is, and a growing one makes the session grow', () => {
  const trace = capture('a', ['a1@1']);
  expect(joined(trace)).toBe(trace);
  expect(joined(trace, capture('b', [], { growing: true })).growing).toBe(true);
  expect(joined(trace, capture('b', []))).not.toHaveProperty('growing');
});
