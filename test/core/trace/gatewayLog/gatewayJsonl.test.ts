/** Gateway logs, line by line: the documented examples, pairing by order, damaged and foreign lines. */
import { describe, expect, test } from 'vitest';
import { countProblems } from '../../../../src/core/base/parsed.ts';
import type { Trace } from '../../../../src/core/trace/model/traceModel.ts';
import { readTrace } from '../../../../src/core/trace/reader.ts';
import { gatewayRequestLine, gatewayResponseLine } from '../../../../src/core/trace/write.ts';
import { callNames, codes, exampleLog, problemOf } from '../support.ts';
import { proves } from '../../../support/proves.ts';

describe('the examples of the documentation', () => {
  const trace = readTrace(exampleLog, { file: 'rpc-messages.jsonl' });

  test('calls of the agent', () => {
    expect(trace).toMatchObject({ format: 'gateway-jsonl', servers: ['github', 'vault'], lines: 8 });
    expect(trace.calls).toHaveLength(2);
    expect(trace.calls[0]).toMatchObject({
      index: 0,
      server: 'github',
      tool: 'list_issues',
      args: { owner: 'acme', repo: 'widget', state: 'OPEN' },
      origin: 'agent',
      evidence: 'labels',
      time: '2026-03-04T10:15:30.405Z',
      durationMs: 615,
      requestLine: 3,
      answerLine: 4,
      agentLabels: {
        secrecy: ['private:acme/widget'],
        integrity: ['none:acme/widget', 'approved:acme/widget', 'unapproved:acme/widget'],
      },
      redacted: false,
      lookups: [0],
    });
    expect(trace.calls[0]?.answer?.result).toEqual({
      content: [
        {
          type: 'text',
          text: '[{"number":7,"title":"a < b","user":{"login":"mallory"},"author_association":"NONE"}]',
        },
      ],
    });
  });

  test('attributes a filter record to the call before it', () => {
    proves('gateway:327');
    expect(trace.calls[0]?.filtered).toEqual([
      {
        server: 'github',
        tool: 'list_issues',
        description: 'issue:acme/widget#7',
        reason:
          'Resource \'issue:acme/widget#7\' has lower integrity than agent requires. The agent cannot read data with integrity below "approved".',
        secrecy: [],
        integrity: ['unapproved:acme/widget', 'none:acme/widget'],
        number: '7',
        author: 'mallory',
        url: null,
        line: 5,
      },
    ]);
  });

  test('attributes the look-up to the guard', () => {
    expect(trace.recordedLookups).toHaveLength(1);
    expect(trace.recordedLookups[0]).toMatchObject({
      tool: 'search_repositories',
      args: { perPage: 10, query: 'repo:acme/widget' },
      origin: 'guard',
      evidence: 'labels',
    });
  });

  test('recovers a redacted request, and reports an error without a request and a request without an answer', () => {
    expect(trace.calls[1]).toMatchObject({
      server: 'vault',
      tool: 'login',
      args: { token: '[REDACTED]' },
      redacted: true,
      answer: undefined,
      answerLine: null,
      durationMs: null,
    });
    expect(codes(trace)).toEqual([
      'trace/orphan-answer:6',
      'trace/proxy-log:8',
      'trace/unanswered:7',
      'trace/origin-undecided:7',
      'trace/redacted:7',
      'trace/agents-unknown:3',
    ]);
    expect(problemOf(trace, 'trace/orphan-answer')?.position).toEqual({ file: 'rpc-messages.jsonl', line: 6 });
  });
});

const request = (second: number, tool: string, args: object = {}, server = 's'): string =>
  gatewayRequestLine(time(second), server, 'tools/call', { arguments: args as never, name: tool });
const response = (second: number, text: string, server = 's'): string =>
  gatewayResponseLine(time(second), server, { result: { content: [{ type: 'text', text }] } });
const listRequest = (second: number, server = 's'): string =>
  gatewayRequestLine(time(second), server, 'tools/list', null);
