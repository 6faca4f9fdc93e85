/** A gate that watches: what passes, look-ups, requests of one id; and the line-framed forwarding around a gate. */
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { forwardClient, forwardServer, LineWriter } from '../../../src/engine/tap/stdio/forward.ts';
import { maxLineBytes } from '../../../src/core/base/lines.ts';
import { ownChunks } from '../../../src/engine/streams/sources.ts';
import type { Gate } from '../../../src/engine/tap/gate/gate.ts';
import { askBackend } from '../runtime/guards.ts';
import { labelling } from '../tap/http/guardGates.ts';
import { allowing, answer, bytes, call, closeGates, gateOf, idOf, sent, text, until } from './gateSetup.ts';

const atOnce = (then: () => void): void => then();
const unwatched = { bytes: () => undefined, ended: () => undefined, whenDurable: atOnce };

afterEach(closeGates);

describe('a gate that watches', () => {
  test('sends look-ups to the server under its own ids, and keeps their answers from the client', async () => {
    const { gate, toServer, toClient, lines } = gateOf(
      { ...allowing, label_resource: `(drop ${askBackend}) ${allowing.label_resource ?? ''}` },
      'watch',
    );
    expect(text(gate.fromClient(call(1), 0))).toBe(call(1).toString());
    await until(() => toServer.length === 1);
    const { id, params } = sent(toServer[0]);
    expect(id).toMatch(/^guardscope-[\w-]{12}-1$/);
    expect(params).toEqual({ name: 'still', arguments: {} });
    expect(gate.fromServer(answer(id), 0)).toBeNull();
    expect(gate.fromServer(answer(id), 0)).toBeNull();
    expect(text(gate.fromServer(answer(1), 0))).toBe(answer(1).toString());
    await until(() => lines.some((line) => 'guard' in line));
    expect(lines.filter(({ by }) => by === 'guard').map(({ dir, for: request }) => [dir, request])).toEqual([
      ['client', 1],
      ['server', 1],
      ['server', undefined],
    ]);
    expect(toClient).toEqual([]);
  });

  test.each(['watch', 'enforce'] as const)('its look-ups say the revision that the call says (%s)', async (mode) => {
    const asking = { ...allowing, label_resource: `(drop ${askBackend}) ${allowing.label_resource ?? ''}` };
    const { gate, toServer } = gateOf(asking, mode);
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'c', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
      progressToken: 7,
    };
    gate.fromClient(bytes({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo', _meta } }), 1);
    await until(() => toServer.length === 1);
    const { progressToken: _, ...own } = { ..._meta, 'io.modelcontextprotocol/clientCapabilities': {} };
    expect(sent(toServer[0])['params']).toEqual({ name: 'still', arguments: {}, _meta: own });
  });

  test('a cancellation from a client without a session cancels nothing, as its id may be that of another client', async () => {
    const reading = labelling('{"resource":{"secrecy":[],"integrity":[]},"operation":"read"}');
    const { gate, lines } = gateOf(reading, 'watch');
    const cancel = bytes({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 5 } });
    gate.fromClient(call(5), 1);
    gate.fromClient(cancel, 3);
    gate.fromServer(answer(5, 'answer 1'), 1);
    // On stdio there is one client.
    gate.fromClient(call(5), 0);
    gate.fromClient(cancel, 0);
    gate.fromServer(answer(5, 'answer 2'), 0);
    await gate.settled();
    const inputs = lines.filter((line) => 'guard' in line).map(({ guard }) => JSON.stringify(guard));
    expect(inputs.map((each) => /answer \d/.exec(each)?.[0])).toEqual(['answer 1', undefined]);
  });

  test('decides calls of one id in two exchanges, each with its own answer', async () => {
    const { gate, lines } = gateOf(allowing, 'watch');
    for (const exchange of [1, 2]) gate.fromClient(call(5), exchange);
    for (const exchange of [2, 1]) gate.fromServer(answer(5, `answer ${exchange}`), exchange);
    await gate.settled();
    expect(lines.filter((line) => 'guard' in line).map(({ exchange }) => exchange)).toEqual([1, 2]);
  });

  test('passes batches; once it enforces, the answer to an earlier request passes once, written anew', async () => {
    const { gate, setMode } = gateOf(allowing, 'watch');
    const batch = `[${call(1).toString()},{"jsonrpc":"2.0","id":2,"method":"resources/read"}]`;
    expect(text(gate.fromClient(bytes(batch), 0))).toBe(batch);
    setMode('enforce');
    const passed = gate.fromServer(bytes('{"jsonrpc":"2.0","id":2, "id":2,"result":{"a":1}}'), 0);
    expect(text(passed)).toBe('{"id":2,"jsonrpc":"2.0","result":{"a":1}}');
    expect(gate.fromServer(bytes('{"jsonrpc":"2.0","id":2,"result":{"a":2}}'), 0)).toBeNull();
    expect(gate.fromServer(answer(3), 0)).toBeNull();
    await gate.settled();
  });

  test.each(['watch', 'enforce'] as const)('takes deep nesting in every kind of message (%s)', async (mode) => {
    const { gate, toServer, toClient } = gateOf(allowing, mode);
    const deep = `${'['.repeat(9000)}${']'.repeat(9000)}`;
    const params = `{"name":"echo","arguments":{"id":${deep}}}`;
    gate.fromClient(bytes(`{"jsonrpc":"2.0","params":${params},"id":1,"method":"tools/call"}`), 0);
    const isEnforced = mode === 'enforce';
    if (isEnforced) await until(() => toServer.length === 1);
    const id = isEnforced ? JSON.stringify(idOf(toServer[0])) : '1';
    gate.fromServer(bytes(`{"jsonrpc":"2.0","id":${id},"result":{"content":[],"_meta":{"x":${deep}}}}`), 0);
    if (isEnforced) await until(() => toClient.length === 1);
    const listed = sent(gate.fromClient(bytes('{"jsonrpc":"2.0","id":2,"method":"tools/list"}'), 0))['id'];
    const tools = `[{"name":"a","inputSchema":{"x":${deep}}}]`;
    const list = bytes(`{"jsonrpc":"2.0","id":${JSON.stringify(listed)},"result":{"tools":${tools}}}`);
    expect(text(gate.fromServer(list, 0))).toContain(deep);
    expect(gate.fromServer(bytes(`[{"jsonrpc":"2.0","id":1,"result":${deep}}]`), 0) === null).toBe(isEnforced);
    await gate.settled();
  });
});

describe('forwarding line by line', () => {
  const passAll: Gate = {
    fromClient: (message) => message,
    fromServer: (message) => message,
    passesUnseen: () => true,
    undecided: () => 0,
    paramHeaders: () => [],
    tooLong: () => undefined,
    named: () => undefined,
    settled: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };

  test('keeps every byte for any chunks, and puts lines of the gate between lines, never inside one', async () => {
    let seed = 11;
    const random = (limit: number): number => (seed = (seed * 48_271) % 2_147_483_647) % limit;
    const pieces = [
      '{"a":1}\n',
      '\n',
      '\r\n',
      ' \t\n',
      'no json\n',
      '{"x":"ü\\n"}\r\n',
      '[1,2]\n',
      '\xff\xfe\n',
      `${'y'.repeat(70_000)}\n`,
    ];
    for (let round = 0; round < 40; round++) {
      const whole = Buffer.concat(
        Array.from({ length: 1 + random(30) }, () => Buffer.from(pieces[random(pieces.length)] ?? '', 'latin1')),
      );
      const input = random(3) === 0 ? whole.subarray(0, whole.length - 1) : whole;
      const [source, sink] = [new PassThrough(), new PassThrough()];
      const out: Buffer[] = [];
      sink.on('data', (chunk: Buffer) => out.push(chunk));
      const writer = new LineWriter(sink, atOnce);
      const ended = new Promise((resolve) => sink.on('end', resolve));
      const forward = round % 2 === 0 ? forwardClient : forwardServer;
      forward(ownChunks(source), writer, passAll, unwatched);
      for (let at = 0; at < input.length;) {
        const length = 1 + random(at % 3 === 0 ? 5 : 40_000);
        source.write(input.subarray(at, at + length));
        at += length;
        if (random(4) === 0) {
          await new Promise((resolve) => setImmediate(resolve));
          writer.line(Buffer.from('GATE'));
        }
      }
      source.end();
      await ended;
      const seen = Buffer.concat(out).toString('latin1').replaceAll('GATE\n', '');
      expect(seen).toBe(input.toString('latin1'));
    }
  });

  test('does not forward lines that the gate takes', async () => {
    const [source, sink] = [new PassThrough(), new PassThrough()];
    const gate: Gate = { ...passAll, fromClient: (line) => (Buffer.from(line).includes('secret') ? null : line) };
    const out: Buffer[] = [];
    sink.on('data', (chunk: Buffer) => out.push(chunk));
    const ended = new Promise((resolve) => sink.on('end', resolve));
    forwardClient(ownChunks(source), new LineWriter(sink, atOnce), gate, unwatched);
    source.end('a\nsecret 1\r\nb\nsecret 2');
    await ended;
    expect(Buffer.concat(out).toString()).toBe('a\nb\n');
  });

  test('a message beyond the limit does not pass an enforcing gate, and its sender gets the reason', async () => {
    const { gate, toClient } = gateOf(allowing, 'enforce');
    const [source, sink] = [new PassThrough(), new PassThrough()];
    const out: Buffer[] = [];
    sink.on('data', (chunk: Buffer) => out.push(chunk));
    const ended = new Promise((resolve) => sink.on('end', resolve));
    forwardClient(ownChunks(source), new LineWriter(sink, atOnce), gate, unwatched);
    source.write(Buffer.alloc(maxLineBytes + 1, 'x'));
    source.end('\n{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
    await ended;
    expect(Buffer.concat(out).toString()).toBe('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
    const message = 'guardscope: the message is longer than the gate can check; refused while a guard enforces';
    expect(toClient.map((each) => sent(each))).toEqual([
      { jsonrpc: '2.0', id: null, error: { code: -32_600, message } },
    ]);
  });
});
