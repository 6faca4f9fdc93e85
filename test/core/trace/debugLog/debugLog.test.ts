/** The gateway's debug log of guard:wasm, read as a trace and next to a redacted rpc-messages.jsonl. */
import { describe, expect, test } from 'vitest';
import { encodeGoJson } from '../../../../src/core/go/goJson.ts';
import type { JsonObject, JsonValue } from '../../../../src/core/base/json.ts';
import { LineSplitter } from '../../../../src/core/base/lines.ts';
import { sanitizeText } from '../../../../src/core/trace/gatewayLog/sanitizer.ts';
import { detectLine } from '../../../../src/core/trace/formats.ts';
import { isGatewayOutput, parseDebugLogLine } from '../../../../src/core/trace/debugLog/debugLogLine.ts';
import { type SiblingDebugLog, SiblingDebugLogReader } from '../../../../src/core/trace/debugLog/debugLogSibling.ts';
import type { Trace } from '../../../../src/core/trace/model/traceModel.ts';
import { MemoryLineStore } from '../../../../src/core/trace/model/payloads.ts';
import { readTrace } from '../../../../src/core/trace/reader.ts';
import { gatewayRequestLine, gatewayResponseLine } from '../../../../src/core/trace/write.ts';
import { callNames, codes, problemOf } from '../support.ts';

type Form = (message: string, namespace?: string) => string;

const stderr: Form = (message, namespace = 'guard:wasm') => `${namespace} ${message} +12ms\n`;
const escape = String.fromCharCode(27);
const colored: Form = (message, namespace = 'guard:wasm') =>
  `${escape}[38;5;33m${namespace}${escape}[0m ${message} +1.5s\n`;
const copy: Form = (message, namespace = 'guard:wasm') =>
  `${sanitizeText(`[2026-01-02T03:04:05.678Z] [DEBUG] [${namespace}] ${message}`)}\n`;

function input(name: string, value: JsonObject, form: Form, guard: string | null): string {
  const json = encodeGoJson(value);
  const size = Buffer.byteLength(json);
  const called = guard === null ? '' : form(`callWasmFunction: guard=${guard}, func=${name}, inputSize=${size}`);
  return form(`${name} input JSON (${size} bytes): ${json}`) + called;
}
const agent = (policy: JsonObject, form = stderr, guard: string | null = 'github'): string =>
  input('label_agent', policy, form, guard);
const resource = (tool: string, args: JsonValue, form = stderr, guard: string | null = 'github'): string =>
  input('label_resource', { capabilities: {}, tool_args: args, tool_name: tool }, form, guard);
const response = (
  tool: string,
  args: JsonValue,
  result: JsonValue,
  form = stderr,
  guard: string | null = 'github',
): string =>
  input('label_response', { capabilities: {}, tool_args: args, tool_name: tool, tool_result: result }, form, guard);

const text = (value: string): JsonObject => ({ content: [{ text: value, type: 'text' }] });

/** Calls in short: server, tool, arguments, result or `-`. */
function calls({ calls: list }: Trace): readonly string[] {
  return list.map(({ server, tool, args, answer, redacted }) => {
    const result = answer?.result === undefined ? '-' : encodeGoJson(answer.result);
    return `${server} ${tool} ${encodeGoJson(args)} ${result}${redacted ? ' redacted' : ''}`;
  });
}

