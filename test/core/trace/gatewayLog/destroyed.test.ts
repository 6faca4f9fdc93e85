/** Requests and answers that the gateway's log sanitiser destroyed: rebuilt from the text log, or shown as calls whose arguments are lost. */
import { describe, expect, test } from 'vitest';
import { encodeGoJson } from '../../../../src/core/go/goJson.ts';
import type { JsonValue } from '../../../../src/core/base/json.ts';
import { sanitizeText } from '../../../../src/core/trace/gatewayLog/sanitizer.ts';
import type { Trace } from '../../../../src/core/trace/model/traceModel.ts';
import { readTrace, TraceReader } from '../../../../src/core/trace/reader.ts';
import { gatewayFilteredLine, gatewayRequestLine, gatewayResponseLine } from '../../../../src/core/trace/write.ts';
import { codes, problemOf } from '../support.ts';
import { answered, asked, failed, pair, textLog, time } from './textLog.ts';

/** Loses everything up to the next space, with the JSON around it: `password: ` and at least eight characters. */
const secret = 'password: hunter2hunter2';
const lost = { body: secret, path: '/x' };

/** Replaces the payload of a line by the wrapper around this text. */
function destroyed(line: string, raw: string): string {
  return `${line.slice(0, line.indexOf('"payload":'))}"payload":${encodeGoJson({ _error: 'invalid JSON', _raw: raw })}}\n`;
}

/** A request that lost everything from its first secret on. */
function request(ms: number, tool: string, args: JsonValue, server = 's'): string {
  const line = gatewayRequestLine(time(ms), server, 'tools/call', { name: tool, arguments: args });
  const payload = { jsonrpc: '2.0', method: 'tools/call', params: { arguments: args, name: tool } };
  return destroyed(line, sanitizeText(encodeGoJson(payload)));
}
const response = (ms: number, server = 's', result: JsonValue = { content: [] }): string =>
  gatewayResponseLine(time(ms), server, { result });
const lostResponse = (ms: number, server = 's'): string =>
  destroyed(response(ms, server), '{"jsonrpc":"2.0","id":1,"result":{"content":[{"text":"password=[REDACTED]');

/** `tool arguments`, with marks for what is lost and where the arguments are from. */
function made({ calls }: Trace): readonly string[] {
  return calls.map(({ tool, args, argsLost, answer, answerLine, recovered, agent = '?' }) => {
    const from = recovered === undefined ? '' : ` from line ${recovered.argsLine} of ${recovered.file}`;
    const isLost = answer === undefined && answerLine !== null;
    return `${agent} ${tool} ${argsLost === true ? 'LOST' : encodeGoJson(args)}${from}${isLost ? ' answer lost' : ''}`;
  });
}
const sanitisedAsk = (ms: number, tool: string, args: JsonValue, agent = 'one'): string =>
  sanitizeText(asked(ms, tool, args, agent));

test('the text log of these tests loses the arguments, and the request its tool', () => {
  expect(textLog(sanitisedAsk(0, 'save', lost)).calls[0]).toMatchObject({
    args: null,
    remains: '{"body":"password=[REDACTED]',
  });
  expect(request(0, 'save', lost)).toContain(String.raw`{\"body\":\"password=[REDACTED]"}}`);
});