const listResponse = (second: number, server = 's'): string =>
  gatewayResponseLine(time(second), server, { result: { tools: [] } });

/** The line without its end, as after a full disk. */
const cut = (line: string): string => `${line.slice(0, -20)}\n`;

function time(second: number): string {
  return new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
}

/** `tool=text` of every call; `?` without an answer, `!text` for an error. */
function answers(trace: Trace): readonly string[] {
  return trace.calls.map(({ tool, answer }) => {
    if (answer === undefined) return `${tool}=?`;
    if (answer.error !== undefined) return `${tool}!${answer.error}`;
    const { content } = answer.result as { content: readonly { text: string }[] };
    return `${tool}=${content[0]?.text}`;
  });
}

describe('pairing', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['one after another', [request(0, 'a'), response(1, 'A'), request(2, 'b'), response(3, 'B')], ['a=A', 'b=B']],
    [
      'at the same time: in order',
      [request(0, 'a'), request(0, 'b'), response(1, 'A'), response(2, 'B')],
      ['a=A', 'b=B'],
    ],
    [
      'of each server apart',
      [request(0, 'a', {}, 'x'), request(0, 'b', {}, 'y'), response(1, 'B', 'y'), response(2, 'A', 'x')],
      ['a=A', 'b=B'],
    ],
    [
      'lists and calls do not take each other’s answers',
      [request(0, 'a'), listRequest(0), listResponse(1), response(2, 'A')],
      ['a=A'],
    ],
    [
      'a call during which the gateway crashed does not get an answer of the next run',
      [
        listRequest(0),
        listResponse(0),
        request(1, 'lost'),
        listRequest(90),
        listResponse(90),
        request(91, 'a'),
        response(92, 'A'),
      ],
      ['lost=?', 'a=A'],
    ],
    [
      'an error record',
      [request(0, 'a'), gatewayResponseLine(time(1), 's', { error: 'context deadline exceeded' })],
      ['a!context deadline exceeded'],
    ],
  ])('%s', (_name, lines, expected) => {
    expect(answers(readTrace(lines.join('')))).toEqual(expected);
  });

  test('reports that the pairing of overlapping calls is a guess', () => {
    const trace = readTrace([request(0, 'a'), request(0, 'b'), response(1, 'A'), response(2, 'B')].join(''));
    expect(problemOf(trace, 'trace/pairing-guessed')?.message).toContain('1 answers of server "s"');
  });

  test('answers with labels belong to requests with labels', () => {
    proves('gateway:326');
    const labels = { secrecy: ['x'], integrity: [] };
    const params = { arguments: {}, name: 'main' };
    const trace = readTrace(
      [
        request(0, 'look'),
        gatewayRequestLine(time(0), 's', 'tools/call', params, labels),
        gatewayResponseLine(time(1), 's', { result: { content: [{ type: 'text', text: 'M' }] } }, labels),
        response(2, 'L'),
      ].join(''),
    );
    expect(answers(trace)).toEqual(['main=M']);
    expect(trace.recordedLookups[0]).toMatchObject({ tool: 'look', evidence: 'labels' });
    expect(codes(trace)).toEqual([]);
  });
});

