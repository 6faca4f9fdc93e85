/** Native captures: pairing by id, headers, guard lines, and a capture cut at every byte. */
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../../src/core/base/json.ts';
import type { GuardCallRecord } from '../../../../src/core/difc/record/guardCall.ts';
import type { Trace } from '../../../../src/core/trace/model/traceModel.ts';
import { readTrace } from '../../../../src/core/trace/reader.ts';
import {
  nativeFrameLine,
  nativeGuardLine,
  nativeHeaderLine,
  nativeMessageLine,
} from '../../../../src/core/trace/write.ts';
import { codes, problemOf } from '../support.ts';
import { proves } from '../../../support/proves.ts';

const header = nativeHeaderLine({
  tool: 'guardscope',
  version: '0.1.0',
  start: '2026-05-06T07:08:09.000Z',
  server: 'files',
  transport: 'stdio',
  redaction: [],
});

const call = (t: number, id: number | string, name: string, args: JsonValue = {}, by?: 'guard'): string =>
  nativeMessageLine(t, 'client', { jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } }, by);
/** An answer with a value. */
const result = (t: number, id: number | string, value: JsonValue): string =>
  nativeMessageLine(t, 'server', { jsonrpc: '2.0', id, result: { content: [], structuredContent: value } });
const initialize = (client: string): string =>
  nativeMessageLine(1, 'client', { id: 0, method: 'initialize', params: { clientInfo: { name: client } } }) +
  result(2, 0, { serverInfo: {} });

/** Each call with the value of its answer, its error, or `?`. */
function summary({ calls }: Trace): readonly unknown[] {
  return calls.map(({ tool, answer }) => {
    if (answer?.error !== undefined) return [tool, answer.error];
    const taken = answer?.result as { readonly structuredContent?: JsonValue } | undefined;
    return [tool, taken === undefined ? '?' : taken.structuredContent];
  });
}

test('counts the client sessions that made calls', () => {
  const line = (session: string, id: number, method: string): string =>
    `${JSON.stringify({ t: id, dir: 'client', session, msg: { jsonrpc: '2.0', id, method, params: { name: 'a' } } })}\n`;
  const asks = (session: string, id: number): string => line(session, id, 'tools/call');
  const only = (session: string): string => line(session, 9, 'tools/list');
  const sessions = (...lines: readonly string[]): number | undefined => readTrace([header, ...lines].join('')).sessions;
  expect(sessions()).toBe(0);
  expect(sessions(asks('s1', 1), asks('s1', 2), only('s2'))).toBe(1);
  expect(sessions(asks('s1', 1), asks('s2', 1))).toBe(2);
});

test('an answer that a gate got too late is not reported as one without a request', () => {
  const late = (msg: object): string =>
    `${JSON.stringify({ t: 1, dir: 'server', exchange: 1, by: 'guard', for: 1, msg: { jsonrpc: '2.0', id: 'own', ...msg } })}\n`;
  expect(codes(readTrace(header + late({ result: {} }) + late({ error: { code: 1, message: 'm' } })))).toEqual([]);
});

test('a cancellation counts for the only open call with its id', () => {
  const at = (exchange: number, msg: object, dir = 'client'): string =>
    `${JSON.stringify({ t: exchange, dir, exchange, msg: { jsonrpc: '2.0', ...msg } })}\n`;
  const asks = (exchange: number, name: string): string =>
    at(exchange, { id: 1, method: 'tools/call', params: { name } });
  const cancel = at(9, { method: 'notifications/cancelled', params: { requestId: 1 } });
  const hints = (...lines: readonly string[]): readonly unknown[] =>
    readTrace([header, ...lines].join('')).problems.map(({ message, hint }) => [message, hint]);
  const cut = 'The capture ended before it';
  expect(hints(asks(1, 'a'), asks(2, 'b'), cancel)).toEqual([
    ['The capture has no answer to "a"', cut],
    ['The capture has no answer to "b"', cut],
  ]);
  const answer = at(1, { id: 1, result: { content: [] } }, 'server');
  expect(hints(asks(1, 'a'), asks(2, 'b'), answer, cancel)).toEqual([
    ['The capture has no answer to "b"', 'The client cancelled the call'],
  ]);
});