describe('a destroyed request', () => {
  test('is put together again when the text log has its arguments', () => {
    const log = [asked(0, 'save', lost), answered(20, 'save')];
    const trace = readTrace(request(5, 'save', lost) + response(15), { clientCalls: textLog(...log) });
    expect(made(trace)).toEqual([`one save ${encodeGoJson(lost)} from line 1 of mcp-gateway.log`]);
    expect(trace.calls[0]).toMatchObject({ requestLine: 1, answerLine: 2, evidence: 'text-log', server: 's' });
    expect(codes(trace)).toEqual([]);
  });

  test('is a call whose arguments are lost when the text log lost them, too', () => {
    const log = [sanitisedAsk(0, 'save', lost), answered(20, 'save')];
    const trace = readTrace(request(5, 'save', lost) + response(15), { clientCalls: textLog(...log) });
    expect(made(trace)).toEqual(['one save LOST']);
    expect(trace.calls[0]).toMatchObject({ redacted: true, args: {}, requestLine: 1, durationMs: 10 });
    expect(codes(trace)).toEqual(['trace/destroyed-payload:1', 'trace/redacted:1']);
  });

  test('without a text log is only a line that cannot be read, and its answer is not given to another call', () => {
    const trace = readTrace(request(5, 'save', lost) + response(15) + pair(30, 'next'));
    expect(made(trace)).toEqual(['? next {}']);
    expect(problemOf(trace, 'trace/bad-line')).toMatchObject({
      severity: 'error',
      position: { line: 1 },
      message: 'This line was skipped: the sanitiser destroyed the request, and with it the name of the tool',
      hint: 'mcp-gateway.log of the same session in the same folder has the name of the tool',
    });
  });

  test('has the tool that its filter record names', () => {
    const rest = { reason: 'r', secrecy: [], integrity: null, number: null, author: null, url: null };
    const record = gatewayFilteredLine(time(16), { server: 's', tool: 'search', description: 'd', ...rest });
    const trace = readTrace(pair(0, 'search') + request(20, 'search', lost) + response(30) + record);
    expect(made(trace)).toEqual(['? search {}', '? search LOST']);
    expect(trace.calls.map(({ filtered }) => filtered.length)).toEqual([0, 1]);
  });

  test('does not take a call of another tool of another server, nor one with other arguments', () => {
    const list = gatewayRequestLine(time(0), 't', 'tools/list', null);
    const tools = gatewayResponseLine(time(0), 't', { result: { tools: [{ name: 'other' }] } });
    const log = [
      asked(10, 'other', lost, 'two'),
      asked(11, 'save', { body: 'something else' }, 'three'),
      sanitisedAsk(12, 'save', lost, 'one'),
      answered(40, 'other', 'two'),
      answered(41, 'save', 'three'),
      answered(42, 'save', 'one'),
    ];
    const trace = readTrace(list + tools + request(20, 'save', lost) + response(30), { clientCalls: textLog(...log) });
    expect(trace.calls.find(({ requestLine, file }) => requestLine === 3 && file === undefined)?.agent).toBe('one');
  });

  test('of two agents at once goes to the agent with the same beginning', () => {
    const first = { a: 'x', body: secret };
    const second = { a: 'y', body: secret };
    const log = [
      sanitisedAsk(0, 'save', first, 'one'),
      sanitisedAsk(1, 'save', second, 'two'),
      answered(30, 'save', 'one'),
      answered(40, 'save', 'two'),
    ];
    const jsonl = request(10, 'save', second) + request(12, 'save', first) + response(20) + response(22);
    expect(made(readTrace(jsonl, { clientCalls: textLog(...log) }))).toEqual(['two save LOST', 'one save LOST']);
  });

  test('and several at once, with lost answers, are all calls that reached the backend', () => {
    const args = (n: number): JsonValue => ({ a: n, body: secret });
    const log = [1, 2, 3].flatMap((n) => [sanitisedAsk(n, 'save', args(n))]);
    const ends = [1, 2, 3].map((n) => answered(50 + n, 'save'));
    const jsonl = [1, 2, 3].map((n) => request(10 + n, 'save', args(n))).join('');
    const answers = lostResponse(30) + response(31) + lostResponse(32);
    const trace = readTrace(jsonl + answers, { clientCalls: textLog(...log, ...ends) });
    expect(made(trace)).toEqual(['one save LOST answer lost', 'one save LOST', 'one save LOST answer lost']);
    expect(codes(trace).filter((code) => code.startsWith('trace/refused-call'))).toEqual([]);
  });

  test('whose tool survived takes its arguments from the text log', () => {
    const line = gatewayRequestLine(time(5), 's', 'tools/call', { name: 'save', arguments: lost });
    const raw =
      '{"jsonrpc":"2.0","method":"tools/call","params":{"arguments":{"body":"password=[REDACTED] x","name":"save"}}';
    const log = [asked(0, 'save', lost), answered(20, 'save')];
    const trace = readTrace(destroyed(line, raw) + response(15), { clientCalls: textLog(...log) });
    expect(made(trace)).toEqual([`one save ${encodeGoJson(lost)} from line 1 of mcp-gateway.log`]);
    expect(made(readTrace(destroyed(line, raw) + response(15)))).toEqual(['? save LOST']);
  });

  test('of a guard is not the client’s', () => {
    const labels = { secrecy: [], integrity: ['approved'] };
    const log = [sanitisedAsk(0, 'save', lost), answered(40, 'save')];
    const trace = readTrace(request(5, 'look', lost) + response(10) + pair(15, 'save', { body: 'x' }, { labels }), {
      clientCalls: textLog(...log),
    });
    expect(trace.calls.map(({ tool, requestLine }) => [tool, requestLine])).toEqual([['save', 3]]);
    expect(codes(trace)).toEqual(['trace/bad-line:1']);
  });

  test('of a growing log holds the calls behind it back until the text log has it', () => {
    const reader = new TraceReader({ growing: true, clientCalls: textLog(asked(0, 'first'), answered(20, 'first')) });
    reader.push(
      new TextEncoder().encode(pair(5, 'first') + request(50, 'save', lost) + response(60) + pair(90, 'last')),
    );
    expect(made(reader.snapshot())).toEqual(['one first {}']);
    expect(codes(reader.snapshot())).toEqual([]);
    const later = [
      asked(0, 'first'),
      answered(20, 'first'),
      asked(45, 'save', lost),
      answered(65, 'save'),
      asked(85, 'last'),
      answered(105, 'last'),
    ];
    expect(made(reader.snapshot({ watched: false, clientCalls: textLog(...later) }))).toEqual([
      'one first {}',
      `one save ${encodeGoJson(lost)} from line 3 of mcp-gateway.log`,
      'one last {}',
    ]);
    expect(made(reader.end())).toHaveLength(3);
  });
});

describe('a call that is only in the text log', () => {
  test('and was refused, is shown with its arguments lost', () => {
    const log = [sanitisedAsk(0, 'save', lost), failed(5, 'save')];
    const trace = readTrace(pair(20, 'save'), { clientCalls: textLog(...log) });
    expect(made(trace)).toEqual(['one save LOST', '? save {}']);
    expect(problemOf(trace, 'trace/refused-call')?.message).toBe(
      'The client called "save", which did not reach a backend, and its arguments are unknown',
    );
  });

  test('and got an answer, is said to be missing in the log, not to have reached no backend', () => {
    const log = [asked(0, 'save', { n: 1 }), answered(20, 'save'), asked(30, 'save', { n: 2 }), answered(50, 'save')];
    const trace = readTrace(pair(35, 'save', { n: 2 }), { clientCalls: textLog(...log) });
    expect(trace.calls.map(({ args, answer }) => [args, answer !== undefined])).toEqual([
      [{ n: 1 }, false],
      [{ n: 2 }, true],
    ]);
    expect(problemOf(trace, 'trace/lost-call')).toMatchObject({
      severity: 'warning',
      message:
        'The client called "save" and the backend answered, but the log has no such request; its lines are missing or destroyed',
      hint: 'Line 1 of mcp-gateway.log',
    });
    expect(codes(trace).some((code) => code.startsWith('trace/refused-call'))).toBe(false);
  });
});
