/** Origin of the calls in a gateway log by labels, text log, shape and filter records, and the call that each look-up belongs to. */
import { describe, expect, test } from 'vitest';
import { LineSplitter } from '../../../../src/core/base/lines.ts';
import type { JsonValue } from '../../../../src/core/base/json.ts';
import type { ClientCalls } from '../../../../src/core/trace/gatewayLog/clientCall.ts';
import { GatewayTextLogReader } from '../../../../src/core/trace/gatewayLog/gatewayTextLog.ts';
import { decodeLine } from '../../../../src/core/trace/model/storedAnswer.ts';
import type { Trace } from '../../../../src/core/trace/model/traceModel.ts';
import { isGithubLookup } from '../../../../src/core/trace/gatewayLog/origin.ts';
import { readTrace } from '../../../../src/core/trace/reader.ts';
import {
  gatewayFilteredLine,
  gatewayRequestLine,
  gatewayResponseLine,
  type WrittenLabels,
} from '../../../../src/core/trace/write.ts';
import { codes, problemOf } from '../support.ts';

function time(ms: number): string {
  return new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
}

/** A pair that takes 10 ms. */
function pair(
  ms: number,
  tool: string,
  args: JsonValue = {},
  labels: WrittenLabels | null = null,
  server = 's',
): string {
  return (
    gatewayRequestLine(time(ms), server, 'tools/call', { name: tool, arguments: args }, labels) +
    gatewayResponseLine(time(ms + 10), server, { result: { content: [] } }, labels)
  );
}

function filtered(ms: number, tool: string, description: string): string {
  const rest = { reason: 'r', secrecy: [], integrity: null, number: null, author: null, url: null };
  return gatewayFilteredLine(time(ms), { server: 's', tool, description, ...rest });
}

function list(ms: number): string {
  return (
    gatewayRequestLine(time(ms), 's', 'tools/list', null) +
    gatewayResponseLine(time(ms + 1), 's', { result: { tools: [] } })
  );
}

function textLog(...lines: readonly string[]): ClientCalls {
  const reader = new GatewayTextLogReader();
  const splitter = new LineSplitter((line) => reader.line(line, decodeLine(line.bytes ?? new Uint8Array(0))));
  splitter.push(new TextEncoder().encode(lines.map((line) => `${line}\n`).join('')));
  splitter.end();
  return reader.end('mcp-gateway.log');
}

const asked = (ms: number, tool: string, args: string, session = 'S'): string =>
  `[${time(ms)}] [INFO] [client] MCP tool call request, session=${session}, tool=${tool}, args=${args}`;
const answered = (ms: number, tool: string, session = 'S'): string =>
  `[${time(ms)}] [INFO] [client] MCP tool call response, session=${session}, tool=${tool}, result={}`;
const refused = (ms: number, tool: string, session = 'S'): string =>
  `[${time(ms)}] [ERROR] [client] MCP tool call error, session=${session}, tool=${tool}, error=DIFC Violation: no\nsecond line`;

/** `tool(evidence) <- look-ups`, call by call. */
function calls(trace: Trace): readonly string[] {
  return trace.calls.map(({ tool, evidence, lookups }) => {
    const asked = lookups.map((index) => trace.recordedLookups[index]?.tool).join(' ');
    return `${tool}(${evidence})${asked === '' ? '' : ` <- ${asked}`}`;
  });
}

describe('the shape of the GitHub guard’s look-ups', () => {
  test.each<[string, JsonValue, boolean]>([
    ['search_repositories', { perPage: 10, query: 'repo:acme/widget' }, true],
    ['search_repositories', { perPage: 30, query: 'repo:acme/widget' }, false],
    ['search_repositories', { perPage: 10, query: 'repo:acme/widget language:go' }, false],
    ['search_repositories', { perPage: 10, query: 'repo:acme/widget', page: 1 }, false],
    ['issue_read', { issue_number: '7', method: 'get', owner: 'o', repo: 'r' }, true],
    ['issue_read', { issue_number: 7, method: 'get', owner: 'o', repo: 'r' }, false],
    ['issue_read', { issue_number: '7', method: 'get_comments', owner: 'o', repo: 'r' }, false],
    ['pull_request_read', { method: 'get', owner: 'o', pullNumber: '7', repo: 'r' }, true],
    ['pull_request_read', { method: 'get', owner: 'o', pullNumber: 7, repo: 'r' }, false],
    ['list_issues', { method: 'get', owner: 'o', repo: 'r' }, false],
    ['issue_read', null, false],
    ['issue_read', [], false],
  ])('%s %j: %s', (tool, args, expected) => {
    expect(isGithubLookup(tool, args)).toBe(expected);
  });
});