describe('answers as the gateway receives them', () => {
  const answer = (payload: string): unknown => {
    const line = `{"timestamp":"${time(1)}","event":"rpc_response","_schema":"rpc-message/v2","direction":"IN","server_id":"s","payload":${payload}}\n`;
    return readTrace(request(0, 'a') + line).calls[0]?.answer;
  };
  test.each<[string, unknown]>([
    [
      '{"jsonrpc":"2.0","id":7,"error":{"code":-32602,"message":"bad"}}',
      { error: 'backend error server=s method=tools/call: code=-32602, message=bad' },
    ],
    ['{"jsonrpc":"2.0","id":7}', { error: 'failed to parse tools/call result: unexpected end of JSON input' }],
    ['{"jsonrpc":"2.0","id":7,"result":null}', { result: null }],
    ['{"jsonrpc":"2.0","id":7,"result":{"b":1,"a":[true]}}', { result: { b: 1, a: [true] } }],
    [
      '{"jsonrpc":"2.0","id":7,"result":{"n":1e309}}',
      { error: 'failed to parse tools/call result: json: cannot unmarshal number 1e309 into Go value of type float64' },
    ],
    [
      '{"jsonrpc":"2.0","id":7,"result":{"__proto__":1,"x":"\\ud800"}}',
      { result: JSON.parse('{"__proto__":1,"x":"\ufffd"}') as unknown },
    ],
  ])('the payload %s gives the error of the gateway', (payload, expected) => {
    proves('gateway:328');
    expect(answer(payload)).toEqual(expected);
  });

  test('an answer that the sanitiser destroyed is missing and reported', () => {
    const trace = readTrace(request(0, 'a') + response(1, 'see key: abcdefghijk'));
    expect(trace.calls[0]).toMatchObject({ answer: undefined, answerLine: 2, redacted: true });
    expect(codes(trace)).toContain('trace/destroyed-payload:2');
  });

  test('a request without arguments still has its tool; a request without tool is skipped with its answer', () => {
    proves('gateway:325');
    const raw = (text: string): string =>
      `{"timestamp":"${time(0)}","event":"rpc_request","_schema":"rpc-message/v2","direction":"OUT","server_id":"s","method":"tools/call","payload":{"_error":"invalid JSON","_raw":${JSON.stringify(text)}}}\n`;
    const trace = readTrace(raw('{"params":{"arguments":{"q":"x" y},"name":"find"}}') + response(1, 'F'));
    expect(answers(trace)).toEqual(['find=F']);
    expect(trace.calls[0]).toMatchObject({ args: {}, redacted: true });
    const lost = readTrace(
      raw('{"params":{"arguments":{"q":"auth=[REDACTED]') + response(1, 'F') + request(2, 'a') + response(3, 'A'),
    );
    expect(answers(lost)).toEqual(['a=A']);
    expect(codes(lost)).toContain('trace/bad-line:1');
  });
});

