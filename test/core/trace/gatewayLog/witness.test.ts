/** What the logs themselves say about the recorded decisions: label_agent, receipts, denials, forced policies, and starts of the gateway. */
import { describe, expect, test } from 'vitest';
import { encodeGoJson } from '../../../../src/core/go/goJson.ts';
import type { JsonValue } from '../../../../src/core/base/json.ts';
import { sanitizeText } from '../../../../src/core/trace/gatewayLog/sanitizer.ts';
import { readTrace, TraceReader } from '../../../../src/core/trace/reader.ts';
import { gatewayRequestLine, gatewayResponseLine } from '../../../../src/core/trace/write.ts';
import { answered, asked, failed, pair, textLine, textLog, time } from './textLog.ts';

const policy = { 'allow-only': { repos: ['acme/widget'], 'min-integrity': 'approved' } };
const difc = (ms: number, message: string, level = 'INFO'): string => textLine(ms, level, 'difc', message);
const labelling = (ms: number, agent: string, guard = 'g', text = encodeGoJson(policy)): string =>
  difc(ms, `[s] Calling label_agent: session=${agent}, guard=${guard}, policy=${text}`);
const labelled = (ms: number, agent: string, answer: JsonValue): string =>
  difc(ms, `[s] label_agent response: session=${agent}, guard=g, response=${encodeGoJson(answer)}`);
const labels = { agent: { secrecy: ['p'], integrity: ['i', 'j'] }, difc_mode: 'filter' };
const start = (ms: number, version = 'v1.2.3'): readonly string[] => [
  textLine(ms, 'INFO', 'startup', `MCPG Gateway version: ${version}`),
  textLine(ms, 'INFO', 'startup', 'Starting MCPG with config: c.toml, listen: l, log-dir: d'),
  textLine(ms, 'INFO', 'startup', 'Starting MCPG in ROUTED mode on 127.0.0.1:1'),
];

describe('label_agent', () => {
  test('has its policy and its answer by server and agent, also when agents call at once', () => {
    const log = [
      labelling(0, 'one'),
      labelling(1, 'two'),
      labelled(2, 'two', { ...labels, difc_mode: 'strict' }),
      labelled(3, 'one', labels),
    ];
    const { witness } = readTrace(pair(5, 'a'), { clientCalls: textLog(...log) });
    const file = 'mcp-gateway.log';
    expect(witness?.labelAgents).toEqual([
      {
        server: 's',
        agent: 'one',
        guard: 'g',
        policy,
        redacted: false,
        answer: { secrecy: ['p'], integrity: ['i', 'j'], mode: 'filter', redacted: false },
        line: 1,
        file,
      },
      {
        server: 's',
        agent: 'two',
        guard: 'g',
        policy,
        redacted: false,
        answer: { secrecy: ['p'], integrity: ['i', 'j'], mode: 'strict', redacted: false },
        line: 2,
        file,
      },
    ]);
  });

  test('that failed has the error, and one that the log cut has no answer', () => {
    const log = [labelling(0, 'one'), difc(1, '[s] label_agent failed: session=one, guard=g, error=x: y', 'ERROR')];
    const { witness } = readTrace(pair(5, 'a'), { clientCalls: textLog(...log, labelling(9, 'two')) });
    expect(witness?.labelAgents.map(({ answer }) => answer)).toEqual([{ error: 'x: y' }, null]);
  });

  test('whose lines the sanitiser changed or destroyed says so', () => {
    const hidden = encodeGoJson({ 'allow-only': { 'trusted-users': ['a'.repeat(40)] } });
    const destroyed = encodeGoJson({ 'allow-only': { repos: ['key: abcdefghijk'] } });
    const log = [labelling(0, 'one', 'g', hidden), labelling(1, 'two', 'g', destroyed)].map(sanitizeText);
    const { witness } = readTrace(pair(5, 'a'), { clientCalls: textLog(...log) });
    expect(witness?.labelAgents).toMatchObject([
      { redacted: true, policy: { 'allow-only': { 'trusted-users': ['[REDACTED]'] } } },
      { redacted: true },
    ]);
    expect(witness?.labelAgents[1]?.policy).toBeUndefined();
  });

  test('is read from the debug log, with the payload of the guard', () => {
    const debug = (message: string): string => `guard:wasm ${message} +1ms\n`;
    const json = encodeGoJson(policy);
    const trace = readTrace(
      debug(`label_agent input JSON (${json.length} bytes): ${json}`) +
        debug(`callWasmFunction: guard=g, func=label_agent, inputSize=${json.length}`) +
        debug(`LabelAgent parsed response: guard=g, response=${encodeGoJson(labels)}`),
    );
    expect(trace.witness?.labelAgents).toEqual([
      {
        server: 'g',
        agent: null,
        guard: 'g',
        policy,
        redacted: false,
        answer: { secrecy: ['p'], integrity: ['i', 'j'], mode: 'filter', redacted: false },
        line: 1,
      },
    ]);
  });
});