describe('evidence of the log itself', () => {
  const labels = { secrecy: [], integrity: ['approved'] };

  test('one labelled pair decides all calls of its run', () => {
    const trace = readTrace([list(0), pair(10, 'look'), pair(30, 'main', {}, labels), pair(50, 'other')].join(''));
    expect(calls(trace)).toEqual(['main(labels) <- look other']);
    expect(codes(trace)).toEqual([]);
  });

  test('labels decide only calls of the same run and server', () => {
    const trace = readTrace(
      [
        list(0),
        pair(10, 'main', {}, labels),
        pair(15, 'elsewhere', {}, null, 't'),
        list(1000),
        pair(1010, 'unknown'),
      ].join(''),
    );
    expect(calls(trace)).toEqual(['main(labels)', 'elsewhere(none)', 'unknown(none)']);
  });

  test('filter records belong to the agent’s call, even after look-ups of the same tool', () => {
    const lookup = { issue_number: '7', method: 'get', owner: 'o', repo: 'r' };
    const main = { issue_number: 7, method: 'get', owner: 'o', repo: 'r' };
    const trace = readTrace(
      pair(0, 'issue_read', main) + pair(20, 'issue_read', lookup) + filtered(40, 'issue_read', 'd'),
    );
    expect(calls(trace)).toEqual(['issue_read(filtered) <- issue_read']);
    expect(trace.calls[0]?.filtered.map(({ description }) => description)).toEqual(['d']);
  });

  test('attributes calls without evidence to the agent, and reports this once', () => {
    const trace = readTrace(pair(0, 'a') + pair(20, 'b'));
    expect(calls(trace)).toEqual(['a(none)', 'b(none)']);
    expect(problemOf(trace, 'trace/origin-undecided')).toMatchObject({ severity: 'info', position: { line: 1 } });
  });
});

