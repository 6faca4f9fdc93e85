/** The gate, message by message: ids, batches, cancelled calls, look-ups; and the line-framed forwarding around it. */
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forwardClient, forwardServer, LineWriter } from '../../../src/engine/tap/stdio/forward.ts';
import { ownChunks } from '../../../src/engine/streams/sources.ts';
import type { Gate } from '../../../src/engine/tap/gate/gate.ts';
import type { RecordingSink } from '../../../src/engine/recording/tapSide/recordingSink.ts';
import { GuardGate } from '../../../src/engine/liveGuard/guardGate.ts';
import { LiveGuard } from '../../../src/engine/liveGuard/liveGuard.ts';
import { workerFile } from '../../support/paths.ts';
import { askBackend, cache, type GuardText, guardBytes } from '../runtime/guards.ts';
import { patiently } from '../../support/patience.ts';

const atOnce = (then: () => void): void => then();
const unwatched = { bytes: () => undefined, ended: () => undefined, whenDurable: atOnce };

const gates: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(gates.splice(0).map((close) => close()));
});

/** A guard that allows every call and does not label items. */
const json = '{"resource":{"secrecy":[],"integrity":[]},"operation":"write"}';
const allowing: GuardText = {
  rest: `(data (i32.const 1000) "${json.replaceAll('"', '\\"')}")`,
  label_resource: `(memory.copy (local.get $out) (i32.const 1000) (i32.const ${json.length})) (i32.const ${json.length})`,
};

interface GateSetup {
  readonly gate: GuardGate;
  readonly toServer: string[];
  readonly toClient: string[];
  readonly lines: Record<string, unknown>[];
}

function gateOf(text: GuardText, mode: 'watch' | 'enforce'): GateSetup {
  const folder = mkdtempSync(join(tmpdir(), 'guardscope-gate-'));
  const path = join(folder, 'guard.wasm');
  writeFileSync(path, guardBytes(text));
  const [toServer, toClient]: [string[], string[]] = [[], []];
  const lines: Record<string, unknown>[] = [];
  const recording: RecordingSink = {
    bytes: () => undefined,
    message: (dir, bytes, marks = {}) => void lines.push({ dir, ...marks, msg: Buffer.from(bytes).toString() }),
    line: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>),
    event: () => undefined,
    ended: () => undefined,
    whenDurable: (then) => then(),
    hasBacklog: false,
    close: () => Promise.resolve(),
  };
  const guard = new LiveGuard({
    server: 's',
    guard: path,
    policy: null,
    mode,
    enforcement: 'strict',
    trustedBots: [],
    deadlineMs: 5000,
    services: { workerFile, cache },
    capture: join(folder, 'c.guardtrace.jsonl'),
    onChange: () => undefined,
  });
  const wire = {
    toServer: (bytes: Uint8Array) => void toServer.push(Buffer.from(bytes).toString()),
    toClient: (bytes: Uint8Array) => void toClient.push(Buffer.from(bytes).toString()),
  };
  const gate = new GuardGate({ guard, wire, recording, server: 's', session: '', deadlineMs: 5000 });
  gates.push(async () => {
    await gate.close();
    await guard.close();
  });
  return { gate, toServer, toClient, lines };
}

const bytes = (value: unknown): Buffer => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const call = (id: unknown, name = 'echo'): Buffer =>
  bytes({ jsonrpc: '2.0', id, method: 'tools/call', params: { name } });
const answer = (id: unknown, text = 'x'): Buffer =>
  bytes({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } });
const until = async (done: () => boolean): Promise<void> => {
  const began = performance.now();
  while (!done() && performance.now() - began < patiently(20_000))
    await new Promise((resolve) => setTimeout(resolve, 2));
  expect(done()).toBe(true);
};