test('reads calls with times, pairs answers by id in any order, and skips other messages', () => {
  const trace = readTrace(
    [
      header,
      initialize('assistant'),
      nativeMessageLine(3, 'client', { method: 'notifications/initialized' }),
      nativeMessageLine(4, 'client', { id: 1, method: 'tools/list' }),
      result(5, 1, { tools: [] }),
      call(10, 2, 'read', { path: 'a' }),
      call(11.5, 'x', 'write', { path: 'b' }),
      nativeMessageLine(12, 'server', { id: 2, method: 'sampling/createMessage', params: {} }),
      nativeMessageLine(13, 'client', { id: 2, result: { role: 'assistant' } }),
      nativeMessageLine(14, 'server', { id: 'x', result: { content: [], isError: false, extra: 1 } }),
      nativeMessageLine(20, 'server', { id: 2, error: { code: -32000, message: 'no such file' } }),
    ].join(''),
    { file: 'a.guardtrace.jsonl' },
  );
  expect(trace.calls).toMatchObject([
    {
      server: 'files',
      tool: 'read',
      args: { path: 'a' },
      answer: { error: 'calling "tools/call": no such file' },
      origin: 'agent',
      evidence: 'no-guard',
      time: '2026-05-06T07:08:09.010Z',
      durationMs: 10,
      requestLine: 7,
      answerLine: 12,
    },
    { tool: 'write', answer: { result: { content: [] } }, time: '2026-05-06T07:08:09.011Z', durationMs: 2.5 },
  ]);
  expect(trace).toMatchObject({ format: 'native', servers: ['files'], recordedLookups: [], problems: [], lines: 12 });
});

test('reads the messages of a batch', () => {
  const batch = nativeMessageLine(1, 'client', [
    { id: 1, method: 'tools/call', params: { name: 'a' } },
    { id: 2, method: 'tools/call', params: { name: 'b', arguments: null } },
  ]);
  const answers = nativeMessageLine(2, 'server', [
    { id: 2, result: { structuredContent: 'B' } },
    { id: 1, result: { structuredContent: 'A' } },
  ]);
  const trace = readTrace(header + batch + answers);
  expect(summary(trace)).toEqual([
    ['a', 'A'],
    ['b', 'B'],
  ]);
  expect(trace.calls.map(({ args }) => args)).toEqual([{}, null]);
});

test('writes a frame byte for byte', () => {
  const frame = '{"id":1,"method":"tools/call","params":{"name":"a","arguments":{"n":1.50,"n":2}}}';
  const line = nativeFrameLine(3, 'client', frame);
  expect(line).toContain(frame);
  expect(readTrace(header + line).calls[0]?.args).toEqual({ n: 2 });
});

describe('look-ups of a guard', () => {
  const record = (lookups: readonly object[]): GuardCallRecord =>
    ({ function: 'label_resource', backendCalls: lookups }) as unknown as GuardCallRecord;

  test('are read from the records of the guard', () => {
    const lookups = [
      { tool: 'stat', args: { path: 'a' }, end: 'answered', resultText: '{"size":1}', error: null },
      { tool: 'stat', args: null, end: 'error', resultText: null, error: 'down' },
      { tool: 'stat', args: {}, end: 'over-limit', resultText: null, error: 'limit' },
      { tool: 'stat', args: {}, end: 'no-recorded-answer', resultText: null, error: 'miss' },
      { tool: 7 },
    ];
    const trace = readTrace(
      header + call(1, 1, 'read') + call(2, 2, 'later') + nativeGuardLine(3, [record(lookups)], 1) + result(4, 1, 'R'),
    );
    expect(trace.calls.map(({ tool, lookups, evidence }) => [tool, lookups, evidence])).toEqual([
      ['read', [0, 1], 'capture'],
      ['later', [], 'capture'],
    ]);
    expect(trace.recordedLookups).toMatchObject([
      { tool: 'stat', args: { path: 'a' }, answer: { result: { size: 1 } }, origin: 'guard', evidence: 'capture' },
      { tool: 'stat', args: null, answer: { error: 'down' } },
    ]);
  });

  test('are read from marked messages, which take precedence over the records', () => {
    const lookup = { tool: 'stat', args: {}, end: 'answered', resultText: '1', error: null };
    const lines = [call(1, 1, 'read'), call(2, 'g1', 'stat', {}, 'guard'), result(3, 'g1', 1)];
    const trace = readTrace(header + lines.join('') + nativeGuardLine(4, [record([lookup])], null) + result(5, 1, 'R'));
    expect(summary(trace)).toEqual([['read', 'R']]);
    expect(trace.recordedLookups).toHaveLength(1);
    expect(trace.calls[0]?.lookups).toEqual([0]);
  });

  test('are recognised by shape only when the capture was made behind the gateway', () => {
    const lookup = call(1, 1, 'search_repositories', { perPage: 10, query: 'repo:a/b' });
    const trace = readTrace(
      header + initialize('awmg') + lookup + result(2, 1, {}) + call(3, 2, 'list_issues') + result(4, 2, {}),
    );
    expect(trace.calls).toMatchObject([{ tool: 'list_issues', evidence: 'none', lookups: [0] }]);
    expect(trace.recordedLookups).toMatchObject([{ evidence: 'shape' }]);
    expect(codes(trace)).toEqual(['trace/origin-undecided:6']);
  });
});

