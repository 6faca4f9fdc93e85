/** Foreign formats: a written session is read back unchanged, and damaged input is reported with its position. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json.ts';
import { isBundle, readBundle, writeBundle } from '../../../src/core/interchange/bundle.ts';
import {
  isCassette,
  readRecorderCassette,
  writeRecorderCassette,
} from '../../../src/core/interchange/recorderCassette.ts';
import { eventsOf } from '../../../src/core/interchange/sseEvents.ts';
import { readHar, writeHar } from '../../../src/core/interchange/har.ts';
import {
  nativeText,
  readNativeMessages,
  type ForeignSession,
  type SessionMessage,
} from '../../../src/core/interchange/foreignSession.ts';
import { Redactor } from '../../../src/core/redaction/redaction.ts';

const start = '2026-11-23T00:00:00.000Z';
const tool = { name: 'test', version: '0' };

/** A random session: requests with their answers, and notifications between them. */
const sessions = fc
  .array(
    fc.record({
      args: fc.jsonValue({ maxDepth: 2 }),
      result: fc.jsonValue({ maxDepth: 2 }),
      wait: fc.nat(500),
      progress: fc.nat(2),
      note: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((steps): ForeignSession => {
    const messages: SessionMessage[] = [];
    let t = 0;
    const add = (from: 'client' | 'server', msg: JsonValue): void => {
      messages.push({ t, from, msg: JSON.parse(JSON.stringify(msg)) as JsonValue, session: '' });
      t += 1;
    };
    for (const [id, { args, result, wait, progress, note }] of steps.entries()) {
      if (note) add('client', { jsonrpc: '2.0', method: 'notifications/initialized' });
      add('client', { jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'x', arguments: args as JsonValue } });
      for (let at = 0; at < progress; at++)
        add('server', { jsonrpc: '2.0', method: 'notifications/progress', params: { at } });
      t += wait;
      add('server', { jsonrpc: '2.0', id, result: result as JsonValue });
    }
    return { server: 'files', transport: 'http', start, messages };
  });

describe('round trips', () => {
  test('a native capture preserves the session', () => {
    fc.assert(
      fc.property(sessions, (session) => {
        expect(readNativeMessages(nativeText(session, tool))).toEqual({ session, others: 0 });
      }),
    );
  });

  test('HAR preserves every message, its order and its time', () => {
    fc.assert(
      fc.property(sessions, (session) => {
        const { value, problems } = readHar(JSON.parse(JSON.stringify(writeHar(session, tool))) as JsonValue);
        expect(problems).toEqual([]);
        expect(value.skipped).toBe(0);
        expect(value.sessions).toEqual([session]);
      }),
    );
  });

  test('a cassette preserves requests, answers and client notifications, and counts the other messages', () => {
    fc.assert(
      fc.property(sessions, (session) => {
        const { cassette, left } = writeRecorderCassette(session);
        expect(isCassette(cassette)).toBe(true);
        const { value, problems } = readRecorderCassette(cassette);
        expect(problems).toEqual([]);
        const progress = (message: SessionMessage): boolean =>
          message.from === 'server' && 'method' in (message.msg as object);
        expect(left).toBe(session.messages.filter(progress).length);
        expect(value.messages.map(({ from, msg }) => ({ from, msg }))).toEqual(
          session.messages.filter((message) => !progress(message)).map(({ from, msg }) => ({ from, msg })),
        );
      }),
    );
  });

  test('a bundle returns the capture with its secrets redacted', () => {
    const token = `ghp_${'a1B2'.repeat(9)}`;
    const session: ForeignSession = {
      server: 's',
      transport: 'stdio',
      start,
      messages: [
        {
          t: 0,
          from: 'client',
          msg: {
            jsonrpc: '2.0',
            id: 1,
            method: 'tools/call',
            params: { name: 'x', arguments: { text: token, password: 'geheim-1' } },
          },
          session: '',
        },
      ],
    };
    const capture = nativeText(session, tool);
    const guard = { name: 'g.wasm', sha256: 'ab', base64: null };
    const { text, redacted } = writeBundle(
      { capture, policy: `{"allow-only":{}}\n// ${token}`, guard, version: '1' },
      new Redactor(() => 'abc123'),
    );
    expect(redacted).toBe(3);
    expect(text).not.toContain(token);
    expect(text).not.toContain('geheim-1');
    const root = JSON.parse(text) as JsonValue;
    if (!isBundle(root)) throw new Error('no bundle');
    const { value } = readBundle(root);
    expect(value).toMatchObject({
      guard,
      version: '1',
      policy: '{"allow-only":{}}\n// «redacted:github-token:abc123»',
    });
    expect(readNativeMessages(value?.capture ?? '').session.messages[0]?.msg).toMatchObject({
      params: { arguments: { text: '«redacted:github-token:abc123»' } },
    });
    // A replay must report that its guard gets other values.
    const marked = value?.capture.split('\n')[1] ?? '';
    expect(marked).toContain('"dir":"client","redacted":2,"msg":{');
    const again = writeBundle({ capture: marked, policy: null, guard: null, version: '1' }, new Redactor(() => 'x'));
    expect((JSON.parse(again.text) as { capture: unknown }).capture).toEqual([marked]);
    const foreign = nativeText({ ...session, messages: readNativeMessages(marked).session.messages }, tool);
    expect(foreign.split('\n')[1]).toBe(marked);
  });
});

describe('HAR as others write it', () => {
  const entry = (request: object, response: object, more: object = {}): JsonValue =>
    ({
      startedDateTime: start,
      time: 20,
      request: { method: 'POST', url: 'https://e.example/mcp?x=1', ...request },
      response,
      ...more,
    }) as unknown as JsonValue;
  const har = (...entries: JsonValue[]): JsonValue => ({ log: { version: '1.2', entries } });
  const ask = (id: number, method = 'tools/list'): object => ({
    postData: { text: JSON.stringify({ jsonrpc: '2.0', id, method }) },
  });
  const json = (id: number): string => JSON.stringify({ jsonrpc: '2.0', id, result: {} });

  test('reads streams, base64, batches, several servers and sessions, and skips other traffic', () => {
    const { value, problems } = readHar(
      har(
        entry({ url: 'https://e.example/page', method: 'GET' }, { content: { mimeType: 'text/html', text: '<p>' } }),
        entry(ask(1), {
          headers: [{ name: 'Mcp-Session-Id', value: 'secret-one' }],
          content: { mimeType: 'text/event-stream; charset=utf-8', text: `: hi\r\nid: 1\r\ndata: ${json(1)}\r\n\r\n` },
        }),
        entry(
          { ...ask(2), headers: [{ name: 'mcp-session-id', value: 'secret-two' }] },
          {
            content: {
              mimeType: 'application/json',
              encoding: 'base64',
              text: Buffer.from(`[${json(2)}]`).toString('base64'),
            },
          },
        ),
        entry({ ...ask(3), url: 'http://127.0.0.1:3001/mcp' }, { content: { text: json(3) } }),
      ),
    );
    expect(problems).toEqual([]);
    expect(value.skipped).toBe(1);
    expect(
      value.sessions.map(({ server, messages }) => [
        server,
        messages.map(({ t, from, session }) => [t, from, session]),
      ]),
    ).toEqual([
      [
        'e.example',
        [
          [0, 'client', 's1'],
          [0, 'client', 's2'],
          [20, 'server', 's1'],
          [20, 'server', 's2'],
        ],
      ],
      [
        '127.0.0.1:3001',
        [
          [0, 'client', ''],
          [20, 'server', ''],
        ],
      ],
    ]);
    expect(JSON.stringify(value)).not.toContain('secret-');
  });

  test.each([
    [3, 'import/no-har', '$.log.entries is not a list'],
    [har(), 'import/no-mcp', 'holds 0 requests, but no MCP request'],
    [har(7), 'import/bad-entry', '$.log.entries[0] is not a request'],
    [
      har(entry({ postData: { text: '{"jsonrpc": "2.0", "id":' } }, {})),
      'import/bad-message',
      '$.log.entries[0].request.postData.text is not JSON',
    ],
    [
      har(entry(ask(1), {}, { startedDateTime: 'yesterday' })),
      'import/bad-time',
      '$.log.entries[0].startedDateTime is not an ISO 8601 time',
    ],
  ] as const)('reports damaged HAR %# with its position', (root, code, sentence) => {
    const { problems } = readHar(root);
    expect(problems[0]).toMatchObject({ code, message: expect.stringContaining(sentence) });
  });
});

test('a cassette of a later version is refused', () => {
  const { value, problems } = readRecorderCassette({ version: '2.0', interactions: [] });
  expect(value.messages).toEqual([]);
  expect(problems).toMatchObject([
    { code: 'import/newer-cassette', message: '$.version is "2.0"; only version 1 is supported' },
  ]);
});

test('reads the data of server-sent events', () => {
  expect(eventsOf('data: a\n\n: c\nevent: x\ndata:b\ndata: c\r\n\r\ndata: d')).toEqual(['a', 'b\nc', 'd']);
});
