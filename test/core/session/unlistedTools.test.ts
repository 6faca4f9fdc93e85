/** Calls of tools that the server's list does not have: the gateway answers them itself, before any guard. */
import { describe, expect, test } from 'vitest';
import { decideCall } from '../../../src/core/session/decideCall.ts';
import { rulesOf } from '../../../src/core/session/sessionRules.ts';
import { initialSessionState } from '../../../src/core/session/sessionState.ts';
import { readTrace } from '../../../src/core/trace/reader.ts';
import type { TraceCall } from '../../../src/core/trace/model/traceModel.ts';
import { nativeHeaderLine, nativeMessageLine } from '../../../src/core/trace/write.ts';

const start = { tool: 'guardscope', version: '0.1.0', start: '2026-05-06T07:08:09.000Z' };
const header = nativeHeaderLine({ ...start, server: 's', transport: 'stdio', redaction: [] });
const asks = (id: number, method: string, params: object = {}): string =>
  nativeMessageLine(id, 'client', { jsonrpc: '2.0', id, method, params: { ...params } });
const calls = (id: number, name: string): string => asks(id, 'tools/call', { name });
const lists = (id: number, names: readonly string[], nextCursor?: string): string => {
  const page = {
    tools: names.map((name) => ({ name, inputSchema: {} })),
    ...(nextCursor === undefined ? {} : { nextCursor }),
  };
  return nativeMessageLine(id, 'server', { jsonrpc: '2.0', id, result: page });
};
const changed = nativeMessageLine(9, 'server', { jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
const read = (...lines: readonly string[]): readonly TraceCall[] => readTrace([header, ...lines].join('')).calls;
const unlisted = (...lines: readonly string[]): readonly string[] =>
  read(...lines).flatMap((call) => (call.unlisted === true ? [call.tool] : []));

describe('a call is of an unlisted tool', () => {
  test('behind a complete list that does not have it', () => {
    const listed = [asks(1, 'tools/list'), lists(1, ['a', 'b'])];
    expect(unlisted(...listed, calls(2, 'a'), calls(3, 'c'), calls(4, 'b'), calls(5, 'A'))).toEqual(['c', 'A']);
    expect(unlisted(...listed, changed, calls(3, 'c'))).toEqual([]);
    expect(unlisted(...listed, asks(2, 'tools/list'), lists(2, ['c']), calls(3, 'c'), calls(4, 'a'))).toEqual(['a']);
  });

  test('not before a list, behind a part of one, or behind an error', () => {
    expect(unlisted(calls(1, 'c'), asks(2, 'tools/list'), lists(2, ['a']))).toEqual([]);
    const first = [asks(1, 'tools/list'), lists(1, ['a'], 'next')];
    expect(unlisted(...first, calls(2, 'c'))).toEqual([]);
    expect(unlisted(...first, asks(2, 'tools/list', { cursor: 'next' }), lists(2, ['b']), calls(3, 'c'))).toEqual([
      'c',
    ]);
    const failed = nativeMessageLine(2, 'server', { jsonrpc: '2.0', id: 1, error: { code: -1, message: 'no' } });
    expect(unlisted(asks(1, 'tools/list'), failed, calls(2, 'c'))).toEqual([]);
  });
});

test('the gateway answers it before it asks the guard, the arguments, or a budget', () => {
  const [call] = read(asks(1, 'tools/list'), lists(1, ['a']), asks(2, 'tools/call', { name: 'b"', arguments: [] }));
  const decision = decideCall(
    initialSessionState,
    call as TraceCall,
    rulesOf(call?.server ?? '', { policy: { 'allow-only': {} } }),
  ).next();
  expect(decision.done).toBe(true);
  expect(decision.value).toMatchObject({
    record: {
      ...{ outcome: 'error', endedIn: 'init', guardCalls: [] },
      client: { error: { code: -32_602, message: String.raw`unknown tool "b\""` } },
    },
    state: initialSessionState,
  });
});