describe('lines', () => {
  test.each<[string, string | null, string, boolean]>([
    ['guard:wasm hello +12ms', 'guard:wasm', 'hello', true],
    ['guard:wasm hello +0ns', 'guard:wasm', 'hello', true],
    ['guard:wasm hello +999µs', 'guard:wasm', 'hello', true],
    ['guard:wasm hello +1.5h', 'guard:wasm', 'hello', true],
    ['guard:wasm hello', 'guard:wasm', 'hello', false],
    [`${escape}[38;5;33mguard:wasm${escape}[0m hello +2.0m`, 'guard:wasm', 'hello', true],
    ['gateway-1  | guard:wasm hello +1ms', 'guard:wasm', 'hello', true],
    ['2026-01-02T03:04:05.123456789Z guard:wasm hello +1ms', 'guard:wasm', 'hello', true],
    ['[2026-01-02T03:04:05.678Z] [DEBUG] [guard:wasm] hello +1ms', 'guard:wasm', 'hello +1ms', false],
    ['[2026-01-02T03:04:05.678Z] [WARN] [difc] Access DENIED', 'difc', 'Access DENIED', false],
    ['guard:write-sink labelled +1ms', 'guard:write-sink', 'labelled', true],
    ['2026/01/02 03:04:05 Starting', null, '', false],
    ['see guard:wasm hello', null, '', false],
    ['Guard:wasm hello', null, '', false],
    ['', null, '', false],
  ])('the line %j is split into its parts', (line, namespace, message, complete) => {
    const parsed = parseDebugLogLine(line);
    expect(parsed?.namespace ?? null).toBe(namespace);
    if (parsed !== null) expect([parsed.message, parsed.complete]).toEqual([message, complete]);
  });
  test('recognises the gateway’s own output', () => {
    expect(['2026/01/02 03:04:05 Starting', 'launcher:docker up +1ms', 'npm warn x'].map(isGatewayOutput)).toEqual([
      true,
      true,
      false,
    ]);
  });
  test.each([
    ['guard:wasm Creating WASM guard: name=x, path=y +1ms', 'gateway-debug'],
    ['[2026-01-02T03:04:05.678Z] [DEBUG] [guard:wasm] x', 'gateway-debug'],
    ['[2026-01-02T03:04:05.678Z] [DEBUG] [rpc] x', null],
    ['server:unified x +1ms', null],
  ])('%s is %s', (line, format) => expect(detectLine(line)?.id ?? null).toBe(format));
});

