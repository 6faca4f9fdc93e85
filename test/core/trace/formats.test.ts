/** Detection of trace formats, and descriptions of files that are not traces. */
import { describe, expect, test } from 'vitest';
import { detectLine, formatFacts, formatRows } from '../../../src/core/trace/formats.ts';
import { sourceFiles } from '../../support/structure/sourceFiles.ts';
import { readTrace } from '../../../src/core/trace/reader.ts';
import { exampleLog, problemOf } from './support.ts';

test.each<[string, string | null]>([
  ['{"schema":"guardscope-trace/1"}', 'native'],
  ['{"schema":"guardscope-trace/99"}', 'native'],
  ['{"t":0,"schema":"guardscope-trace/1","server":"x"', 'native'],
  ['{"t":1,"dir":"client","msg":{}}', 'native'],
  ['{"dir":"north","msg":{}}', null],
  ['{"_schema":"rpc-message/v9"}', 'gateway-jsonl'],
  ['{"_schema":"difc-event/v1"}', 'gateway-jsonl'],
  ['{"event":"rpc_request","server_id":"s","payload":{}}', 'gateway-jsonl'],
  ['{"timestamp":"2026-01-01T00:00:00.000Z","event":"rpc_response","_sche', 'gateway-jsonl'],
  ['{"_schema":"difc-event/v1","event":"unrecognized_endpoint_passthrough","method":"GET"}', 'gateway-proxy'],
  ['[2026-01-02T03:04:05.678Z] [INFO] [startup] MCPG Proxy starting: listen=x, guard=g', 'gateway-proxy'],
  ['[2026-01-02T03:04:05.678Z] [ERROR] [proxy] Request rejected: status=403', 'gateway-proxy'],
  ['[2026-01-02T03:04:05.678Z] [DEBUG] [proxy:handler] incoming GET /repos', 'gateway-proxy'],
  ['proxy:handler incoming GET /repos +1ms', 'gateway-proxy'],
  ['gateway-1  | proxy:handler incoming GET /repos +1ms', 'gateway-proxy'],
  ['[2026-01-02T03:04:05.678Z] [INFO] [startup] Starting MCPG with config: x', null],
  ['{"event":"click","server_id":"s"}', null],
  ['{"schema":"https://json-schema.org"}', null],
  ['{"jsonrpc":"2.0","id":1}', null],
  ['[{"t":1}]', null],
  ['null', null],
  ['', null],
])('detects the format of %s as %s', (line, format) => {
  expect(detectLine(line)?.id ?? null).toBe(format);
});

describe('describes a file that is not a trace', () => {
  const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
  test.each<[string, Uint8Array, string]>([
    ['empty', utf8(''), 'an empty file'],
    ['blank', utf8(' \n\n'), 'an empty file'],
    ['HAR', utf8('{\n  "log": {\n    "version": "1.2",'), 'a HAR file'],
    ['HAR on one line', utf8('{"log":{"version":"1.2"}}'), 'a HAR file'],
    ['text log', utf8('[2026-01-02T03:04:05.678Z] [INFO] [client] MCP tool call request'), "the gateway's text log"],
    ['markdown log', utf8('<details>\n<summary>MCP Gateway</summary>\n'), "the gateway's markdown log"],
    ['tools.json', utf8('{\n  "servers": {\n    "github": []'), 'tools.json'],
    ['policy', utf8('{"allow-only":{"repos":"all"}}'), 'a guard policy'],
    ['decisions', utf8('{"index":0,"endedIn":null,"client":{},"agentBefore":{}}\n'), 'the decisions of a replay'],
    ['bare messages', utf8('{"jsonrpc":"2.0","id":1,"method":"initialize"}\n'), 'bare JSON-RPC messages'],
    ['OpenTelemetry', utf8('{"resourceSpans":[]}'), 'an OpenTelemetry trace'],
    ['HTML', utf8('<!DOCTYPE html><html>'), 'an HTML or XML document'],
    ['other JSON', utf8('{"hello":1}\n{"hello":2}\n'), 'JSON without a trace record in its first lines'],
    ['other text', utf8('hello\nworld\n'), 'a text file without trace record'],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0), 'a gzip archive'],
    ['zip', Uint8Array.of(0x50, 0x4b, 3, 4), 'a zip archive'],
    ['wasm', Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), 'a WebAssembly module'],
    ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x7b, 0), 'text in UTF-16'],
    ['binary', Uint8Array.of(1, 2, 3, 0, 5), 'a binary file'],
  ])('names %s', (_name, bytes, what) => {
    const trace = readTrace(bytes, { file: 'x' });
    expect(trace).toMatchObject({ format: 'unknown', calls: [], recordedLookups: [], servers: [] });
    expect(trace.problems).toHaveLength(1);
    const problem = problemOf(trace, 'trace/unknown-format');
    expect(problem?.message).toContain(`"x" is not a trace: it looks like`);
    expect(problem?.message).toContain(what);
    expect(problem?.hint).not.toBe('');
  });
});

