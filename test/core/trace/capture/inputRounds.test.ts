/** Calls whose server asks for input: the client's retry continues the call, and everything else is a call of its own. */
import { expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../src/core/base/json.ts';
import { readTrace, TraceReader } from '../../../../src/core/trace/reader.ts';
import { nativeHeaderLine } from '../../../../src/core/trace/write.ts';
import { proves } from '../../../support/proves.ts';
import { codes } from '../support.ts';

const header = nativeHeaderLine({
  ...{ tool: 'guardscope', version: '0.1.0', start: '2026-05-06T07:08:09.000Z', server: 's', transport: 'http' },
  redaction: [],
});

const line = (exchange: number, dir: 'client' | 'server', msg: JsonObject, more: JsonObject = {}): string =>
  `${JSON.stringify({ t: exchange * 10, dir, exchange, ...more, msg: { jsonrpc: '2.0', ...msg } })}\n`;
const call = (exchange: number, id: number, args: JsonValue, more: JsonObject = {}): string =>
  line(exchange, 'client', { id, method: 'tools/call', params: { name: 'deploy', arguments: args, ...more } });
const ask = { who: { method: 'elicitation/create', params: { message: 'Who?' } } };
const roots = { roots: { method: 'roots/list', params: {} } };
const asks = (exchange: number, id: number, requestState?: string, inputRequests: JsonObject = ask): string =>
  line(exchange, 'server', {
    id,
    result: { resultType: 'input_required', inputRequests, ...(requestState === undefined ? {} : { requestState }) },
  });
const done = (exchange: number, id: number, value: JsonValue): string =>
  line(exchange, 'server', { id, result: { resultType: 'complete', content: [], structuredContent: value } });
const replies = { inputResponses: { who: { action: 'accept', content: {} } } };

/** Each call: line, arguments, the value of its answer or its error, and its rounds. */
function summary(...lines: readonly string[]): readonly unknown[] {
  return readTrace([header, ...lines].join('')).calls.map(({ requestLine, args, answer, rounds }) => {
    const value = (answer?.result as JsonObject | undefined)?.['structuredContent'] ?? answer?.error ?? '?';
    return [
      requestLine,
      args,
      value,
      ...(rounds === undefined ? [] : [rounds.count, rounds.asked, rounds.gateway.kind]),
    ];
  });
}

const noElicitation = 'multi round-trip: fulfilling input request "who": client does not support elicitation';

test('a call and its retry are one call, with the arguments of the first and the answer of the last', () => {
  proves('own:input-rounds');
  const trace = readTrace(
    [
      header,
      call(1, 1, { a: 1 }),
      asks(1, 1, 'st'),
      call(2, 2, { a: 1 }, { ...replies, requestState: 'st' }),
      done(2, 2, 5),
    ].join(''),
  );
  expect(trace.calls).toHaveLength(1);
  expect(trace.calls[0]).toMatchObject({
    ...{ index: 0, args: { a: 1 }, requestLine: 2, answerLine: 5, durationMs: 10 },
    answer: { result: { structuredContent: 5, resultType: 'complete' } },
    rounds: { count: 2, asked: 1, gateway: { kind: 'fails', error: noElicitation } },
  });
  expect([codes(trace), trace.sessions]).toEqual([[], 1]);
});

test('each form of a retry continues its call', () => {
  // Without a state, without responses, and with neither requests nor responses but a state.
  expect(summary(call(1, 1, 7), asks(1, 1), call(2, 2, 7, replies), done(2, 2, 5))).toEqual([[2, 7, 5, 2, 1, 'fails']]);
  expect(summary(call(1, 1, 7), asks(1, 1, 's', {}), call(2, 2, 7, { requestState: 's' }), done(2, 2, 5))).toEqual([
    [2, 7, 5, 2, 1, 'retries'],
  ]);
  const busy = line(1, 'server', { id: 1, result: { resultType: 'input_required', requestState: 's' } });
  expect(summary(call(1, 1, 7), busy, call(2, 2, 7, { requestState: 's' }), done(2, 2, 5))).toEqual([
    [2, 7, 5, 2, 1, 'passes'],
  ]);
});

test('a call may take several rounds, and the gateway stops at the first that it cannot answer', () => {
  const rounds = [
    ...[call(1, 1, 7), asks(1, 1, 'a', roots), call(2, 2, 7, { ...replies, requestState: 'a' }), asks(2, 2, 'b')],
    ...[call(3, 3, 7, { ...replies, requestState: 'b' }), asks(3, 3, 'c', roots)],
    ...[call(4, 4, 7, { ...replies, requestState: 'c' }), done(4, 4, 5)],
  ];
  expect(summary(...rounds)).toEqual([[2, 7, 5, 4, 3, 'fails']]);
});

test('without a retry the call ends as it does in the gateway', () => {
  expect(summary(call(1, 1, 7), asks(1, 1, 's'))).toEqual([[2, 7, noElicitation, 1, 1, 'fails']]);
  expect(summary(call(1, 1, 7), asks(1, 1, 's', roots))).toEqual([
    [2, 7, 'multi-round-trip: exceeded maximum retries (10)', 1, 1, 'retries'],
  ]);
});

test.each<readonly [string, string]>([
  ['other arguments', call(2, 2, { b: 1 }, { ...replies, requestState: 's' })],
  ['another state', call(2, 2, { a: 1 }, { ...replies, requestState: 't' })],
  ['no state', call(2, 2, { a: 1 }, replies)],
  ['neither responses nor a state', call(2, 2, { a: 1 })],
  ['another tool', call(2, 2, { a: 1 }, { ...replies, requestState: 's', name: 'other' })],
])('a request with %s is a call of its own', (_name, second) => {
  const found = summary(
    call(1, 1, { a: 1 }),
    asks(1, 1, 's'),
    second,
    done(2, 2, 5),
  ) as readonly (readonly unknown[])[];
  expect(found.map(([at, , value]) => [at, value])).toEqual([
    [2, noElicitation],
    [4, 5],
  ]);
});

test('a retry that is not answered leaves its call without an answer, at the line of the first request', () => {
  const trace = readTrace(
    [header, call(1, 1, 7), asks(1, 1, 's'), call(2, 2, 7, { ...replies, requestState: 's' })].join(''),
  );
  expect(trace.calls).toMatchObject([{ answerLine: null, durationMs: null, rounds: { count: 2, asked: 1 } }]);
  expect(trace.calls[0]?.answer).toBeUndefined();
  expect(trace.problems).toMatchObject([{ code: 'trace/unanswered', position: { line: 2 } }]);
});

test('two clients with equal ids keep their calls apart', () => {
  const lines = [
    ...[call(1, 1, { c: 1 }), call(2, 1, { c: 2 }), asks(2, 1, 's'), asks(1, 1, 's')],
    ...[
      call(3, 2, { c: 2 }, { ...replies, requestState: 's' }),
      call(4, 2, { c: 1 }, { ...replies, requestState: 's' }),
    ],
    ...[done(4, 2, 'one'), done(3, 2, 'two')],
  ];
  expect(summary(...lines)).toEqual([
    [2, { c: 1 }, 'one', 2, 1, 'fails'],
    [3, { c: 2 }, 'two', 2, 1, 'fails'],
  ]);
  // With equal arguments and states, too, each answer belongs to one of them.
  const equal = lines.map((each) => each.replaceAll(/"c":\d/g, '"c":0'));
  expect(summary(...equal)).toEqual([
    [2, { c: 0 }, 'one', 2, 1, 'fails'],
    [3, { c: 0 }, 'two', 2, 1, 'fails'],
  ]);
});

test('a retry in another session, and a look-up that is asked for input, are not joined', () => {
  const retry = call(2, 2, 7, { ...replies, requestState: 's' }).replace('"dir"', '"session":"b","dir"');
  expect(summary(call(1, 1, 7), asks(1, 1, 's'), retry)).toHaveLength(2);
  const lookup = [
    call(1, 1, 7),
    call(1, 9, 7).replace('"dir"', '"by":"guard","for":1,"dir"'),
    asks(1, 9, 's'),
    done(1, 1, 5),
  ];
  const trace = readTrace(
    [header, ...lookup, call(2, 2, 7, { ...replies, requestState: 's' }), done(2, 2, 6)].join(''),
  );
  expect(trace.calls.map(({ rounds }) => rounds)).toEqual([undefined, undefined]);
  expect(trace.recordedLookups).toMatchObject([{ answer: { error: noElicitation } }]);
});

test('a growing capture shows the call at each step', () => {
  const reader = new TraceReader({ growing: true });
  const steps = [call(1, 1, 7), asks(1, 1, 's'), call(2, 2, 7, { ...replies, requestState: 's' }), done(2, 2, 5)];
  reader.push(Buffer.from(header));
  const seen = steps.map((step) => {
    reader.push(Buffer.from(step));
    return reader
      .snapshot()
      .calls.map(({ answer, awaits, rounds }) => [
        answer === undefined ? '?' : (answer.error ?? 'done'),
        awaits ?? '',
        rounds?.count ?? 0,
      ]);
  });
  expect(seen).toEqual([[['?', 'answer', 0]], [[noElicitation, '', 1]], [['?', 'answer', 2]], [['done', '', 2]]]);
});