describe('what the client received', () => {
  test('is the result or the whole error text, with its place', () => {
    const log = [
      asked(0, 'a'),
      answered(20, 'a', 'one', [{ n: 1 }]),
      asked(30, 'b'),
      difc(31, 'Access DENIED for agent one to file: x: Agent carries y to z', 'WARN'),
      failed(32, 'b', 'one', 'DIFC Violation: Agent carries y to z\n\nRequired Action: Add\n'),
      asked(40, 'a'),
      answered(60, 'a', 'one', [{ n: 2 }]),
    ];
    const { calls } = readTrace(pair(5, 'a') + pair(45, 'a'), { clientCalls: textLog(...log) });
    expect(calls.map(({ received }) => received?.answer?.result ?? received?.answer?.error)).toEqual([
      [{ n: 1 }],
      'DIFC Violation: Agent carries y to z\n\nRequired Action: Add\n',
      [{ n: 2 }],
    ]);
    expect(calls.map(({ received }) => [received?.line, received?.redacted, received?.file])).toEqual([
      [2, false, 'mcp-gateway.log'],
      [5, false, 'mcp-gateway.log'],
      [10, false, 'mcp-gateway.log'],
    ]);
    expect(calls.map(({ denied }) => denied)).toEqual([
      undefined,
      { resource: 'file: x', reason: 'Agent carries y to z', line: 4, file: 'mcp-gateway.log' },
      undefined,
    ]);
  });

  test('is lost when the sanitiser destroyed it, and marked when it changed it', () => {
    const log = [
      asked(0, 'a'),
      sanitizeText(answered(20, 'a', 'one', ['password: hunter2hunter2'])),
      asked(30, 'a'),
      sanitizeText(answered(50, 'a', 'one', ['x'.repeat(3), 'a'.repeat(40)])),
    ];
    const { calls } = readTrace(pair(5, 'a') + pair(35, 'a'), { clientCalls: textLog(...log) });
    expect(calls.map(({ received }) => [received?.redacted, received?.answer?.result])).toEqual([
      [true, undefined],
      [true, ['xxx', '[REDACTED]']],
    ]);
  });

  test('denials of two agents at once are not mixed up', () => {
    const denied = (ms: number, agent: string, resource: string): string =>
      difc(ms, `Access DENIED for agent ${agent} to ${resource}: Agent lacks ${resource}`, 'WARN');
    const log = [
      asked(0, 'a', {}, 'one'),
      asked(0, 'a', {}, 'two'),
      denied(1, 'two', 'y'),
      denied(1, 'one', 'x'),
      failed(2, 'a', 'one', 'DIFC Violation: Agent lacks x'),
      failed(2, 'a', 'two', 'DIFC Violation: Agent lacks y'),
    ];
    const { calls } = readTrace(pair(50, 'b'), { clientCalls: textLog(...log) });
    expect(calls.map(({ agent, denied: denial }) => [agent, denial?.resource])).toEqual([
      ['one', 'x'],
      ['two', 'y'],
      [undefined, undefined],
    ]);
  });

  test('stays the same object in a growing trace, so that the call is the same, too', () => {
    const clientCalls = textLog(asked(0, 'a'), answered(20, 'a'));
    const reader = new TraceReader({ growing: true, clientCalls });
    reader.push(new TextEncoder().encode(pair(5, 'a') + pair(100, 'b')));
    const first = reader.snapshot().calls[0];
    reader.push(new TextEncoder().encode(pair(500, 'b')));
    expect(first?.received).toBeDefined();
    expect(reader.snapshot().calls[0]).toBe(first);
  });
});

test('a policy that was forced to public repositories is a fact of its server', () => {
  const text = (server: string, more = ''): string =>
    `${server}FORCED REPOS=PUBLIC: workflow repo acme/widget is public — overriding allow-only scope to 'public'${more}`;
  const skipped = '[t] FORCED REPOS=PUBLIC: failed to parse existing policy for override (skipping): x';
  const log = [difc(0, text('[s] '), 'WARN'), difc(1, text('', ' (source: x)'), 'WARN'), difc(2, skipped, 'WARN')];
  const { witness } = readTrace(pair(5, 'a'), { clientCalls: textLog(...log) });
  expect(witness?.forcedPublic).toEqual([
    { server: 's', repository: 'acme/widget', line: 1, file: 'mcp-gateway.log' },
    { server: null, repository: 'acme/widget', line: 2, file: 'mcp-gateway.log' },
  ]);
});

describe('starts of the gateway', () => {
  const lists = (ms: number, server: string): string =>
    gatewayRequestLine(time(ms), server, 'tools/list', null) +
    gatewayResponseLine(time(ms + 1), server, { result: { tools: [] } });

  test('are read from the text log, with the version', () => {
    const log = [
      ...start(0),
      asked(10, 'a'),
      answered(30, 'a'),
      ...start(1000, 'v2'),
      asked(1010, 'b'),
      failed(1011, 'b'),
      asked(1020, 'a'),
      answered(1040, 'a'),
    ];
    const trace = readTrace(pair(15, 'a') + pair(1025, 'a'), { clientCalls: textLog(...log) });
    expect(trace.calls.map(({ tool, restarts }) => [tool, restarts])).toEqual([
      ['a', undefined],
      ['b', 1],
      ['a', 1],
    ]);
    expect(trace.witness?.versions).toEqual(['v1.2.3', 'v2']);
  });

  test('of a log that begins within a run are counted from there', () => {
    const log = [asked(10, 'a'), answered(30, 'a'), ...start(1000), asked(1020, 'a'), answered(1040, 'a')];
    const trace = readTrace(pair(15, 'a') + pair(1025, 'a'), { clientCalls: textLog(...log) });
    expect(trace.calls.map(({ restarts }) => restarts)).toEqual([undefined, 1]);
  });

  test('without a text log are known when every server was listed again', () => {
    const trace = readTrace(
      lists(0, 's') +
        lists(2, 't') +
        pair(10, 'a') +
        lists(100, 's') +
        pair(110, 'a') +
        lists(200, 't') +
        pair(210, 'a'),
    );
    expect(trace.calls.map(({ restarts }) => restarts)).toEqual([undefined, undefined, 1]);
  });
});