describe('the gate', () => {
  test('sends an enforced call to the server when the guard allows it, and the answer to the client under its own id', async () => {
    const { gate, toServer, toClient } = gateOf(allowing, 'enforce');
    for (const id of [7, '7']) expect(gate.fromClient(call(id))).toBe(false);
    await until(() => toServer.length === 1);
    expect(toServer).toEqual([call(7).toString()]);
    // The string "7" and the number 7 are different ids.
    expect(gate.fromServer(answer('8'))).toBe(true);
    expect(gate.fromServer(answer(7, 'one'))).toBe(false);
    await until(() => toServer.length === 2);
    expect(gate.fromServer(answer('7', 'two'))).toBe(false);
    await until(() => toClient.length === 2);
    expect(toClient.map((text) => (JSON.parse(text) as { id: unknown }).id)).toEqual([7, '7']);
  });

  test.each(['1.0', '1e3', '12345678901234567890', '"x"', String.raw`"\u0041"`, '-0'])(
    'answers under the id %s exactly as the client wrote it',
    async (id) => {
      const { gate, toServer, toClient, lines } = gateOf(allowing, 'enforce');
      const request = `{"id":7,"jsonrpc":"2.0", "id" : ${id} ,"method":"tools/call","params":{"name":"echo","id":3}}`;
      expect(gate.fromClient(bytes(request))).toBe(false);
      await until(() => toServer.length === 1);
      expect(toServer).toEqual([request]);
      const tools = [{ name: 'a', outputSchema: {} }];
      expect(gate.fromServer(bytes(`{"jsonrpc":"2.0","id":${id},"result":{"content":[]}}`))).toBe(false);
      await until(() => toClient.length === 1);
      expect(toClient[0]).toContain(`{"jsonrpc":"2.0","id":${id},"result":`);
      expect(lines.at(-1)).toMatchObject({ mode: 'enforce', outcome: 'allowed' });
      gate.fromClient(bytes(`{"jsonrpc":"2.0","id":${id},"method":"tools/list"}`));
      gate.fromServer(bytes(`{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify({ tools })}}`));
      expect(toClient[1]).toBe(`{"jsonrpc":"2.0","id":${id},"result":{"tools":[{"name":"a"}]}}`);
    },
  );

  test('drops a second answer to an enforced call, until the client uses the id again', async () => {
    const { gate, toServer, toClient } = gateOf(allowing, 'enforce');
    gate.fromClient(call(1));
    await until(() => toServer.length === 1);
    expect(gate.fromServer(answer(1))).toBe(false);
    await until(() => toClient.length === 1);
    expect(gate.fromServer(answer(1, 'once more'))).toBe(false);
    gate.fromClient(call(1));
    await until(() => toServer.length === 2);
    expect(gate.fromServer(answer(1, 'new'))).toBe(false);
    await until(() => toClient.length === 2);
    expect(toClient.join()).not.toContain('once more');
  });

  test('sends look-ups to the server under its own ids, and keeps their answers from the client', async () => {
    const { gate, toServer, toClient, lines } = gateOf(
      { ...allowing, label_resource: `(drop ${askBackend}) ${allowing.label_resource ?? ''}` },
      'watch',
    );
    expect(gate.fromClient(call(1))).toBe(true);
    await until(() => toServer.length === 1);
    const { id, params } = JSON.parse(toServer[0] ?? '') as { id: string; params: unknown };
    expect(id).toMatch(/^guardscope-[\w-]{12}-1$/);
    expect(params).toEqual({ name: 'still', arguments: {} });
    expect(gate.fromServer(answer(id))).toBe(false);
    expect(gate.fromServer(answer(id))).toBe(false);
    expect(gate.fromServer(answer(1))).toBe(true);
    await until(() => lines.some((line) => 'guard' in line));
    expect(lines.filter(({ by }) => by === 'guard').map(({ dir, for: request }) => [dir, request])).toEqual([
      ['client', 1],
      ['server', 1],
      ['server', undefined],
    ]);
    expect(toClient).toEqual([]);
  });

  test('passes messages that are not tool calls', () => {
    const { gate } = gateOf(allowing, 'enforce');
    const others = [
      '{"method":"ping","id":1}',
      'no json',
      '[]',
      '3',
      '{"method":"tools/call"}',
      '{"id":1,"method":"tools/call","params":3}',
      '{"id":5,"result":{}}',
    ];
    for (const each of others) expect(gate.fromClient(bytes(each))).toBe(true);
    for (const each of others) expect(gate.fromServer(bytes(each))).toBe(true);
  });

  test.each([
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"x":NaN}}}',
    '\uFEFF{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo"}}',
    ' [{"jsonrpc":"2.0","id":1,"method":"tools/call"},]',
  ])(
    'blocks text that is not JSON but that a lenient reader may accept, in both directions while enforcing: %s',
    (text) => {
      const { gate, toClient } = gateOf(allowing, 'enforce');
      expect(gate.fromClient(bytes(text))).toBe(false);
      expect(gate.fromServer(bytes(text))).toBe(false);
      expect(toClient.map((each) => JSON.parse(each) as unknown)).toMatchObject([
        { id: null, error: { code: -32_700 } },
      ]);
      const watching = gateOf(allowing, 'watch').gate;
      expect([watching.fromClient(bytes(text)), watching.fromServer(bytes(text))]).toEqual([true, true]);
    },
  );

  test.each([
    '{"id":true,"method":"tools/call","params":{"name":"echo"}}',
    '{"id":1,"Method":"tools/call"}',
    '[{"id":1,"Method":"tools/call"}]',
  ])('refuses an invalid message that a lenient server may take for a call while enforcing: %s', (text) => {
    const { gate, toClient, lines } = gateOf(allowing, 'enforce');
    expect(gate.fromClient(bytes(text))).toBe(false);
    expect(toClient.map((each) => JSON.parse(each) as unknown)).toMatchObject([{ error: { code: -32_600 } }]);
    expect(lines.at(-1)).toMatchObject({ for: null, mode: 'enforce', outcome: 'error' });
    expect(gateOf(allowing, 'watch').gate.fromClient(bytes(text))).toBe(true);
  });

  test('handles deep nesting on both sides and in every kind of message', async () => {
    for (const mode of ['watch', 'enforce'] as const) {
      const { gate, toServer, toClient } = gateOf(allowing, mode);
      const deep = `${'['.repeat(9000)}${']'.repeat(9000)}`;
      const request = `{"jsonrpc":"2.0","params":{"name":"echo","arguments":{"id":${deep}}},"id":1,"method":"tools/call"}`;
      gate.fromClient(bytes(request));
      if (mode === 'enforce') {
        await until(() => toServer.length === 1);
        gate.fromServer(bytes(`{"jsonrpc":"2.0","id":1,"result":{"content":[],"_meta":{"x":${deep}}}}`));
        await until(() => toClient.length === 1);
      }
      gate.fromClient(bytes('{"jsonrpc":"2.0","id":2,"method":"tools/list"}'));
      gate.fromServer(bytes(`{"jsonrpc":"2.0","id":2,"result":{"tools":[{"x":${deep},"outputSchema":{}}]}}`));
      gate.fromServer(bytes(`[{"jsonrpc":"2.0","id":1,"result":${deep}}]`));
      expect(toClient.map((text) => (JSON.parse(text) as { id: unknown }).id)).toEqual(
        mode === 'enforce' ? [1, 2] : [],
      );
    }
  });

  test.each(['1e999', `${'['.repeat(10_001)}${']'.repeat(10_001)}`])(
    'refuses a call that the gateway could not read while enforcing',
    async (value) => {
      const { gate, toServer, toClient } = gateOf(allowing, 'enforce');
      const params = `{"name":"echo","arguments":{"x":${value}}}`;
      expect(gate.fromClient(bytes(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`))).toBe(false);
      await until(() => toClient.length === 1);
      expect(toClient[0]).toMatch(/refused: (?:json: cannot unmarshal number 1e999|invalid .* exceeded max depth)/);
      expect(toServer).toEqual([]);
    },
  );

  test('refuses a batch with a tool call while enforcing, and passes it while watching', () => {
    const batch = `[${call(1).toString()},{"jsonrpc":"2.0","id":2,"method":"ping"}]`;
    expect(gateOf(allowing, 'watch').gate.fromClient(bytes(batch))).toBe(true);
    const { gate, toClient } = gateOf(allowing, 'enforce');
    expect(gate.fromClient(bytes(batch))).toBe(false);
    expect(toClient.map((text) => JSON.parse(text) as unknown)).toMatchObject([
      { id: 1, error: {} },
      { id: 2, error: {} },
    ]);
    expect(gate.fromClient(bytes('[{"jsonrpc":"2.0","id":2,"method":"ping"}]'))).toBe(true);
  });

  test('neither sends nor answers a call that is cancelled before its turn', async () => {
    const { gate, toServer, toClient } = gateOf(allowing, 'enforce');
    gate.fromClient(call(1));
    gate.fromClient(call(2));
    gate.fromClient(bytes({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 2 } }));
    await until(() => toServer.length === 1);
    gate.fromServer(answer(1));
    await gate.settled();
    expect(toServer).toHaveLength(1);
    expect(toClient.map((text) => (JSON.parse(text) as { id: unknown }).id)).toEqual([1]);
  });
});

describe('forwarding line by line', () => {
  const passAll: Gate = {
    fromClient: () => true,
    fromServer: () => true,
    passesUnseen: () => true,
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
    const gate: Gate = { ...passAll, fromClient: (line) => !Buffer.from(line).includes('secret') };
    const out: Buffer[] = [];
    sink.on('data', (chunk: Buffer) => out.push(chunk));
    const ended = new Promise((resolve) => sink.on('end', resolve));
    forwardClient(ownChunks(source), new LineWriter(sink, atOnce), gate, unwatched);
    source.end('a\nsecret 1\r\nb\nsecret 2');
    await ended;
    expect(Buffer.concat(out).toString()).toBe('a\nb\n');
  });
});
