/** Asserts the behaviour of Guardscope where it differs from production, so that a difference that disappears is noticed. */
import { afterAll, describe, expect, it } from 'vitest';
import { decodeGoJson } from '../src/core/go/goJson.ts';
import type { DecisionRecord } from '../src/core/difc/record/decision.ts';
import { readSdkResult } from '../src/core/mcp/sdkResult.ts';
import type { TraceCall } from '../src/core/trace/model/traceModel.ts';
import { readTrace } from '../src/core/trace/reader.ts';
import type { GatePorts } from '../src/engine/tap/gate/gate.ts';
import { GatedSessions } from '../src/engine/tap/http/gated/gatedSessions.ts';
import { initialSessionState, type SessionState } from '../src/core/session/sessionState.ts';
import { decideLive, oneServer } from '../src/engine/replay/gatewaySession.ts';
import { replayTrace } from '../src/engine/replay/replayTrace.ts';
import { CompileCache } from '../src/engine/runtime/host/compileCache.ts';
import { WorkerGuard } from '../src/engine/runtime/host/workerGuard.ts';
import { guardWithElement } from './core/wasm/guardWithElement.ts';
import { fromText } from './core/wasm/support.ts';
import { compileFilter, type Filtered, isFilter } from '../src/core/jq/jqFilter.ts';
import { knownDifferences } from './deviations.ts';
import { askBackend, forever, guardBytes, type GuardText, sayStillHere } from './engine/runtime/guards.ts';
import { allowing, answer, bytes, call, closeGates, gateOf, idOf, sent, until } from './engine/liveGuard/gateSetup.ts';
import { patiently } from './support/patience.ts';
import { scriptedGuard } from './engine/replay/scriptedGuard.ts';
import { sessionDifferences } from './support/sessionDifferences.ts';
import { workerFile } from './support/paths.ts';

const cache = new CompileCache();
const guards: WorkerGuard[] = [];
const none = { kind: 'none' } as const;

afterAll(() => Promise.all(guards.map((guard) => guard.close())));

async function load(bytes: Uint8Array): Promise<WorkerGuard> {
  const loaded = await WorkerGuard.load(bytes, { workerFile, cache });
  if (!loaded.ok) throw new Error(loaded.error);
  guards.push(loaded.guard);
  return loaded.guard;
}

const guardOf = (text: GuardText): Promise<WorkerGuard> => load(guardBytes(text));

/** Stores an i32 as four bytes of output. */
const outputBits = (value: string): string => `(i32.store (local.get $out) ${value}) (i32.const 4)`;

/** Bytes of an output as hexadecimal numbers; only for ASCII. */
const bits = (output: string | null): string =>
  [...Buffer.from(output ?? '', 'latin1')].map((one) => one.toString(16)).join(' ');

