/** A stream of server-everything that is cut off and resumed, with the tap and without: the rest arrives, and is recorded once. */
import { createParser } from 'eventsource-parser';
import { afterAll, expect, test } from 'vitest';
import { readTraceFile } from '../../../../src/engine/traceFiles/traceFile.ts';
import { captureLines, scratchFolder, sleep } from '../tapped.ts';
import { capturedMessages } from './compared.ts';
import { everythingOverHttp, httpTapped } from './servers.ts';

const scratch = scratchFolder();
afterAll(scratch.remove);

interface Event {
  readonly id: string | undefined;
  readonly data: string;
}

/** Reads a stream of events up to the wanted one, then disconnects. */
async function eventsUntil(
  url: string,
  init: RequestInit,
  isLast: (event: Event) => boolean,
): Promise<readonly Event[]> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) });
  const events: Event[] = [];
  const parser = createParser({ onEvent: ({ id, data }) => void events.push({ id, data }) });
  const decoder = new TextDecoder();
  if (response.body === null) return [];
  const reader = response.body.getReader();
  let at = -1;
  while (at < 0) {
    const { value, done } = await reader.read();
    if (done) return events;
    parser.feed(decoder.decode(value, { stream: true }));
    at = events.findIndex((event) => isLast(event));
  }
  await reader.cancel();
  return events.slice(0, at + 1);
}

const request = (id: number, method: string, params: object): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });

/** Opens a session, calls a tool, disconnects after the first progress, and resumes twice when the call is done. */
async function breakOffAndResume(url: string): Promise<readonly (readonly string[])[]> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2025-11-25',
  };
  const hello = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  const opened = await fetch(url, { method: 'POST', headers, body: request(1, 'initialize', hello) });
  await opened.text();
  headers['mcp-session-id'] = opened.headers.get('mcp-session-id') ?? '';
  const initialized = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' });
  await fetch(url, { method: 'POST', headers, body: initialized });
  const call = {
    name: 'trigger-long-running-operation',
    arguments: { duration: 0.6, steps: 3 },
    _meta: { progressToken: 'p' },
  };
  const first = await eventsUntil(url, { method: 'POST', headers, body: request(2, 'tools/call', call) }, ({ data }) =>
    data.includes('"progress":1'),
  );
  await sleep(800);
  const resumed = { headers: { ...headers, 'last-event-id': first.at(-1)?.id ?? '' } };
  const ends = ({ data }: Event): boolean => data.includes('"id":2');
  const again = [await eventsUntil(url, resumed, ends), await eventsUntil(url, resumed, ends)];
  return [first, ...again].map((events) => events.map(({ data }) => data));
}

test('a stream that is cut off is resumed', async () => {
  const server = await everythingOverHttp('streamableHttp');
  const capture = scratch.path('resumed.guardtrace.jsonl');
  const tap = await httpTapped(capture, server.url);
  try {
    const [direct, seen] = await Promise.all([breakOffAndResume(server.url), breakOffAndResume(tap.url)]);
    expect(seen).toEqual(direct);
    expect(seen.map((events) => events.length)).toEqual([2, 3, 3]);
    expect(seen[2]).toEqual(seen[1]);
  } finally {
    await tap.stop();
    await server.stop();
  }
  const { calls, problems } = await readTraceFile(capture);
  expect(problems).toEqual([]);
  expect(calls.map(({ answer }) => JSON.stringify(answer?.result))).toEqual([expect.stringContaining('Steps: 3')]);
  const messages = capturedMessages(capture, 'server').map((message) => JSON.stringify(message));
  expect(messages.filter((message) => message.includes('"progress"'))).toHaveLength(3);
  expect(captureLines(capture).filter(({ event }) => event === 'resumed')).toHaveLength(2);
});