describe('lines that are not records', () => {
  const good = request(0, 'a') + response(1, 'A');
  test.each<[string, string]>([
    ['{"timestamp":"2026-01-01T00:00:00.000Z","event":"rpc_req', 'it is not JSON: unexpected end of JSON input'],
    ['not json', "it is not JSON: invalid character 'o' in literal null (expecting 'u')"],
    ['[1]', 'it is not a JSON object'],
    ['\u0000\u0000', 'it is not JSON'],
    ['{}', 'it has no "event"'],
    ['{"event":7}', 'it has no "event"'],
    ['{"event":"rpc_request"}', 'it has no "server_id"'],
    ['{"event":"rpc_request","server_id":"s"}', 'it has no "payload"'],
    ['{"event":"rpc_request","server_id":"s","payload":{}}', 'a request has no "method"'],
    [
      '{"event":"rpc_request","server_id":"s","direction":"IN","method":"x","payload":{}}',
      'a rpc_request with direction "IN"',
    ],
    ['{"event":"difc_filtered","tool_name":"a"}', 'it has no "server_id"'],
    ['{"event":"difc_filtered","server_id":"s"}', 'it has no "tool_name"'],
    ['{"event":"rpc_request","_schema":"rpc-message"}', 'the schema "rpc-message" has no version'],
    ['{"event":"rpc_request","_schema":"other/v1"}', 'the schema "other/v1" is not one of the gateway\'s'],
    ['{"event":"rpc_request","_schema":2}', '"_schema" must be a string'],
  ])('are reported with the reason: %s', (line, reason) => {
    proves('own:nothing-lost-silently');
    const trace = readTrace(`${good}${line}\n${request(2, 'b')}${response(3, 'B')}`);
    expect(answers(trace)).toEqual(['a=A', 'b=B']);
    const problem = problemOf(trace, 'trace/bad-line');
    expect(problem?.message).toContain(reason);
    expect(problem?.severity).toBe('error');
    expect(problem?.position).toEqual({ line: 3 });
  });

  test.each<[string, string]>([
    ['{}', 'the parameters of tools/call must be an object'],
    ['{"params":{}}', 'the parameters of tools/call must have a "name"'],
    ['[]', 'the payload of a request must be an object'],
    ['{"params":{"name":"a","arguments":{"n":1e400}}}', 'cannot unmarshal number 1e400'],
  ])('a request with the payload %s consumes its own answer', (payload, reason) => {
    const line = `{"event":"rpc_request","server_id":"s","method":"tools/call","payload":${payload}}\n`;
    const trace = readTrace(`${good}${line}${response(2, 'X')}${request(3, 'b')}${response(4, 'B')}`);
    expect(problemOf(trace, 'trace/bad-line')?.message).toContain(reason);
    expect(answers(trace)).toEqual(['a=A', 'b=B']);
  });

  test.each<[string, readonly string[], readonly string[]]>([
    [
      'a cut answer',
      [request(2, 'b'), cut(response(3, 'B')), request(4, 'c'), response(5, 'C')],
      ['a=A', 'b=?', 'c=C'],
    ],
    ['a cut request', [cut(request(2, 'b')), response(3, 'B'), request(4, 'c'), response(5, 'C')], ['a=A', 'c=C']],
    [
      'a cut answer to a list',
      [listRequest(2), cut(listResponse(3)), request(4, 'c'), response(5, 'C')],
      ['a=A', 'c=C'],
    ],
  ])('%s does not shift the pairs after it', (_name, lines, expected) => {
    const trace = readTrace(good + lines.join(''));
    expect(answers(trace)).toEqual(expected);
    expect(problemOf(trace, 'trace/bad-line')?.position?.line).toBeGreaterThan(2);
  });

  test('an answer that is too long consumes its request', () => {
    const lines = [request(2, 'b'), response(3, 'B'.repeat(2000)), request(4, 'c'), response(5, 'C')];
    expect(answers(readTrace(good + lines.join(''), { lineLimit: 1000 }))).toEqual(['a=A', 'b=?', 'c=C']);
  });

  test('skips newer records and reports the next step', () => {
    const trace = readTrace(`${good}{"event":"rpc_request","_schema":"rpc-message/v3","server_id":"s"}\n`);
    expect(problemOf(trace, 'trace/newer-schema')).toMatchObject({
      severity: 'error',
      hint: 'Update Guardscope',
      position: { line: 3 },
    });
  });

  test('reads records without a schema, with one warning', () => {
    const trace = readTrace(good.replaceAll('"_schema":"rpc-message/v2",', ''));
    expect(answers(trace)).toEqual(['a=A']);
    expect(codes(trace).filter((code) => code.startsWith('trace/no-schema'))).toEqual(['trace/no-schema:1']);
  });

  describe('of a gateway before 25 May 2026, with "type" in place of "event" and "_schema"', () => {
    const older = (type: string, direction: string, rest: object): string =>
      `${JSON.stringify({ timestamp: '2026-04-12T10:00:01.2Z', direction, type, server_id: 's', ...rest })}\n`;
    const call = (name: string): string =>
      older('REQUEST', 'OUT', {
        method: 'tools/call',
        payload: { jsonrpc: '2.0', method: 'tools/call', params: { name, arguments: {} } },
      });
    const answer = (text: string): string =>
      older('RESPONSE', 'IN', {
        payload: { jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text }] } },
      });
    const filtered = `${JSON.stringify({
      timestamp: '2026-04-12T10:00:01.3Z',
      type: 'DIFC_FILTERED',
      server_id: 's',
      tool_name: 'old',
      description: 'item:1',
      reason: 'r',
      secrecy_tags: [],
      integrity_tags: ['none:acme'],
    })}\n`;
    const log = call('old') + answer('O') + filtered;

    test('reads calls, answers and filter records, with one warning', () => {
      proves('own:older-gateway-logs');
      const trace = readTrace(log);
      expect(trace.format).toBe('gateway-jsonl');
      expect(answers(trace)).toEqual(['old=O']);
      expect(trace.calls[0]?.filtered).toMatchObject([{ description: 'item:1', integrity: ['none:acme'] }]);
      expect(codes(trace).filter((code) => code.startsWith('trace/no-schema'))).toEqual(['trace/no-schema:1']);
    });

    test('reads a log in which records of a newer gateway follow', () => {
      expect(answers(readTrace(log + good))).toEqual(['old=O', 'a=A']);
      expect(answers(readTrace(good + log))).toEqual(['a=A', 'old=O']);
    });

    test('reads a log that is cut anywhere in its first lines', () => {
      const rest = call('b') + answer('B');
      for (let cut = 1; cut < log.length; cut += 7) {
        const trace = readTrace(log.slice(cut) + rest);
        expect(trace.format, `cut at ${cut}`).toBe('gateway-jsonl');
        expect(answers(trace).at(-1), `cut at ${cut}`).toBe('b=B');
      }
    });

    test('pairs the lines around a damaged one', () => {
      const damaged = call('b').slice(0, 120);
      expect(answers(readTrace(`${log}${damaged}\n${answer('B')}${call('c')}${answer('C')}`))).toEqual([
        'old=O',
        'c=C',
      ]);
      expect(readTrace(`${call('b').slice(0, 90)}\n`).format).toBe('gateway-jsonl');
    });

    test('does not take a record of another program for one', () => {
      expect(readTrace('{"timestamp":"2026-04-12T10:00:01Z","type":"REQUEST","payload":{}}\n').format).toBe('unknown');
      expect(readTrace('{"timestamp":"x","type":"OTHER","server_id":"s","payload":{}}\n').format).toBe('unknown');
    });
  });

  test('skips events that a replay does not need', () => {
    proves('gateway:327');
    const event = '{"event":"unrecognized_endpoint_passthrough","_schema":"difc-event/v1","method":"GET"}\n';
    expect(codes(readTrace(event + good + event))).toEqual(['trace/proxy-log:1', 'trace/origin-undecided:2']);
  });

  test('accepts blank lines, Windows line ends and a byte order mark', () => {
    const windows = `\ufeff${good.replaceAll('\n', '\r\n\r\n')}`;
    expect(answers(readTrace(windows))).toEqual(['a=A']);
    expect(codes(readTrace(windows))).toEqual(['trace/origin-undecided:1']);
  });

  test('skips a line longer than the limit and reads the rest', () => {
    const trace = readTrace(`${good}${'x'.repeat(2000)}\n${request(2, 'b')}${response(3, 'B')}`, { lineLimit: 1000 });
    expect(answers(trace)).toEqual(['a=A', 'b=B']);
    expect(problemOf(trace, 'trace/line-too-long')?.message).toContain('2000 bytes');
  });

  test('counts thousands of bad lines instead of listing them', () => {
    const trace = readTrace(good + 'broken\n'.repeat(5000));
    const bad = trace.problems.filter(({ code }) => code === 'trace/bad-line');
    expect(bad).toHaveLength(101);
    expect(bad.at(-1)).toMatchObject({
      message: '4900 more problems of this kind, the last in line 5002',
      count: 4900,
    });
    expect(countProblems(bad)).toBe(5000);
  });

  test('reports a filter record without a call before it', () => {
    const line =
      '{"event":"difc_filtered","_schema":"difc-filtered/v2","server_id":"s","tool_name":"zzz","description":"d"}\n';
    expect(codes(readTrace(good + line))).toContain('trace/orphan-filtered:3');
  });
});

test('lists the tools of the example’s calls in order', () =>
  expect(callNames(readTrace(exampleLog))).toEqual(['list_issues', 'login']));
