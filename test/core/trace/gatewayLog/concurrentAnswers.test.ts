/** Answers of calls that ran at the same time, which the text log gives to the right calls. */
import { describe, expect, test } from 'vitest';
import { readTrace } from '../../../../src/core/trace/reader.ts';
import { gatewayFilteredLine, gatewayRequestLine, gatewayResponseLine } from '../../../../src/core/trace/write.ts';
import { answered, asked, textLog, time } from './textLog.ts';

const labels = { secrecy: ['s'], integrity: [] };
const request = (ms: number, tool: string, of: typeof labels | null = null): string =>
  gatewayRequestLine(time(ms), 's', 'tools/call', { name: tool, arguments: {} }, ...(of === null ? [] : [of]));
const response = (ms: number, text: string, of: typeof labels | null = null): string => {
  const answer = { result: { content: [{ type: 'text', text }] } };
  return gatewayResponseLine(time(ms), 's', answer, ...(of === null ? [] : [of]));
};

/** `tool: text of its answer` of each call, with the duration. */
function made(json: readonly string[], log: readonly string[]): readonly string[] {
  const { calls } = readTrace(json.join(''), { clientCalls: textLog(...log) });
  return calls.map(({ tool, answer, durationMs }) => `${tool}: ${JSON.stringify(answer?.result)} ${durationMs}`);
}
const text = (value: string): string => JSON.stringify({ content: [{ text: value, type: 'text' }] });
const normal = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => line.replace(/\{"type":"text","text":("[^"]*")\}/, '{"text":$1,"type":"text"}'));

const slowThenQuick = [request(0, 'slow'), request(10, 'quick'), response(20, 'of quick'), response(90, 'of slow')];

describe('answers of calls at the same time', () => {
  test('belong to the calls in the order in which the gateway answered the client', () => {
    const log = [asked(0, 'slow'), asked(10, 'quick'), answered(21, 'quick'), answered(91, 'slow')];
    expect(normal(made(slowThenQuick, log))).toEqual([`slow: ${text('of slow')} 90`, `quick: ${text('of quick')} 10`]);
  });

  test('bring their filter records with them', () => {
    const filtered = { server: 's', tool: 'quick', description: 'x', reason: 'r', secrecy: [], integrity: [] };
    const noted = gatewayFilteredLine(time(20), { ...filtered, number: null, author: null, url: null });
    const json = [request(0, 'quick'), response(1, 'first'), request(10, 'slow'), request(11, 'quick')];
    json.push(response(20, 'of quick'), noted, response(90, 'of slow'));
    const log = [asked(0, 'quick'), answered(2, 'quick'), asked(9, 'slow'), asked(10, 'quick')];
    log.push(answered(21, 'quick'), answered(91, 'slow'));
    const { calls } = readTrace(json.join(''), { clientCalls: textLog(...log) });
    expect(calls.map((call) => `${call.tool} ${call.filtered.length}`)).toEqual(['quick 0', 'slow 0', 'quick 1']);
  });

  test('stay in the order of the requests when the calls end in it', () => {
    const log = [asked(0, 'slow'), asked(10, 'quick'), answered(21, 'slow'), answered(91, 'quick')];
    expect(normal(made(slowThenQuick, log))).toEqual([`slow: ${text('of quick')} 20`, `quick: ${text('of slow')} 80`]);
  });

  test('stay in the order of the requests when a look-up of the guard may have taken one of them', () => {
    const json = [
      request(0, 'slow'),
      request(8, 'look'),
      request(10, 'quick'),
      ...slowThenQuick.slice(2),
      response(95, 'x'),
    ];
    const log = [asked(0, 'slow'), asked(9, 'quick'), answered(21, 'quick'), answered(96, 'slow')];
    expect(normal(made(json, log))[0]).toBe(`slow: ${text('of quick')} 20`);
  });

  test('belong to the calls in the order of their ends beside look-ups when the calls have labels', () => {
    const json = [
      request(0, 'slow', labels),
      ...[request(8, 'look'), response(9, 'looked')],
      request(10, 'quick', labels),
      ...[response(20, 'of quick', labels), response(90, 'of slow', labels)],
    ];
    const log = [asked(0, 'slow'), asked(7, 'quick'), answered(21, 'quick'), answered(91, 'slow')];
    expect(normal(made(json, log))).toEqual([`slow: ${text('of slow')} 90`, `quick: ${text('of quick')} 10`]);
  });
});