describe('a debug log as a trace', () => {
  test.each<[string, Form]>([
    ['plain', stderr],
    ['colored', colored],
    ['in the log file', copy],
  ])('%s: reads inputs as calls', (_name, form) => {
    const args = { owner: 'acme', title: 'é <b>' };
    const trace = readTrace(
      [
        form('Creating WASM guard: name=github, path=/g.wasm'),
        agent({ 'allow-only': { repos: 'all' } }, form),
        resource('list_issues', args, form),
        form('LabelResource completed: toolName=list_issues, operation=read'),
        form('callBackendTool', 'server:unified'),
        response('list_issues', args, text('[{"number":7}]'), form),
        resource('create_issue', { n: 1 }, form),
        form('LabelResource completed: toolName=create_issue, operation=write'),
      ].join(''),
      { file: 'x.log' },
    );
    expect(trace).toMatchObject({ format: 'gateway-debug', servers: ['github'] });
    expect(calls(trace)).toEqual([
      `github list_issues ${encodeGoJson(args)} ${encodeGoJson(text('[{"number":7}]'))}`,
      'github create_issue {"n":1} -',
    ]);
    expect(trace.calls[0]).toMatchObject({ origin: 'agent', evidence: 'capture', requestLine: 4, answerLine: 8 });
    expect(trace.calls[1]).toMatchObject({ requestLine: 10, answerLine: null });
    expect(trace.policies).toEqual([
      { server: 'github', payload: { 'allow-only': { repos: 'all' } }, line: 2, redacted: false },
    ]);
    expect(problemOf(trace, 'trace/recorded-policy')?.message).toContain('"github": {"allow-only":{"repos":"all"}}');
    expect(problemOf(trace, 'trace/no-results')?.message).toContain('1 of 2 calls');
    expect(problemOf(trace, 'trace/no-results')?.message).toContain('1 of them are not reads');
    expect(problemOf(trace, 'trace/sanitised-copy') !== undefined).toBe(form === copy);
    expect(trace.problems.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });

  test('separates concurrent calls and several guards', () => {
    const trace = readTrace(
      [
        resource('a', { n: 1 }),
        resource('b', null, stderr, 'files'),
        resource('a', { n: 2 }),
        response('b', null, 'B', stderr, 'files'),
        response('a', { n: 2 }, 2),
        response('a', { n: 1 }, 1),
      ].join(''),
    );
    expect(calls(trace)).toEqual(['github a {"n":1} 1', 'files b null "B"', 'github a {"n":2} 2']);
  });

  test('pairs an answer with the later of two equal calls, because the first was refused', () => {
    const trace = readTrace(resource('a', {}) + resource('a', {}) + response('a', {}, 'late'));
    expect(calls(trace)).toEqual(['github a {} -', 'github a {} "late"']);
  });

  test('reads an answer without label_resource as a call', () => {
    const trace = readTrace(response('a', { n: 1 }, 'x') + resource('b', {}));
    expect(calls(trace)).toEqual(['github a {"n":1} "x"', 'github b {} -']);
    expect(problemOf(trace, 'trace/orphan-answer')?.position?.line).toBe(1);
  });

  test.each<[string, readonly string[], string]>([
    ['the guard’s own lines', [resource('a', {}, stderr, null), stderr('[guard:mine] INFO: x')], 'mine'],
    ['a line of a later call', [resource('a', {}, stderr, null), resource('a', {}, stderr, 'mine')], 'mine'],
    ['nothing', [resource('a', {}, stderr, null)], 'guard'],
  ])('the server is named by %s', (_name, lines, server) => {
    expect(readTrace(lines.join('')).calls[0]?.server).toBe(server);
  });

  test('attributes messages of the guard to its call', () => {
    const trace = readTrace(
      [
        agent({ 'allow-only': {} }),
        stderr('[guard:github] DEBUG: policy read'),
        resource('a', {}),
        stderr('[guard:github] WARN: two\nlines: {"a":1}'),
        'npm noise\n',
        response('a', {}, 1),
        stderr('[guard:github] level nine'),
        stderr('[guard:github] ERROR: guard:wasm label_resource input JSON (2 bytes): {}'),
      ].join(''),
    );
    expect(trace.guardLog?.map((log) => [log.function, log.call, log.level, log.message, log.line])).toEqual([
      ['label_agent', null, 0, 'policy read', 3],
      ['label_resource', 0, 2, 'two\nlines: {"a":1}', 6],
      ['label_response', 0, null, 'level nine', 11],
      ['label_response', 0, 3, 'guard:wasm label_resource input JSON (2 bytes): {}', 12],
    ]);
    expect(trace.calls).toHaveLength(1);
  });

  test('reads each message once when stdout and stderr are in one file', () => {
    const trace = readTrace(
      resource('a', {}) + resource('a', {}, copy) + response('a', {}, 1) + response('a', {}, 1, copy),
    );
    expect(calls(trace)).toEqual(['github a {} 1']);
  });

  test('skips any amount of other output before the first record', () => {
    const before = '2026/01/02 03:04:05 Starting\n'.repeat(100) + stderr('up', 'launcher:docker').repeat(500);
    const trace = readTrace(`${before}noise\n${resource('a', {})}`);
    expect(calls(trace)).toEqual(['github a {} -']);
    expect(trace.calls[0]?.requestLine).toBe(602);
  });

  test('describes a text log without guard inputs', () => {
    const trace = readTrace('[2026-01-02T03:04:05.678Z] [INFO] [client] hello\n'.repeat(300));
    expect(trace).toMatchObject({ format: 'unknown', calls: [] });
    expect(problemOf(trace, 'trace/unknown-format')).toMatchObject({
      message: expect.stringContaining('without guard inputs') as string,
      hint: expect.stringContaining('DEBUG=guard:wasm') as string,
    });
  });

  test('reads a result of several megabytes without a line end', () => {
    const big = 'x'.repeat(9 * 1024 * 1024);
    const trace = readTrace((resource('a', {}) + response('a', {}, big, stderr, null)).trimEnd());
    expect(trace.calls[0]?.answer?.result).toBe(big);
    expect(trace.calls[0]?.redacted).toBe(false);
  });

  test('reads the times before the lines', () => {
    const trace = readTrace(`2026-01-02T03:04:05.5Z ${resource('a', {}, stderr, null)}`);
    expect(trace.calls[0]?.time).toBe('2026-01-02T03:04:05.500Z');
  });
});

describe('look-ups', () => {
  const asked = (form: Form): string => form('WASM guard calling backend: tool=get_repo');
  const sent = (payload: JsonValue): string =>
    `[2026-01-02T03:04:05.700Z] [DEBUG] [rpc] github→tools/call 99b ${encodeGoJson(payload)}\n`;
  const got = (rest: string): string => `[2026-01-02T03:04:05.710Z] [DEBUG] [rpc] github←resp 99b ${rest}\n`;
  const call = (name: string, args: JsonValue): JsonValue => ({
    jsonrpc: '2.0',
    method: 'tools/call',
    params: { arguments: args, name },
  });

  test('reports that stderr has only the tools of look-ups', () => {
    const trace = readTrace(resource('a', {}) + asked(stderr) + asked(stderr));
    expect(trace.recordedLookups).toEqual([]);
    expect(problemOf(trace, 'trace/lookups-not-recorded')?.message).toContain('2 look-ups ("get_repo")');
  });

  test('reads requests and answers from the log file', () => {
    const lines = [
      sent(call('other', {})),
      resource('a', {}, copy),
      asked(copy),
      sent(call('get_repo', { n: 1 })),
      got('{"jsonrpc":"2.0","id":1,"result":"not the guard’s"}'),
      got('{"jsonrpc":"2.0","id":1,"result":{"private":true}}'),
      asked(copy),
      sent(call('get_repo', { n: 2 })),
      got('err:context deadline exceeded'),
      copy('Backend call failed: context deadline exceeded'),
    ];
    const trace = readTrace(lines.join(''));
    expect(
      trace.recordedLookups.map(({ tool, args, answer }) => [tool, args, answer?.result ?? answer?.error]),
    ).toEqual([
      ['get_repo', { n: 1 }, { private: true }],
      ['get_repo', { n: 2 }, 'context deadline exceeded'],
    ]);
    expect(trace.calls[0]?.lookups).toEqual([0, 1]);
    expect(problemOf(trace, 'trace/lookups-not-recorded')).toBeUndefined();
  });

  test('reports an answer cut at 10 KiB with its line', () => {
    const payload = `{"jsonrpc":"2.0","id":1,"result":"${'x'.repeat(20_000)}`.slice(0, 10_240);
    const trace = readTrace(resource('a', {}, copy) + asked(copy) + sent(call('get_repo', {})) + got(`${payload}...`), {
      file: 'f',
    });
    expect(trace.recordedLookups[0]?.answer).toBeUndefined();
    expect(problemOf(trace, 'trace/cut-line')).toMatchObject({
      message: expect.stringContaining('10 KiB') as string,
      position: { file: 'f', line: 5 },
    });
  });
});

describe('lines that cannot be used', () => {
  const whole = response('a', { n: 1 }, text('a long result')).split('\n')[0] ?? '';
  test.each<[string, string, string]>([
    ['cut by a crash', whole.slice(0, 120), 'the line is incomplete'],
    ['shortened by the log', `${whole.slice(0, 120)}...`, 'the log shortened it'],
    ['cut before the input', 'guard:wasm label_response input JSON (12', 'ends before the input begins'],
    ['not JSON', 'guard:wasm label_response input JSON (3 bytes): abc +1ms', 'not a JSON object'],
    ['not an object', 'guard:wasm label_response input JSON (2 bytes): [] +1ms', 'not a JSON object'],
    ['without a tool', 'guard:wasm label_response input JSON (2 bytes): {} +1ms', 'has no "tool_name"'],
    [
      'without a result',
      'guard:wasm label_response input JSON (17 bytes): {"tool_name":"a"} +1ms',
      'has no "tool_result"',
    ],
    ['with changed words', 'guard:wasm label_foo input JSON (2 bytes): {} +1ms', 'not in the gateway’s format'],
  ])('are reported with the reason: %s', (_name, line, reason) => {
    const trace = readTrace(`${resource('a', { n: 1 })}${line}\n${resource('b', {})}`, { file: 'f' });
    expect(callNames(trace)).toEqual(['a', 'b']);
    expect(trace.calls[0]?.answer).toBeUndefined();
    const problem = problemOf(trace, 'trace/bad-line');
    expect(problem?.message).toContain(reason);
    expect(problem).toMatchObject({ severity: 'error', position: { file: 'f', line: 3 } });
  });

  test('a cut answer still ends its call', () => {
    const trace = readTrace(`${resource('a', { n: 1 })}${whole.slice(0, 120)}\n`);
    expect(trace.calls).toHaveLength(1);
    expect(trace.calls[0]).toMatchObject({ answerLine: 3, redacted: true });
  });

  test('reports a line longer than the limit', () => {
    const trace = readTrace(resource('a', { n: 1 }) + response('a', { n: 1 }, 'x'.repeat(9000)), { lineLimit: 5000 });
    expect(codes(trace)).toContain('trace/line-too-long:3');
    expect(trace.calls).toHaveLength(1);
    expect(trace.calls[0]?.answer).toBeUndefined();
  });

  test('reports values that were masked after logging', () => {
    const masked = resource('a', { pw: 'hunter2hunter2' }).replace('hunter2hunter2', '***');
    const trace = readTrace(masked);
    expect(calls(trace)).toEqual(['github a {"pw":"***"} - redacted']);
    expect(codes(trace)).toContain('trace/changed-input:1');
  });

  test('repairs redacted values of the copy where possible', () => {
    const args = { token: 'abcdefghijk' };
    const trace = readTrace(resource('a', args, copy) + response('a', args, text('see key: abcdefghijk"'), copy));
    expect(calls(trace)[0]).toContain('github a {"token":"[REDACTED]"} -');
    expect(problemOf(trace, 'trace/bad-line')?.message).toContain('sanitiser of the log file destroyed');
  });
});

describe('beside a redacted rpc-messages.jsonl', () => {
  const sha = 'a'.repeat(40);
  const other = 'b'.repeat(40);
  const at = '2026-01-02T03:04:05.678Z';
  function pair(tool: string, args: JsonValue, result: JsonValue): string {
    return (
      gatewayRequestLine(at, 's', 'tools/call', { name: tool, arguments: args }) +
      gatewayResponseLine(at, 's', { result })
    );
  }
  function sibling(...lines: readonly string[]): SiblingDebugLog {
    const reader = new SiblingDebugLogReader('gw.stderr.log', new MemoryLineStore());
    const splitter = new LineSplitter((line) => reader.line(line));
    splitter.push(new TextEncoder().encode(lines.join('')));
    splitter.end();
    const read = reader.end();
    if (read === null) throw new Error('no inputs');
    return read;
  }
  const beside = (jsonl: string, ...lines: readonly string[]): Trace =>
    readTrace(jsonl, { file: 'rpc-messages.jsonl', debugLogs: [sibling(...lines)] });

  test('restores redacted values in order', () => {
    const trace = beside(
      pair('get', { sha }, text(sha)) + pair('get', { sha: other }, text(other)) + pair('plain', {}, 1),
      agent({ 'allow-only': {} }),
      resource('get', { sha }),
      stderr('[guard:github] INFO: first'),
      response('get', { sha }, text(sha)),
      resource('get', { sha: other }),
      response('get', { sha: other }, text(other)),
    );
    expect(calls(trace)).toEqual([
      `s get {"sha":"${sha}"} ${encodeGoJson(text(sha))}`,
      `s get {"sha":"${other}"} ${encodeGoJson(text(other))}`,
      's plain {} 1',
    ]);
    expect(trace.calls[0]?.recovered).toEqual({ file: 'gw.stderr.log', argsLine: 3, answerLine: 6 });
    expect(trace.calls[2]?.recovered).toBeUndefined();
    expect(problemOf(trace, 'trace/recovered')?.message).toContain(
      'From "gw.stderr.log" come the exact arguments of 2 calls and the exact results of 2',
    );
    expect(problemOf(trace, 'trace/redacted')).toBeUndefined();
    expect(trace.policies).toHaveLength(1);
    expect(problemOf(trace, 'trace/recorded-policy')?.position).toEqual({ file: 'gw.stderr.log', line: 1 });
    expect(trace.guardLog?.map(({ call, message }) => [call, message])).toEqual([[0, 'first']]);
  });

  test('restores destroyed payloads, including the tool name', () => {
    const args = { note: 'key: abcdefghijk' };
    const result = text('see key: abcdefghijk"}');
    const jsonl = pair('save', args, result);
    const alone = readTrace(jsonl);
    expect([callNames(alone), codes(alone)]).toEqual([[], ['trace/bad-line:1']]);
    const trace = beside(jsonl, resource('save', args), response('save', args, result));
    expect(calls(trace)).toEqual([`s save ${encodeGoJson(args)} ${encodeGoJson(result)}`]);
    expect(codes(trace).filter((code) => !code.startsWith('trace/origin'))).toEqual(['trace/recovered']);
  });

  test('restores only the arguments of a write', () => {
    const trace = beside(pair('put', { sha }, text(sha)), resource('put', { sha }));
    expect(trace.calls[0]).toMatchObject({
      args: { sha },
      redacted: true,
      recovered: { argsLine: 1, answerLine: null },
    });
    expect(trace.calls[0]?.answer?.result).toEqual(text('[REDACTED]'));
  });

  test('matches by result when the order is ambiguous; otherwise reports that the call stays redacted', () => {
    const lines = [
      resource('get', { sha }),
      response('get', { sha }, text(`one ${sha}`)),
      resource('get', { sha: other }),
      response('get', { sha: other }, text(`two ${sha}`)),
    ];
    const recovered = beside(pair('get', { sha: other }, text(`two ${sha}`)), ...lines);
    expect(recovered.calls[0]).toMatchObject({ args: { sha: other }, redacted: false });
    const ambiguous = beside(pair('get', { sha }, text('same')), ...lines);
    expect(ambiguous.calls[0]).toMatchObject({ args: { sha: '[REDACTED]' }, redacted: true });
    expect(codes(ambiguous)).toContain('trace/recovery-ambiguous');
  });

  test('does not restore a result that differs from the logged one', () => {
    const trace = beside(
      pair('get', {}, text(`${sha} mine`)),
      resource('get', {}),
      response('get', {}, text(`${sha} of another session`)),
    );
    expect(trace.calls[0]?.answer?.result).toEqual(text('[REDACTED] mine'));
    expect(codes(trace)).toContain('trace/recovery-ambiguous');
  });

  test('does not restore values that the sanitised copy also lost', () => {
    const trace = beside(pair('get', { sha }, 1), resource('get', { sha }, copy), response('get', { sha }, 1, copy));
    expect(trace.calls[0]).toMatchObject({ args: { sha: '[REDACTED]' }, redacted: true });
    expect(codes(trace)).not.toContain('trace/recovered');
  });

  test('reports unreadable lines of the debug log with its file name', () => {
    const trace = beside(
      pair('get', {}, 1),
      resource('get', {}),
      'guard:wasm label_response input JSON (9 bytes): {"a +1ms\n',
    );
    expect(problemOf(trace, 'trace/bad-line')?.position).toEqual({ file: 'gw.stderr.log', line: 3 });
  });
});