describe('damaged and unusual captures', () => {
  test.each<[string, string, readonly string[]]>([
    ['a call without an answer', header + call(1, 1, 'a'), ['trace/unanswered:2']],
    ['an answer without a request', header + result(1, 9, {}), ['trace/orphan-answer:2']],
    [
      'an answer without id',
      header + nativeMessageLine(1, 'server', { error: { code: 1, message: 'x' } }),
      ['trace/orphan-answer:2'],
    ],
    ['a capture without a header', call(1, 1, 'a') + result(2, 1, {}), ['trace/no-header:1']],
    ['a start that is not a time', header.replace(/2026[^"]*/, 'yesterday'), ['trace/bad-header:1']],
    ['an id that is used again', header + call(1, 1, 'a') + call(2, 1, 'b') + result(3, 1, {}), ['trace/id-reused:3']],
    ['a message that is not an object', header + nativeMessageLine(1, 'client', 'hello'), ['trace/bad-line:2']],
    ['an unknown direction', `${header}{"t":1,"dir":"up","msg":{}}\n`, ['trace/bad-line:2']],
    ['guard records that are not a list', `${header}{"t":1,"guard":7}\n`, ['trace/bad-line:2']],
    ['a line with a note', `${header}{"t":1,"note":"hello"}\n`, []],
    [
      'server output that is not a message',
      `${header}{"t":1,"dir":"server","raw":"hello"}\n{"t":2,"stderr":"x"}\n`,
      [],
    ],
    [
      'a frame that the tap did not record',
      `${header}{"t":1,"dir":"server","dropped":{"bytes":9,"lines":1,"why":"too long"}}\n`,
      ['trace/dropped-message:2'],
    ],
    ['a line without a known member', `${header}{"x":1}\n`, ['trace/bad-line:2']],
    ['a line that is not JSON', `${header}{"t":1,\n`, ['trace/bad-line:2']],
    [
      'a call without a name',
      header + nativeMessageLine(1, 'client', { id: 1, method: 'tools/call', params: {} }),
      ['trace/bad-line:2'],
    ],
    [
      'arguments beyond a float64',
      `${header}{"t":1,"dir":"client","msg":{"id":1,"method":"tools/call","params":{"name":"a","arguments":{"n":1e999}}}}\n`,
      ['trace/bad-line:2'],
    ],
    ['an unknown schema', header.replace('guardscope-trace/1', 'guardscope-trace/one'), ['trace/bad-line:1']],
    ['only a header', header, []],
  ])('the problems of %s are reported', (_name, text, expected) => {
    expect(codes(readTrace(text))).toEqual(expected);
  });

  test('a capture of a newer version gives one clear problem and no calls', () => {
    const trace = readTrace(header.replace('guardscope-trace/1', 'guardscope-trace/2') + call(1, 1, 'a') + 'x\n');
    expect(trace).toMatchObject({ format: 'native', calls: [] });
    expect(codes(trace)).toEqual(['trace/newer-schema:1']);
    expect(trace.problems[0]?.message).toContain('"guardscope-trace/2"');
    expect(trace.problems[0]?.hint).toBe('Update Guardscope');
  });

  test('an answer that the gateway’s library refuses is an error', () => {
    const answer = nativeMessageLine(2, 'server', { id: 1, result: { content: [{ type: 'video' }] } });
    expect(readTrace(header + call(1, 1, 'a') + answer).calls[0]?.answer).toEqual({
      error: 'calling "tools/call": unrecognized content type "video"',
    });
  });

  test('a number in an answer that overflows fails as in the gateway', () => {
    const line = '{"t":2,"dir":"server","msg":{"id":1,"result":{"n":-1e400}}}\n';
    expect(readTrace(header + call(1, 1, 'a') + line).calls[0]?.answer?.error).toContain(
      'cannot unmarshal number -1e400',
    );
  });

  test('a second header resets ids and times', () => {
    const second = header.replace('07:08:09', '10:00:00');
    const trace = readTrace(header + call(1, 1, 'a') + second + call(1, 1, 'b') + result(2, 1, 'B'));
    expect(summary(trace)).toEqual([
      ['a', '?'],
      ['b', 'B'],
    ]);
    expect(trace.calls[1]?.time).toBe('2026-05-06T10:00:00.001Z');
    expect(problemOf(trace, 'trace/second-header')?.severity).toBe('info');
    expect(problemOf(trace, 'trace/unanswered')).toMatchObject({
      position: { line: 2 },
      hint: 'The capture ended before it',
    });
  });

  test('an unreadable line explains a missing answer or request', () => {
    const trace = readTrace(
      `${header}${call(1, 1, 'a')}garbage\n${call(2, 2, 'b')}${result(3, 2, 'B')}${call(4, 3, 'c')}${result(5, 9, 'C')}`,
    );
    const problems = trace.problems.map(({ code, position, message, hint }) => [code, position?.line, hint ?? message]);
    expect(problems).toEqual([
      ['trace/bad-line', 3, expect.any(String)],
      ['trace/dropped-request', 7, expect.stringContaining('it may be in line 3, which could not be read')],
      ['trace/unanswered', 2, 'It may be in line 3, which could not be read'],
      ['trace/unanswered', 6, 'The capture ended before it'],
    ]);
  });

  test('a line that is no message explains only what its own side may have sent', () => {
    const answerOfClient = nativeMessageLine(3, 'client', { id: 9, result: {} });
    const answerOfServer = result(4, 9, 'C');
    const invalid = (dir: 'client' | 'server'): string => nativeMessageLine(2, dir, { id: 1, odd: true });
    const found = (dir: 'client' | 'server'): unknown =>
      readTrace(header + call(1, 1, 'a') + invalid(dir) + answerOfClient + answerOfServer).problems.map(
        ({ code, position, hint }) => [code, position?.line, hint],
      );
    expect(found('server')).toEqual([
      ['trace/bad-line', 3, undefined],
      // The client answered a request that may have been in line 3. The server answered one that line 3 cannot have been.
      ['trace/dropped-request', 4, undefined],
      ['trace/orphan-answer', 5, undefined],
      ['trace/unanswered', 2, 'It may be in line 3, which could not be read'],
    ]);
    expect(found('client')).toEqual([
      ['trace/bad-line', 3, undefined],
      ['trace/dropped-request', 5, undefined],
      ['trace/unanswered', 2, 'The capture ended before it'],
    ]);
  });

  test('a second answer to a call is said to be one, and the first counts', () => {
    const trace = readTrace(
      header + call(1, 1, 'a') + result(2, 1, 'first') + result(3, 1, 'second') + result(4, 2, {}),
    );
    expect(trace.problems.map(({ code, message, hint, position }) => [code, message, hint, position?.line])).toEqual([
      ['trace/second-answer', 'A second answer to "a" with the id 1', 'The answer in line 3 counts', 4],
      ['trace/orphan-answer', 'An answer with the id 2 has no request before it', undefined, 5],
    ]);
    expect(trace.calls.map(({ answer }) => answer?.result)).toEqual([{ content: [], structuredContent: 'first' }]);
  });

  test('an event {} of a server is no lost message', () => {
    const empty = nativeMessageLine(2, 'server', {}).replace('"jsonrpc":"2.0"', '').replace('{,', '{');
    const trace = readTrace(
      `${header}${call(1, 1, 'a')}${empty}${nativeMessageLine(3, 'client', { id: 9, result: {} })}`,
    );
    expect(empty).toContain('"msg":{}');
    expect(trace.problems.map(({ severity, code, position }) => [severity, code, position?.line])).toEqual([
      ['info', 'trace/empty-message', 3],
      ['warning', 'trace/unanswered', 2],
    ]);
    const sent = readTrace(header + empty.replace('"dir":"server"', '"dir":"client"')).problems;
    expect(sent.map(({ code }) => code)).toEqual(['trace/bad-line']);
  });

  test('reports that the tap was killed', () => {
    const trace = readTrace(`${header}${call(1, 1, 'a')}${result(2, 1, 'A')}{"t":2.5,"event":"tap-killed"}\n`);
    expect(trace.problems).toEqual([
      {
        severity: 'info',
        code: 'trace/tap-killed',
        message: 'The tap was killed after 2026-05-06T07:08:09.002Z, and its server with it',
        position: { line: 4 },
        hint: 'The capture is complete up to that time; a restarted server has its own capture',
      },
    ]);
  });

  test('marks calls with redacted values', () => {
    const trace = readTrace(
      header +
        call(1, 1, 'a', { k: '[REDACTED]' }) +
        result(2, 1, 1) +
        call(3, 2, 'b') +
        result(4, 2, '[REDACTED]') +
        call(5, 3, 'c') +
        result(6, 3, 1),
    );
    expect(trace.calls.map(({ redacted }) => redacted)).toEqual([true, true, false]);
    const counted = call(7, 4, 'd').replace('"dir":"client",', '"dir":"client","redacted":1,');
    expect(readTrace(header + counted).calls[0]?.redacted).toBe(true);
    expect(problemOf(trace, 'trace/redacted')?.message).toContain('2 calls');
  });
});

describe('a frame that the tap did not record', () => {
  const dropped = (t: number, dir: string, known: object = {}, more: object = {}): string =>
    `${JSON.stringify({ t, dir, ...more, dropped: { bytes: 99, lines: 1, why: 'too long', ...known } })}\n`;

  test.each<[string, string, readonly string[]]>([
    ['an answer, by its id', call(1, 1, 'a') + dropped(5, 'server', { answer: 1 }), ['trace/dropped-answer:3']],
    [
      'an answer to another request',
      nativeMessageLine(1, 'client', { id: 1, method: 'tools/list' }) + dropped(5, 'server', { answer: 1 }),
      ['trace/dropped-message:3'],
    ],
    [
      'an answer with an unknown id',
      call(1, 1, 'a') + call(2, 2, 'b') + result(3, 2, 'B') + dropped(5, 'server'),
      ['trace/dropped-message:5', 'trace/dropped-answer:2'],
    ],
    [
      'a frame before the call',
      dropped(0, 'server') + call(1, 1, 'a'),
      ['trace/dropped-message:2', 'trace/unanswered:3'],
    ],
    [
      'a frame of the client',
      call(1, 1, 'a') + dropped(5, 'client'),
      ['trace/dropped-message:3', 'trace/unanswered:2'],
    ],
    [
      'a request, by its id',
      dropped(1, 'client', { request: 'x' }) + result(2, 'x', 1) + result(3, 'y', 1),
      ['trace/dropped-message:2', 'trace/dropped-request:3', 'trace/orphan-answer:4'],
    ],
    [
      'a request with an unknown id',
      dropped(1, 'client') + result(2, 7, 1),
      ['trace/dropped-message:2', 'trace/dropped-request:3'],
    ],
    [
      'a frame of another session',
      call(1, 1, 'a') + dropped(5, 'server', { answer: 1 }, { session: 's' }),
      ['trace/dropped-message:3', 'trace/unanswered:2'],
    ],
    [
      'bytes of stderr',
      `${call(1, 1, 'a')}{"t":2,"stream":"stderr","dropped":{"bytes":9,"lines":1,"why":"too slow"}}\n`,
      ['trace/dropped-message:3', 'trace/unanswered:2'],
    ],
    [
      'a frame before another session',
      dropped(1, 'client') + header + result(2, 7, 1),
      ['trace/dropped-message:2', 'trace/second-header:3', 'trace/orphan-answer:4'],
    ],
  ])('explains a missing message where possible: %s', (_name, lines, expected) => {
    expect(codes(readTrace(header + lines))).toEqual(expected);
  });

  test('is reported with its size and reason, and the call still has its time', () => {
    const trace = readTrace(header + call(1, 1, 'read') + dropped(51, 'server', { answer: 1 }));
    expect(problemOf(trace, 'trace/dropped-answer')).toMatchObject({
      message: 'The tap did not record the answer to "read" of 99 bytes: too long',
      hint: expect.stringContaining('--max-message'),
    });
    expect(trace.calls).toMatchObject([{ durationMs: 50, answerLine: null }]);
    expect(trace.calls[0]?.answer).toBeUndefined();
    const unknown = readTrace(header + call(1, 1, 'read') + dropped(51, 'server'));
    expect(problemOf(unknown, 'trace/dropped-answer')?.message).toBe(
      'The capture has no answer to "read": it may be the message that the tap did not record (line 3, of 99 bytes: too long)',
    );
  });
});

test('a capture that is cut at any byte loses only its last line', () => {
  proves('own:cut-capture');
  const lines = [
    header,
    call(1, 1, 'a', { text: 'é' }),
    result(2, 1, 'A'),
    call(3, 2, 'b'),
    result(4, 2, { b: ['日本'] }),
  ];
  const bytes = new TextEncoder().encode(lines.join(''));
  const ends = lines.map((_, index) => new TextEncoder().encode(lines.slice(0, index + 1).join('')).length);
  for (let length = 0; length <= bytes.length; length++) {
    const trace = readTrace(bytes.subarray(0, length));
    // A line without its line feed is complete.
    const whole = ends.filter((end) => end - 1 <= length).length;
    const expected = [
      [],
      [],
      [['a', '?']],
      [['a', 'A']],
      [
        ['a', 'A'],
        ['b', '?'],
      ],
      [
        ['a', 'A'],
        ['b', { b: ['日本'] }],
      ],
    ][whole];
    expect(summary(trace), `${length} bytes`).toEqual(expected);
    const errors = trace.problems.filter(({ severity }) => severity === 'error').map(({ code }) => code);
    expect(errors, `${length} bytes`).toEqual(
      whole === 0 && trace.format === 'unknown' ? ['trace/unknown-format'] : [],
    );
    const isCut = !ends.includes(length) && !ends.includes(length + 1) && length > 0;
    expect(trace.problems.some(({ code }) => code === 'trace/bad-line')).toBe(isCut && trace.format === 'native');
  }
});

describe('the agent of a call', () => {
  const callBy = (id: number, agent: string | null): string => {
    const line = nativeMessageLine(id, 'client', { id, method: 'tools/call', params: { name: 'a', arguments: {} } });
    return agent === null ? line : line.replace('"msg":', `"agent":${JSON.stringify(agent)},"msg":`);
  };
  const agents = (transport: string, agentMarks: boolean): readonly (string | undefined)[] => {
    const start = {
      tool: 'guardscope',
      version: '0.1.0',
      start: '2026-05-06T07:08:09.000Z',
      server: 's',
      redaction: [],
    };
    const header = nativeHeaderLine({ ...start, transport, ...(agentMarks ? { agentMarks } : {}) });
    return readTrace(header + callBy(1, 'abc') + callBy(2, null)).calls.map(({ agent }) => agent);
  };

  test.each<[string, boolean, readonly (string | undefined)[]]>([
    ['stdio', false, ['abc', 'default']],
    ['http', true, ['abc', 'default']],
    ['http', false, ['abc', undefined]],
  ])('of a capture over %s with marks %s', (transport, agentMarks, expected) => {
    expect(agents(transport, agentMarks)).toEqual(expected);
  });
});
