/** Captures of one client in a folder: which belong to one session, and that they are replayed as one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  capturesOfSameClient,
  latestCaptures,
  readCaptureHead,
} from '../../../src/engine/traceFiles/clientCaptures.ts';
import { readTraces } from '../../../src/engine/traceFiles/readTraces.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'guardscope-captures-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a capture that lasts 10 s from a second of the day on. */
function capture(name: string, server: string, second: number, client: string | null = 'assistant'): string {
  const path = join(folder, `${name}.guardtrace.jsonl`);
  const start = new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
  const header = {
    schema: 'guardscope-trace/1',
    tool: 't',
    version: '0',
    start,
    server,
    transport: 'stdio',
    redaction: [],
  };
  const hello = { jsonrpc: '2.0', id: 0, method: 'initialize', params: { clientInfo: { name: client ?? 1 } } };
  const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: `tool of ${server}`, arguments: {} } };
  const lines = [
    header,
    { t: 1, dir: 'client', msg: hello },
    { t: 2, dir: 'server', msg: { jsonrpc: '2.0', id: 0, result: {} } },
    { t: 500, dir: 'client', msg: call },
    { t: 10_000, dir: 'server', msg: { jsonrpc: '2.0', id: 1, result: { content: [] } } },
  ];
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return path;
}

const names = (heads: readonly { readonly file: string }[]): readonly string[] =>
  heads.map(({ file }) => basename(file, '.guardtrace.jsonl'));

describe('captures of the same client', () => {
  test('are those of other servers that overlap in time', async () => {
    const own = capture('own', 'files', 100);
    capture('beside', 'mail', 105);
    capture('just-after', 'calendar', 111);
    capture('later', 'notes', 200);
    capture('other-client', 'web', 100, 'editor');
    capture('without-client', 'disk', 100, null);
    capture('same-server', 'files', 103);
    expect(names(await capturesOfSameClient(own))).toEqual(['beside', 'just-after']);
  });

  test('are none when the client or the capture is not known', async () => {
    capture('beside', 'mail', 105);
    expect(await capturesOfSameClient(capture('own', 'files', 100, null))).toEqual([]);
    const broken = join(folder, 'broken.guardtrace.jsonl');
    writeFileSync(broken, '{"schema":\n');
    expect(await readCaptureHead(broken)).toBeNull();
    expect(await capturesOfSameClient(join(folder, 'missing.guardtrace.jsonl'))).toEqual([]);
  });

  test('of the latest session are those of a folder', async () => {
    capture('old', 'files', 0);
    capture('new', 'files', 500);
    capture('new-mail', 'mail', 503);
    expect(names(await latestCaptures(folder))).toEqual(['new', 'new-mail']);
  });
});

describe('reading', () => {
  test('several captures gives one session in order of arrival, and so does their folder', async () => {
    const paths = [capture('files', 'files', 100), capture('mail', 'mail', 98)];
    const { trace } = await readTraces(paths);
    expect(trace.calls.map(({ server }) => server)).toEqual(['mail', 'files']);
    expect((await readTraces([folder])).trace.calls).toEqual(trace.calls);
  });

  test('one of them says which others there are', async () => {
    const path = capture('files', 'files', 100);
    capture('mail', 'mail', 98);
    const { sameClient } = await readTraces([path]);
    expect(sameClient?.code).toBe('trace/same-client');
    expect(sameClient?.message).toContain('"mail" (mail.guardtrace.jsonl)');
  });

  test('a capture together with a log of the gateway is refused', async () => {
    const log = join(folder, 'rpc-messages.jsonl');
    const payload = { jsonrpc: '2.0', method: 'tools/call', params: { arguments: {}, name: 't' } };
    const line = {
      timestamp: '2026-01-01T00:00:00.000Z',
      event: 'rpc_request',
      _schema: 'rpc-message/v2',
      direction: 'OUT',
    };
    writeFileSync(log, `${JSON.stringify({ ...line, server_id: 's', method: 'tools/call', payload })}\n`);
    await expect(readTraces([capture('files', 'files', 1), log])).rejects.toMatchObject({
      code: 'trace/mixed-formats',
    });
  });

  test('a folder without a trace is unreadable', async () => {
    await expect(readTraces([folder])).rejects.toMatchObject({ code: 'trace/unreadable' });
  });
});