describe('the gateway’s text log', () => {
  test('attributes the client’s calls to the agent and the others to the guard', () => {
    const trace = readTrace(pair(5, 'look') + pair(30, 'main', { b: 1, a: 2 }) + pair(45, 'look'), {
      clientCalls: textLog('junk', asked(0, 'main', '{"a":2,"b":1}'), answered(60, 'main')),
    });
    expect(calls(trace)).toEqual(['main(text-log) <- look look']);
    expect(trace.recordedLookups.map(({ evidence }) => evidence)).toEqual(['text-log', 'text-log']);
    expect(codes(trace)).toEqual([]);
  });

  test('matches each backend call once when guard and agent make the same call', () => {
    const log = [asked(0, 'get', '{}'), answered(20, 'get'), asked(100, 'get', '{}'), answered(120, 'get')];
    const trace = readTrace(pair(5, 'get') + pair(105, 'get') + pair(108, 'get'), { clientCalls: textLog(...log) });
    expect(calls(trace)).toEqual(['get(text-log)', 'get(text-log) <- get']);
  });

  test('adds a refused call that did not reach a backend', () => {
    const log = [
      asked(0, 'main', '{"n":1}'),
      answered(20, 'main'),
      asked(100, 'main', '{"n":2}'),
      refused(101, 'main'),
      asked(200, 'main', '{"n":3}'),
      answered(220, 'main'),
    ];
    const trace = readTrace(pair(5, 'main', { n: 1 }) + pair(205, 'main', { n: 3 }), { clientCalls: textLog(...log) });
    expect(trace.calls.map(({ args, answer, file }) => [args, answer === undefined, file])).toEqual([
      [{ n: 1 }, false, undefined],
      [{ n: 2 }, true, 'mcp-gateway.log'],
      [{ n: 3 }, false, undefined],
    ]);
    expect(trace.calls.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(trace.calls[1]).toMatchObject({ server: 's', requestLine: 3, evidence: 'text-log', time: time(100) });
  });

  test('only reports a refused call whose server is unknown, and shows one whose arguments are lost', () => {
    const log = [
      asked(0, 'a', '{}'),
      answered(1, 'a'),
      asked(1, 'zzz', '{}'),
      refused(2, 'zzz'),
      asked(3, 'a', '{"token"=[REDACTED] broken'),
      refused(4, 'a'),
    ];
    const trace = readTrace(pair(1, 'a') + pair(50, 'b', {}, null, 't'), { clientCalls: textLog(...log) });
    expect(trace.calls.map(({ tool, argsLost }) => [tool, argsLost])).toEqual([
      ['a', undefined],
      ['a', true],
      ['b', undefined],
    ]);
    expect(codes(trace).filter((code) => code === 'trace/refused-call')).toHaveLength(2);
  });

  test('finds the server of a refused call in the tool lists', () => {
    const tools = (server: string, ...names: readonly string[]): string =>
      gatewayRequestLine(time(0), server, 'tools/list', null) +
      gatewayResponseLine(time(0), server, { result: { tools: names.map((name) => ({ name })) } });
    const log = [asked(10, 'drop', '{}'), refused(11, 'drop'), asked(12, 'both', '{}'), refused(13, 'both')];
    const trace = readTrace(tools('s', 'a', 'both') + tools('t', 'drop', 'both') + pair(20, 'a'), {
      clientCalls: textLog(...log),
    });
    expect(trace.calls.map(({ tool, server }) => `${server}/${tool}`)).toEqual(['t/drop', 's/a']);
    expect(codes(trace)).toContain('trace/refused-call');
  });

  test('matches redacted arguments by tool and time', () => {
    const log = [asked(0, 'login', '{"token"=[REDACTED],"user":"u"}'), answered(30, 'login')];
    const request = gatewayRequestLine(time(5), 's', 'tools/call', {
      name: 'login',
      arguments: { token: 'x', user: 'u' },
    });
    const trace = readTrace(request + gatewayResponseLine(time(20), 's', { result: 1 }), {
      clientCalls: textLog(...log),
    });
    expect(calls(trace)).toEqual(['login(text-log)']);
    expect(trace.calls[0]?.args).toEqual({ token: '[REDACTED]', user: 'u' });
  });

  test('decides nothing outside the time range of the text log', () => {
    const trace = readTrace(pair(0, 'a') + pair(5000, 'b'), {
      clientCalls: textLog(asked(0, 'a', '{}'), answered(20, 'a')),
    });
    expect(calls(trace)).toEqual(['a(text-log)', 'b(none)']);
  });

  test('an unrelated text log changes nothing', () => {
    const clientCalls = textLog('nothing', '[x] [INFO] [client] MCP tool call request, session=S, tool=a, args={}');
    expect(clientCalls).toMatchObject({ file: 'mcp-gateway.log', calls: [], begun: [], starts: [], covers: null });
    expect(calls(readTrace(pair(0, 'a'), { clientCalls }))).toEqual(['a(none)']);
  });

  test('an answer ends the oldest call of its session and tool', () => {
    const { calls: found } = textLog(
      asked(0, 'a', '{}', 'one'),
      asked(1, 'a', '{}', 'two'),
      answered(5, 'a', 'two'),
      refused(9, 'a', 'one'),
    );
    const start = Date.parse(time(0));
    expect(found.map(({ end }) => (end ?? 0) - start)).toEqual([9, 5]);
  });
});

test('the longest pause separates the look-ups after a call from those before the next', () => {
  const lookup = (ms: number, name: string): string =>
    pair(ms, 'search_repositories', { perPage: 10, query: `repo:o/${name}` });
  const trace = readTrace(
    [
      lookup(0, 'first'),
      pair(20, 'a'),
      lookup(40, 'after-a'),
      lookup(5000, 'before-b'),
      lookup(5020, 'before-b-too'),
      pair(5040, 'b'),
      lookup(5060, 'after-b'),
    ].join(''),
  );
  const owned = trace.calls.map(({ tool, lookups }) => [tool, lookups]);
  expect(owned).toEqual([
    ['a', [0, 1]],
    ['b', [2, 3, 4]],
  ]);
});