test('reports damaged lines before the first good line as problems', () => {
  const trace = readTrace(`06Z","event":"rpc_resp\n\n${exampleLog}`);
  expect(trace.format).toBe('gateway-jsonl');
  expect(trace.calls).toHaveLength(2);
  expect(problemOf(trace, 'trace/bad-line')?.position?.line).toBe(1);
});

test('stops looking for a format after a limited number of lines', () => {
  const trace = readTrace('{"some":"thing"}\n'.repeat(100_000) + exampleLog);
  expect(trace.format).toBe('unknown');
  expect(trace.problems.map(({ code }) => code)).toEqual(['trace/unknown-format']);
  expect(trace.lines).toBe(100_008);
});

describe('the table of formats', () => {
  test('has one row for each format, with a label of its own', () => {
    expect(new Set(formatRows.map(({ id }) => id)).size).toBe(formatRows.length);
    expect(new Set(formatRows.map(({ label }) => label)).size).toBe(formatRows.length);
  });

  test('gives an unknown format facts that prove nothing', () => {
    expect(formatFacts('unknown')).toMatchObject({
      label: 'unknown format',
      answersProveReached: false,
      hasTextLog: false,
    });
  });

  test('is the only place that compares the name of a format', () => {
    const names = formatRows.map(({ id }) => id).join('|');
    const compares = new RegExp(
      `(?:[!=]==\\s*|case\\s+|['"]?)['"](?:${names})['"]\\s*(?::|[!=]==)|[!=]==\\s*['"](?:${names})['"]`,
    );
    const found = sourceFiles('src', 'webview')
      .filter(({ path }) => path !== 'src/core/trace/formats.ts')
      .flatMap(({ path, text }) =>
        text.split('\n').flatMap((line, at) => (compares.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : [])),
      );
    expect(found).toEqual([]);
  });
});

describe('a log of the gateway’s proxy mode', () => {
  const time = '2026-01-02T03:04:05.678Z';
  const passed = `{"timestamp":"${time}","event":"unrecognized_endpoint_passthrough","_schema":"difc-event/v1","method":"GET","path":"/x","action":"passthrough_with_empty_labels","note":"n"}\n`;
  const json = '{"tool_args":{},"tool_name":"list_issues"}';
  const guard = (form: string): string => `${form}label_resource input JSON (${json.length} bytes): ${json}`;

  test('of messages says what it has and what is not shown', () => {
    const trace = readTrace(passed + passed);
    expect([trace.format, formatFacts(trace.format).label]).toEqual([
      'gateway-proxy',
      'log of the gateway’s proxy mode',
    ]);
    expect(trace.calls).toEqual([]);
    expect(trace.problems).toHaveLength(1);
    expect(problemOf(trace, 'trace/proxy-log')).toMatchObject({
      severity: 'warning',
      position: { line: 1 },
      message:
        "This is a log of the gateway's proxy mode, which guards REST and GraphQL requests; it tells of 2 requests that match no route and passed without labels. Requests, labels and decisions of the proxy are not shown, because its log does not have them as tool calls",
    });
  });

  test('in text, or on stderr, is never read as a server’s log', () => {
    const text =
      `[${time}] [INFO] [startup] MCPG Proxy starting: listen=l, guard=g, mode=filter, tls=false\n` +
      `${guard(`[${time}] [DEBUG] [guard:wasm] `)}\n` +
      `[${time}] [INFO] [proxy] DIFC filtered 1/2 items for GET /x (tool=list_issues)\n`;
    const trace = readTrace(text);
    expect([trace.format, trace.calls.length]).toEqual(['gateway-proxy', 0]);
    expect(problemOf(trace, 'trace/proxy-log')?.message).toContain('1 responses that were filtered');
    const stderr = readTrace(`proxy:handler incoming GET /x +1ms\n${guard('guard:wasm ')} +1ms\n`);
    expect([stderr.format, stderr.calls.length, stderr.problems.length]).toEqual(['gateway-proxy', 0, 1]);
  });

  test('into which a server wrote, too, has the calls of the server', () => {
    const call = exampleLog.split('\n').slice(2, 4).join('\n');
    for (const log of [`${passed}${call}\n`, `${call}\n${passed}`]) {
      const trace = readTrace(log);
      expect(trace.calls.map(({ tool }) => tool)).toEqual(['list_issues']);
      expect(problemOf(trace, 'trace/proxy-log')).toMatchObject({ severity: 'info' });
    }
  });
});