/** Assertions about Guardscope by the id of the difference. */
const differences: Readonly<Record<string, () => Promise<void>>> = {
  'deadline-grace': async () => {
    const guard = await guardOf({ label_agent: `${sayStillHere} ${forever} (i32.const 0)` });
    const began = performance.now();
    const record = await guard.call('label_agent', '{}', { backend: none, deadlineMs: patiently(200) });
    expect(performance.now() - began).toBeGreaterThan(140);
    expect(record.error).toBe('WASM function call failed: module closed with context deadline exceeded');
    expect(record.log.map(({ message }) => message)).toEqual(['still here']);
    expect(guard.healthy).toBe(false);
  },
  'recursion-past-the-deadline': async () => {
    // Slow enough to still recurse at the end of the grace period: each level writes the first page several times.
    const rest = `(func $down (param $n i32) (result i32)
      (memory.fill (i32.const 16) (i32.const 0) (i32.const 60000))
      (memory.fill (i32.const 16) (i32.const 1) (i32.const 60000))
      (i32.add (i32.const 1) (call $down (i32.add (local.get $n) (i32.const 1)))))`;
    const guard = await guardOf({ rest, label_agent: '(call $down (i32.const 0))' });
    const record = await guard.call('label_agent', '{}', { backend: none, deadlineMs: 1 });
    expect(record.error).toBe('WASM function call failed: module closed with context deadline exceeded');
    expect(guard.healthy).toBe(false);
  },
  'ended-while-asking': async () => {
    const guard = await guardOf({
      label_agent: `(drop ${askBackend}) (call $fd_write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 32))`,
    });
    const answers = [{ result: 1, waitMs: 5000 }];
    const record = await guard.call('label_agent', '{}', {
      backend: { kind: 'answers', answers },
      deadlineMs: patiently(200),
    });
    expect(record.error).toBe(
      'WASM function call failed: runtime error: invalid memory address or nil pointer dereference (recovered by wazero)',
    );
    expect(guard.healthy).toBe(true);
  },
  'stack-depth': async () => {
    const rest = `(global $depth (mut i32) (i32.const 0))
      (func $down (param $n i32) (result i32)
        (global.set $depth (local.get $n))
        (i32.add (i32.const 1) (call $down (i32.add (local.get $n) (i32.const 1)))))`;
    const guard = await guardOf({
      rest,
      label_agent: '(call $down (i32.const 0))',
      label_resource: '(i32.store8 (local.get $out) (i32.shr_u (global.get $depth) (i32.const 16))) (i32.const 1)',
    });
    const record = await guard.call('label_agent', '{}', { backend: none });
    expect(record.error).toBe('WASM function call failed: stack overflow');
    const depth = await guard.call('label_resource', '{}', { backend: none });
    const units = depth.output?.codePointAt(0) ?? 0;
    // Between one and four million calls, in units of 65,536.
    expect(units).toBeGreaterThan(15);
    expect(units).toBeLessThan(62);
  },
  'zero-compared-with-and': async () => {
    const positive = '(i32.lt_s (i32.const 0) (i32.and (local.get $n) (i32.const 127)))';
    const guard = await guardOf({
      label_agent: outputBits(`(if (result i32) ${positive} (then (i32.const 1)) (else (i32.const 2)))`),
    });
    // The input has two bytes. wazero gives 2.
    expect(bits((await guard.call('label_agent', '{}', { backend: none })).output)).toBe('1 0 0 0');
  },
  'nan-bits': async () => {
    const quiet = '(i32.reinterpret_f32 (f32.min (f32.reinterpret_i32 (i32.const 0x7fa1a2a3)) (f32.const 1)))';
    const guard = await guardOf({ label_agent: outputBits(`(i32.shr_u ${quiet} (i32.const 25))`) });
    const record = await guard.call('label_agent', '{}', { backend: none });
    // wazero preserves sign and payload: 7f e1 a2 a3, whose upper seven bits are 3f. V8 gives those of ff c0 00 00 or 7f c0 00 00.
    expect(['7f 0 0 0', '3f 0 0 0']).toContain(bits(record.output));
    const payload = await guardOf({ label_agent: outputBits(`(i32.and ${quiet} (i32.const 0x7f))`) });
    expect(bits((await payload.call('label_agent', '{}', { backend: none })).output)).toBe('0 0 0 0');
  },
  'table-size': async () => {
    const rest = '(table $t 1 funcref)';
    const grow = '(i32.and (table.grow $t (ref.null func) (i32.const 20000000)) (i32.const 0x7f))';
    const guard = await guardOf({ rest, label_agent: outputBits(grow) });
    expect(bits((await guard.call('label_agent', '{}', { backend: none })).output)).toBe('7f 0 0 0');
    const large = await WorkerGuard.load(guardBytes({ rest: '(table 20000000 funcref)' }), { workerFile, cache });
    expect(large).toMatchObject({ ok: false, error: expect.stringContaining('failed to instantiate WASM module: ') });
  },
  'function-limits': async () => {
    const locals = Array.from({ length: 50_001 }, () => 'i32').join(' ');
    const loaded = await WorkerGuard.load(guardBytes({ rest: `(func (local ${locals}))` }), { workerFile, cache });
    expect(loaded).toMatchObject({ ok: false, error: expect.stringContaining('local count too large') });
  },
  'invalid-for-v8': async () => {
    const rest = '(func (drop (select (result i32) (i32.const 65) (i32.const 1) (i32.const 33))))';
    const bytes = guardBytes({ rest });
    // Changes the type of the select to funcref.
    bytes[Buffer.from(bytes).indexOf(Buffer.of(0x1c, 1, 0x7f)) + 2] = 0x70;
    expect(await WorkerGuard.load(bytes, { workerFile, cache })).toMatchObject({
      ok: false,
      error: expect.stringMatching(
        /^failed to instantiate WASM module: WebAssembly\..*select\[\d\] expected type funcref/,
      ),
    });
  },
  'newer-types': async () => {
    // A passive segment of type (ref func) with one function.
    const bytes = guardWithElement([5, 0x64, 0x70, 1, 0xd2, 0, 0x0b]);
    const answer = await WorkerGuard.load(bytes, { workerFile, cache });
    if (WebAssembly.validate(bytes)) expect(answer).toMatchObject({ ok: true });
    else {
      expect(answer).toMatchObject({
        ok: false,
        error: expect.stringMatching(/^failed to instantiate WASM module: WebAssembly\..*type/),
      });
    }
  },
  'import-exported-again': async () => {
    const bytes = fromText(`(module
      (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
      (memory (export "memory") 1)
      (export "dealloc" (func $random))
      (func (export "alloc") (param i32) (result i32) (i32.const 8))
      (func (export "label_agent") (param i32 i32 i32 i32) (result i32) (i32.const 0))
      (func (export "label_resource") (param i32 i32 i32 i32) (result i32) (i32.const 0))
      (func (export "label_response") (param $in i32) (param $n i32) (param $out i32) (param i32) (result i32)
        (i32.store8 (local.get $out) (i64.ne (i64.load (i32.const 16)) (i64.const 0x3534333231303938))) (i32.const 1)))`);
    const guard = await load(bytes);
    await guard.call('label_agent', '0123456789012345', { backend: none });
    // Freeing the input overwrote it with random bytes; in production it is unchanged.
    expect((await guard.call('label_response', '{}', { backend: none })).output).toBe('\u0001');
  },
  'long-output': async () => {
    const write = '(drop (call $fd_write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 32)))';
    const guard = await guardOf({
      rest: '(data (i32.const 16) "\\00\\00\\00\\00\\00\\00\\01\\00")',
      label_agent: `${write.repeat(17)} (i32.const 0)`,
    });
    const { stdout } = await guard.call('label_agent', '{}', { backend: none });
    expect(stdout.slice(1024 * 1024)).toBe('\n[only the first 1048576 bytes were recorded]');
  },
  'import-order': async () => {
    const bytes = fromText('(module (import "b" "x" (func)) (import "a" "y" (func)))');
    for (let load = 0; load < 3; load++) {
      expect(await WorkerGuard.load(bytes, { workerFile })).toMatchObject({
        error: 'failed to instantiate WASM module: module[b] not instantiated',
      });
    }
  },
  'sdk-error-texts': async () => {
    expect(readSdkResult({ content: [{ type: 'text', text: 5 }] })).toEqual({
      ok: false,
      error: 'json: cannot unmarshal 5',
    });
  },
  'sdk-repeated-keys': async () => {
    const decoded = decodeGoJson('{"isError":5,"isError":true,"content":[]}');
    expect(decoded.ok && readSdkResult(decoded.value)).toEqual({ ok: true, value: { content: [], isError: true } });
  },
  'circuit-times': async () => {
    const limited = {
      ok: true,
      value: { isError: true, content: [{ type: 'text', text: 'API rate limit' }] },
    } as const;
    const session = oneServer('s', { guard: scriptedGuard({}) });
    const live = { callBackend: async () => limited, lookups: { kind: 'none' } } as const;
    const pass = (state: SessionState, time: string | null) =>
      decideLive(
        session,
        state,
        { index: 0, server: 's', tool: 't', args: {}, time, durationMs: null } as TraceCall,
        live,
      );
    let [timed, untimed] = [initialSessionState, initialSessionState];
    for (let call = 0; call < 3; call++) {
      timed = (await pass(timed, '2026-05-06T07:08:09Z')).state;
      untimed = (await pass(untimed, null)).state;
    }
    expect((await pass(timed, '2026-05-06T07:09:08Z')).record).toMatchObject({ endedIn: 3, backendResult: null });
    expect((await pass(untimed, null)).record.backendResult).toEqual(limited.value);
  },
  'input-rounds': async () => {
    const guard = scriptedGuard({});
    const requests = { who: { method: 'elicitation/create', params: {} } };
    const line = (dir: 'client' | 'server', msg: object): string => `${JSON.stringify({ t: 1, dir, msg })}\n`;
    const asks = (id: number, more: object): string =>
      line('client', { id, method: 'tools/call', params: { name: 't', ...more } });
    const round =
      asks(1, {}) + line('server', { id: 1, result: { resultType: 'input_required', inputRequests: requests } });
    const retry = asks(2, { inputResponses: {} }) + line('server', { id: 2, result: { structuredContent: 'answer' } });
    const replayed = async (lines: string): Promise<readonly DecisionRecord[]> => {
      const trace = readTrace(line('client', { id: 0, method: 'ping' }) + lines);
      const records: DecisionRecord[] = [];
      for await (const record of replayTrace(trace, { guard, policy: {} })) records.push(record);
      return records;
    };
    const error = 'multi round-trip: fulfilling input request "who": client does not support elicitation';
    const [joined, ...others] = await replayed(round + retry);
    expect([joined?.backendResult, others]).toMatchObject([{ structuredContent: 'answer' }, []]);
    expect(joined?.problems.find(({ code }) => code === 'replay/input-required')).toMatchObject({
      message: '2 rounds: the server asked for input once',
      hint: `The gateway has nobody to ask: it ends the call with the error "${error}"`,
    });
    // The mark of a complete result is not part of the answer that the replay decides.
    const answer = joined?.client as { readonly result: object } | undefined;
    const result = { resultType: 'complete', ...answer?.result };
    const client = { jsonrpc: '2.0', id: 2, result };
    const enforced = `${JSON.stringify({ t: 2, for: 2, mode: 'enforce', outcome: 'allowed', client })}\n`;
    const [again] = await replayed(round + retry + enforced);
    expect(again?.problems.map(({ code }) => code)).not.toContain('replay/differs-from-recording');
    const [alone] = await replayed(round);
    expect(alone).toMatchObject({ endedIn: 3, backendResult: null });
    expect(alone?.error).toContain(error);
    expect(alone?.problems.find(({ code }) => code === 'replay/input-required')?.message).toBe(
      '1 round: the server asked for input once, and the capture has no further request of the client',
    );
  },
  ...sessionDifferences,
  'one-agent': async () => {
    const guard = scriptedGuard({ agent: { secrecy: ['s'], integrity: [] } });
    const line = (value: object): string => `${JSON.stringify(value)}\n`;
    const asks = (session: string): string =>
      line({
        t: 1,
        dir: 'client',
        session,
        msg: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 't' } },
      });
    const trace = readTrace(line({ schema: 'guardscope-trace/1', server: 'x' }) + asks('one') + asks('two'));
    const records: DecisionRecord[] = [];
    for await (const record of replayTrace(trace, { guard, policy: {} })) records.push(record);
    expect(records.map(({ agent }) => agent)).toEqual(['default', 'default']);
    expect(guard.asked.filter(({ name }) => name === 'label_agent')).toHaveLength(1);
    expect(records[0]?.problems.map(({ code }) => code)).toContain('replay/one-agent');
  },
  'guard-per-live-session': async () => {
    const made: (string | null)[] = [];
    const make = ({ session }: GatePorts): object => {
      made.push(session);
      return { close: () => Promise.resolve() };
    };
    const sessions = new GatedSessions({ gates: { make } } as unknown as ConstructorParameters<
      typeof GatedSessions
    >[0]);
    for (const name of ['one', 'two', 'one']) expect(sessions.of(name)).not.toBeNull();
    expect(made).toEqual(['one', 'two']);
    await sessions.close();
  },
  'lists-of-a-tap': async () => {
    const { gate, toServer, toClient } = gateOf(allowing, 'enforce');
    const changed = { jsonrpc: '2.0', method: 'notifications/tools/list_changed' };
    expect(sent(gate.fromServer(bytes({ ...changed, params: { x: 1 } }), 0))).toEqual(changed);
    gate.fromClient(call(1, 'other'), 0);
    await until(() => toServer.length === 1);
    gate.fromServer(answer(idOf(toServer[0])), 0);
    const asked = sent(gate.fromClient(bytes({ jsonrpc: '2.0', id: 2, method: 'tools/list' }), 0));
    gate.fromServer(
      bytes({ jsonrpc: '2.0', id: asked['id'], result: { tools: [{ name: 'echo', inputSchema: {} }] } }),
      0,
    );
    gate.fromClient(call(3, 'other'), 0);
    await gate.settled();
    expect(toClient.map((each) => sent(each)).find(({ id }) => id === 3)).toMatchObject({ error: { code: -32_602 } });
    await closeGates();
  },
  'stricter-messages': async () => {
    const { gate, toClient } = gateOf(allowing, 'enforce');
    const start = '{"jsonrpc":"2.0","id":1,"method":"ping"';
    const unclear = [`${start},"id":2}`, `${start},"Method":"x"}`, '{"jsonrpc":"2.0","id":1.5,"method":"ping"}'];
    for (const each of unclear) expect(gate.fromClient(bytes(each), 0)).toBeNull();
    const errors = toClient.map((each) => sent(each)['error'] as { readonly code: number; readonly message: string });
    expect(errors.map(({ code }) => code)).toEqual([-32_600, -32_600, -32_600]);
    expect(errors.map(({ message }) => message).join('\n')).toMatch(
      /"id" stands twice[^]*"Method" differs[^]*not 1\.5/,
    );
    await closeGates();
  },
  'no-listening': async () => {
    const { gate, toClient } = gateOf(allowing, 'enforce');
    expect(gate.fromClient(bytes({ jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params: {} }), 0)).toBeNull();
    expect(sent(toClient[0])).toMatchObject({
      error: { code: -32_601, message: expect.stringContaining('listen') as unknown },
    });
    await closeGates();
  },
  'v128-in-a-signature': async () => {
    const bytes = fromText(`(module (memory (export "memory") 1)
      (func (export "alloc") (param v128) (result i32) (i32.const 8))
      (func (export "dealloc") (param i32 i32))
      ${['label_agent', 'label_resource', 'label_response']
        .map((name) => `(func (export "${name}") (param i32 i32 i32 i32) (result i32) (i32.const 0))`)
        .join(' ')})`);
    const record = await (await load(bytes)).call('label_agent', '{}', { backend: none });
    expect(record.error).toMatch(/^failed to allocate WASM input buffer: /);
  },
  'jq-functions': async () => {
    const words = notSupportedWords.map((program) => compileFilter(program));
    expect(words.every((compiled) => !isFilter(compiled) && compiled.kind === 'not-supported')).toBe(true);
    await Promise.resolve();
  },
  'jq-regexp-errors': async () => {
    expect(filtered('"" | test("\\\\x{2,3}")')).toMatchObject({
      kind: 'failed',
      error: expect.stringContaining('invalid escape sequence: `\\x`') as unknown,
    });
    await Promise.resolve();
  },
  'jq-last-digit': async () => {
    expect(filtered('0.1 | exp')).toEqual({ kind: 'output', json: String(Math.exp(0.1)) });
    await Promise.resolve();
  },
  'jq-bytes': async () => {
    expect(filtered('"/w==" | @base64d | [., length]')).toEqual({ kind: 'output', json: '["\ufffd",1]' });
    expect(filtered('"4pI=" | @base64d | length')).toEqual({ kind: 'output', json: '2' });
    await Promise.resolve();
  },
  'jq-work': async () => {
    expect(filtered('last(range(1000000))')).toEqual({ kind: 'too-much-work' });
    expect(compileFilter(`${'('.repeat(600)}.${')'.repeat(600)}`)).toMatchObject({ kind: 'not-supported' });
    await Promise.resolve();
  },
};

const notSupportedWords = ['now', 'localtime', 'strflocaltime("%Y")', 'builtins', 'fma(1; 2; 3)', 'gamma', 'j0', 'erf'];

/** What a filter makes of null. */
function filtered(program: string): Filtered | null {
  const compiled = compileFilter(program);
  return isFilter(compiled) ? compiled.apply(null, 4) : null;
}

describe('known differences from production', () => {
  it('are all asserted, and nothing else is', () => {
    expect(Object.keys(differences).sort()).toEqual(knownDifferences.map(({ id }) => id).sort());
  });

  it.each(knownDifferences.map(({ id }) => id))('%s', async (id) => {
    await differences[id]?.();
  });
});
