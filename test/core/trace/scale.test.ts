/** Long traces load in linear time, in either format and with every kind of evidence. */
import { expect, test } from 'vitest';
import { LineSplitter } from '../../../src/core/base/lines.ts';
import { GatewayTextLogReader } from '../../../src/core/trace/gatewayLog/gatewayTextLog.ts';
import { decodeLine } from '../../../src/core/trace/model/storedAnswer.ts';
import { readTrace } from '../../../src/core/trace/reader.ts';
import {
  gatewayRequestLine,
  gatewayResponseLine,
  nativeHeaderLine,
  nativeMessageLine,
} from '../../../src/core/trace/write.ts';
import { expectLinear, fastestMs, processorMs } from '../../support/growth.ts';
import { proves } from '../../support/proves.ts';

const time = (ms: number): string => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
/** A template line, because the sanitiser is slow. */
const askLine = gatewayRequestLine('TIME', 's', 'tools/call', { name: 'TOOL', arguments: { index: 'INDEX' } });
const replyLine = gatewayResponseLine('TIME', 's', { result: { content: [{ type: 'text', text: 'answer INDEX' }] } });
const lookLine = gatewayRequestLine('TIME', 's', 'tools/call', { name: 'look', arguments: {} });
const ask = (ms: number, index: number): string =>
  askLine
    .replace('TIME', time(ms))
    .replace('"INDEX"', String(index % 5))
    .replace('TOOL', `tool${index % 7}`);
const reply = (ms: number, index: number): string =>
  replyLine.replace('TIME', time(ms)).replace('INDEX', String(index));

test('a gateway log of 100,000 calls is read in a time that is linear in its length', async () => {
  proves('own:large-logs');
  const count = 100_000;
  const lines = Array.from({ length: count }, (_, index) => ask(index * 10, index) + reply(index * 10 + 5, index));
  const bytes = new TextEncoder().encode(lines.join(''));
  const eighth = bytes.subarray(0, new TextEncoder().encode(lines.slice(0, count / 8).join('')).length);
  const eighthMs = await fastestMs(() => readTrace(eighth));
  let trace = readTrace(eighth.subarray(0, 0));
  const ms = await processorMs(() => {
    trace = readTrace(bytes);
  });
  // Quadratic work would take 64 times as long.
  expect(ms).toBeLessThan(24 * eighthMs);
  expect(trace.calls).toHaveLength(count);
  expect(trace.calls[99_999]).toMatchObject({ index: 99_999, tool: 'tool4', requestLine: 199_999 });
  expect(trace.calls[99_999]?.answer?.result).toEqual({ content: [{ type: 'text', text: 'answer 99999' }] });
});

test('requests that pile up before their answers, and answers without requests, are read in linear time', async () => {
  await expectLinear((size) => {
    const asks = Array.from({ length: size }, (_, index) => ask(index, index));
    const replies = Array.from({ length: size + 100 }, (_, index) => reply(1e6 + index, index));
    const bytes = new TextEncoder().encode([...asks, ...replies].join(''));
    return () => {
      const trace = readTrace(bytes);
      expect(trace.calls.at(-1)?.answer?.result).toEqual({ content: [{ type: 'text', text: `answer ${size - 1}` }] });
    };
  }, 8000);
});

test('a gateway log with the text log beside it is read in linear time', async () => {
  await expectLinear((size) => {
    const log: string[] = [];
    const textLog: string[] = [];
    for (let index = 0; index < size; index++) {
      const ms = index * 100;
      const tool = `tool${index % 7}`;
      const args = `{"index":${index % 5}}`;
      textLog.push(`[${time(ms)}] [INFO] [client] MCP tool call request, session=S, tool=${tool}, args=${args}\n`);
      textLog.push(`[${time(ms + 50)}] [INFO] [client] MCP tool call response, session=S, tool=${tool}, result={}\n`);
      if (index % 10 !== 9) log.push(ask(ms + 10, index), reply(ms + 20, index));
      log.push(lookLine.replace('TIME', time(ms + 30)), reply(ms + 40, 0));
    }
    const bytes = new TextEncoder().encode(log.join(''));
    const textBytes = new TextEncoder().encode(textLog.join(''));
    return () => {
      const reader = new GatewayTextLogReader();
      const splitter = new LineSplitter((line) => reader.line(line, decodeLine(line.bytes ?? new Uint8Array(0))));
      splitter.push(textBytes);
      splitter.end();
      const trace = readTrace(bytes, { clientCalls: reader.end('mcp-gateway.log') });
      expect(trace.calls).toHaveLength(size);
      expect(trace.recordedLookups).toHaveLength(size);
    };
  }, 8000);
});

test('a native capture whose answers come in reverse is read in linear time', async () => {
  const header = { tool: 't', version: '1', start: time(0), server: 's', transport: 'stdio', redaction: [] };
  await expectLinear((size) => {
    const lines = [nativeHeaderLine(header)];
    for (let id = 0; id < size; id++) {
      lines.push(nativeMessageLine(id, 'client', { id, method: 'tools/call', params: { name: 'a', arguments: {} } }));
    }
    for (let id = size - 1; id >= 0; id--)
      lines.push(nativeMessageLine(size + id, 'server', { id, result: { structuredContent: id } }));
    const bytes = new TextEncoder().encode(lines.join(''));
    return () => {
      const { calls, problems } = readTrace(bytes);
      expect(calls[7]?.answer?.result).toEqual({ content: [], structuredContent: 7 });
      expect([calls.length, problems]).toEqual([size, []]);
    };
  }, 8000);
});
