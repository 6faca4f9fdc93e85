/** A guard in its worker: order of calls, deadlines and aborts, limits, backends, the stack, and loading. */
import { afterEach, describe, expect, test } from 'vitest';
import { encodeGoJson } from '../../../../src/core/go/goJson.ts';
import type { JsonValue } from '../../../../src/core/base/json.ts';
import { type LoadOptions, WorkerGuard } from '../../../../src/engine/runtime/host/workerGuard.ts';
import { keptLogLines, maxStreamBytes, maxTailLineBytes } from '../../../../src/engine/runtime/shared/abi.ts';
import { workerFile } from '../../../support/paths.ts';
import { patiently } from '../../../support/patience.ts';
import { type GuardText, alone, askBackend, forever, guardBytes, loadGuard, sayStillHere } from '../guards.ts';
import { proves } from '../../../support/proves.ts';

const open: WorkerGuard[] = [];

async function guardOf(text: GuardText, options: Partial<LoadOptions> = {}): Promise<WorkerGuard> {
  const guard = await loadGuard(text, options);
  open.push(guard);
  return guard;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((guard) => guard.close()));
});

const exceeded = 'WASM function call failed: module closed with context deadline exceeded';
const canceled = 'WASM function call failed: module closed with context canceled';
const unavailable = (error: string): string => `WASM guard 'guard' is unavailable after a previous trap: ${error}`;
const directBytes = 4_325_376;

describe('buffer protocol', () => {
  test('an empty output is not read, so its buffer may lie outside the memory', async () => {
    const guard = await guardOf({
      rest: `(func (export "alloc") (param i32) (result i32) (local.get 0))
        (func (export "dealloc") (param i32 i32))`,
    });
    const record = await guard.call('label_agent', '{}', alone);
    expect(record).toMatchObject({ error: null, output: '', attempts: [{ bufferSize: 4_194_304, code: 0 }] });
  });

  test('the error of a poisoned guard without a name has an empty name', async () => {
    const guard = await guardOf({ label_agent: 'unreachable' }, { name: '' });
    const { error } = await guard.call('label_agent', '{}', alone);
    const next = await guard.call('label_agent', '{}', alone);
    expect(next.error).toBe(`WASM guard '' is unavailable after a previous trap: ${error ?? ''}`);
  });
});

describe('calls', () => {
  test('concurrent calls run one after the other on one instance', async () => {
    proves('own:one-instance-in-order');
    const guard = await guardOf({
      rest: '(global $count (mut i32) (i32.const 48))',
      label_agent: `(global.set $count (i32.add (global.get $count) (i32.const 1)))
        (i32.store8 (local.get $out) (global.get $count)) (i32.const 1)`,
    });
    const records = await Promise.all(Array.from({ length: 9 }, () => guard.call('label_agent', '{}', alone)));
    expect(records.map((record) => record.output).join('')).toBe('123456789');
  });

  test('a record holds everything about its call', async () => {
    const guard = await guardOf({
      label_agent: `${sayStillHere} (i32.store8 (local.get $out) (i32.const 65)) (i32.const 1)`,
    });
    const record = await guard.call('label_agent', Buffer.from('é\xff', 'latin1'), alone);
    expect(record).toEqual({
      function: 'label_agent',
      input: '\ufffd\ufffd',
      output: 'A',
      attempts: [{ bufferSize: 4_194_304, code: 1, hint: null }],
      backendCalls: [],
      log: [{ level: 1, message: 'still here', attempt: 0, atMs: expect.any(Number) }],
      logDropped: 0,
      stdout: '',
      stderr: '',
      memory: { before: 65_536, after: directBytes, peak: directBytes },
      grows: [{ from: 65_536, to: directBytes, by: 'host', atMs: expect.any(Number) }],
      durationMs: expect.any(Number),
      error: null,
      trace: null,
      poisoned: false,
    });
    expect(guard.memoryBytes).toBe(directBytes);
  });

  test('growth by the guest and growth by the host are recorded apart', async () => {
    const guard = await guardOf({ label_agent: `(drop (memory.grow (i32.const 2))) ${sayStillHere} (i32.const 0)` });
    const { grows } = await guard.call('label_agent', '{}', alone);
    expect(grows.map(({ to, by }) => [to, by])).toEqual([
      [directBytes, 'host'],
      [directBytes + 131_072, 'guest'],
    ]);
  });
});

describe('deadline, abort and close', () => {
  test('the record of a call keeps what happened before its deadline', async () => {
    proves('own:kept-after-deadline');
    const guard = await guardOf({
      label_agent: `${sayStillHere} (drop ${askBackend}) (drop (memory.grow (i32.const 1))) ${sayStillHere} ${forever} (i32.const 0)`,
    });
    const answers = [{ result: { a: 1 } }];
    const record = await guard.call('label_agent', '{}', {
      backend: { kind: 'answers', answers },
      deadlineMs: patiently(300),
    });
    expect(record.error).toBe(exceeded);
    expect(record.poisoned).toBe(true);
    expect(record.log.map((line) => line.message)).toEqual(['still here', 'still here']);
    expect(record.backendCalls).toMatchObject([
      { tool: 'still', args: null, code: 7, end: 'answered', resultText: '{"a":1}' },
    ]);
    expect(record.attempts).toEqual([{ bufferSize: 4_194_304, code: null, hint: null }]);
    expect(record.memory).toEqual({ before: 65_536, after: directBytes + 65_536, peak: directBytes + 65_536 });
    expect(guard.memoryBytes).toBe(directBytes + 65_536);
    const next = await guard.call('label_agent', '{}', alone);
    expect(next).toMatchObject({ error: unavailable(exceeded), attempts: [], poisoned: true });
  });

  test('an abort ends a call in a loop', async () => {
    const guard = await guardOf({ label_agent: `${forever} (i32.const 0)` });
    const controller = new AbortController();
    const pending = guard.call('label_agent', '{}', { ...alone, signal: controller.signal });
    setTimeout(() => controller.abort(), 30);
    expect(await pending).toMatchObject({ error: canceled, poisoned: true });
    expect(guard.healthy).toBe(false);
  });

  test('an abort before the call prevents the entry into the guest and poisons it', async () => {
    const guard = await guardOf({ label_agent: `${sayStillHere} (i32.const 0)` });
    const record = await guard.call('label_agent', '{}', { ...alone, signal: AbortSignal.abort() });
    expect(record).toMatchObject({ error: canceled, log: [], poisoned: true });
    expect(record.attempts).toHaveLength(1);
  });

  test('an abort during a look-up wakes the guest and aborts the backend', async () => {
    const guard = await guardOf({ label_agent: `(drop ${askBackend}) ${sayStillHere} (i32.const 0)` });
    const controller = new AbortController();
    let aborted = false;
    const ask = (_tool: string, _args: JsonValue, signal: AbortSignal): Promise<never> => {
      signal.addEventListener('abort', () => (aborted = true));
      controller.abort();
      return new Promise(() => {});
    };
    const record = await guard.call('label_agent', '{}', { backend: { kind: 'live', ask }, signal: controller.signal });
    expect(record.error).toBe(canceled);
    expect(record.log.map((line) => line.message)).toEqual(['still here']);
    expect(record.backendCalls).toMatchObject([{ tool: 'still', reached: true, code: -1, end: 'deadline' }]);
    expect(aborted).toBe(true);
  });

  test('code without a loop runs to its end after the deadline, but its look-ups fail', async () => {
    const guard = await guardOf({
      label_agent: `(drop ${askBackend}) (drop ${askBackend}) ${sayStillHere} (i32.const 0)`,
    });
    const answers = [{ result: 1, waitMs: 10_000 }, { result: 2 }];
    const record = await guard.call('label_agent', '{}', { backend: { kind: 'answers', answers }, deadlineMs: 20 });
    expect(record.backendCalls.map(({ end, code }) => [end, code])).toEqual([
      ['deadline', -1],
      ['deadline', -1],
    ]);
    expect(record.log).toHaveLength(1);
  });

  test('a deadline of 0 fails in the allocator', async () => {
    const guard = await guardOf({
      rest: `(func (export "alloc") (param i32) (result i32) ${sayStillHere} (i32.const 16))
        (func (export "dealloc") (param i32 i32))`,
    });
    const record = await guard.call('label_agent', '{}', { ...alone, deadlineMs: 0 });
    const error = 'failed to allocate WASM input buffer: module closed with context deadline exceeded';
    expect(record).toMatchObject({ error, log: [], memory: { before: 65_536, after: 65_536 }, poisoned: true });
  });

  test('the number of parameters is checked before the context', async () => {
    const guard = await guardOf({
      rest: `(func (export "alloc") (param i32 i32) (result i32) (i32.const 16))
        (func (export "dealloc") (param i32 i32))`,
    });
    const record = await guard.call('label_agent', '{}', { ...alone, deadlineMs: 0 });
    const error = 'failed to allocate WASM input buffer: expected 2 params, but passed 1';
    expect(record).toMatchObject({ error, poisoned: false });
  });

  test('the deadline stops a dealloc that never ends', async () => {
    const guard = await guardOf({
      rest: `(func (export "alloc") (param i32) (result i32) (i32.const 16))
        (func (export "dealloc") (param i32 i32) ${forever})`,
    });
    const record = await guard.call('label_agent', '{}', { ...alone, deadlineMs: 30 });
    expect(record).toMatchObject({ error: exceeded, poisoned: true, attempts: [{ code: 0 }] });
  });

  test('a deadline and an abort after the end of a call have no effect', async () => {
    const guard = await guardOf({});
    const controller = new AbortController();
    const record = await guard.call('label_agent', '{}', { ...alone, deadlineMs: 5_000, signal: controller.signal });
    controller.abort();
    expect(record.error).toBeNull();
    expect((await guard.call('label_agent', '{}', alone)).error).toBeNull();
  });

  test('close ends the running call and the queued ones', async () => {
    const guard = await guardOf({ label_agent: `${sayStillHere} ${forever} (i32.const 0)` });
    const running = guard.call('label_agent', '{}', alone);
    const waiting = guard.call('label_resource', '{}', alone);
    await new Promise((resolve) => setTimeout(resolve, 30));
    await guard.close();
    expect(await running).toMatchObject({ error: 'the guard was closed', log: [{ message: 'still here' }] });
    expect(await waiting).toMatchObject({ error: 'the guard was closed', attempts: [] });
    expect(await guard.call('label_agent', '{}', alone)).toMatchObject({ error: 'the guard was closed', attempts: [] });
    await guard.close();
  });
});

describe('limits', () => {
  test('the first and the last log lines are recorded and the rest is counted', async () => {
    proves('own:log-limits');
    const guard = await guardOf({
      label_agent: `(local $i i32)
        (loop $l (i32.store8 (i32.const 0) (i32.add (i32.const 48) (i32.rem_u (local.get $i) (i32.const 10)))) ${sayStillHere}
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $l (i32.lt_u (local.get $i) (i32.const 1000000))))
        (i32.const 0)`,
    });
    const record = await guard.call('label_agent', '{}', alone);
    expect(record.error).toBeNull();
    expect(record.log).toHaveLength(2 * keptLogLines);
    expect(record.logDropped).toBe(1_000_000 - 2 * keptLogLines);
    expect(record.logGapAt).toBe(keptLogLines);
    const digits = record.log.map(({ message }) => message.slice(0, 2));
    expect(digits).toEqual(record.log.map((_, at) => `${at % 10}t`));
    const again = await guard.call('label_response', '{}', alone);
    expect(again.log).toEqual([]);
  });

  test('log lines up to twice the limit are all recorded', async () => {
    const guard = await guardOf({
      label_agent: `(local $i i32)
        (loop $l ${sayStillHere}
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $l (i32.lt_u (local.get $i) (i32.const ${2 * keptLogLines}))))
        (i32.const 0)`,
    });
    const record = await guard.call('label_agent', '{}', alone);
    expect(record.log).toHaveLength(2 * keptLogLines);
    expect(record).not.toHaveProperty('logGapAt');
    expect(record.logDropped).toBe(0);
  });

  test('the last log lines of a call are kept when its thread is stopped', async () => {
    proves('own:kept-after-deadline');
    const guard = await guardOf({ label_agent: `(loop $l ${sayStillHere} (br $l)) (i32.const 0)` });
    const record = await guard.call('label_agent', '{}', { ...alone, deadlineMs: 300 });
    expect(record.error).toBe(exceeded);
    expect(record.log).toHaveLength(2 * keptLogLines);
    expect(record.logDropped).toBeGreaterThan(0);
  });

  test('log lines are recorded up to a limit of bytes', async () => {
    const guard = await guardOf({
      label_agent: `(local $i i32)
        (loop $l (call $host_log (i32.const 3) (i32.const 0) (i32.const 3000000))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $l (i32.lt_u (local.get $i) (i32.const 20))))
        ${sayStillHere} (i32.const 0)`,
    });
    const record = await guard.call('label_agent', '{}', alone);
    expect(record.log.slice(0, 5).map((line) => line.message.length)).toEqual(
      Array.from({ length: 5 }, () => 3_000_000),
    );
    const note = ` [only the first ${maxTailLineBytes} of 3000000 bytes were recorded]`;
    for (const { message } of record.log.slice(5, -1)) {
      expect(message).toHaveLength(maxTailLineBytes + note.length);
      expect(message.endsWith(note)).toBe(true);
    }
    expect(record.log).toHaveLength(21);
    expect(record.log.at(-1)?.message).toHaveLength(10);
    expect(record.logDropped).toBe(0);
  });

  test('standard output is cut at its limit, with a note', async () => {
    proves('own:log-limits');
    const guard = await guardOf({
      label_agent: `(i32.store (i32.const 64) (i32.const 4096)) (i32.store (i32.const 68) (i32.const 700000))
        (drop (call $fd_write (i32.const 1) (i32.const 64) (i32.const 1) (i32.const 80)))
        (drop (call $fd_write (i32.const 1) (i32.const 64) (i32.const 1) (i32.const 80)))
        (drop (call $fd_write (i32.const 2) (i32.const 64) (i32.const 1) (i32.const 80)))
        (i32.load (i32.const 80)) drop (i32.const 0)`,
    });
    const { stdout, stderr, error } = await guard.call('label_agent', '{}', alone);
    expect(error).toBeNull();
    expect(stdout).toHaveLength(maxStreamBytes + '\n[only the first 1048576 bytes were recorded]'.length);
    expect(stdout.endsWith('\n[only the first 1048576 bytes were recorded]')).toBe(true);
    expect(stderr).toHaveLength(700_000);
  });

  test('look-ups are recorded up to a limit', async () => {
    const guard = await guardOf({
      label_agent: `(local $i i32)
        (loop $l (drop ${askBackend})
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $l (i32.lt_u (local.get $i) (i32.const 100000))))
        (i32.const 0)`,
    });
    const { backendCalls } = await guard.call('label_agent', '{}', alone);
    expect(backendCalls).toHaveLength(1000);
    expect(backendCalls.filter(({ reached }) => reached)).toHaveLength(50);
    expect(backendCalls.at(-1)).toMatchObject({
      end: 'over-limit',
      error: 'further look-ups over the limit are not recorded',
    });
  });

  test('an output longer than the journal is complete', async () => {
    const guard = await guardOf({
      label_agent: `(memory.fill (local.get $out) (i32.const 122) (i32.const 3500000)) ${sayStillHere} (i32.const 3500000)`,
    });
    for (let round = 0; round < 3; round++) {
      const { output, log } = await guard.call('label_agent', 'x'.repeat(round * 2_000_000), alone);
      expect(output).toBe('z'.repeat(3_500_000));
      expect(log).toHaveLength(1);
    }
  });
});

describe('backends', () => {
  const echo: GuardText = { label_agent: askBackend };

  test('a live backend may answer with more than fits into the shared memory', async () => {
    proves('own:live-backend');
    const guard = await guardOf(echo);
    for (const text of ['short', 'é'.repeat(70_000), 'x'.repeat(400_000), 'y'.repeat(300_000)]) {
      const ask = async (tool: string, args: JsonValue): Promise<{ result: JsonValue }> => ({
        result: [tool, args, text],
      });
      const record = await guard.call('label_agent', '{}', { backend: { kind: 'live', ask } });
      expect(record.output).toBe(`["still",null,"${text}"]`);
    }
  });

  test('arguments and answers may be nested as deeply as Go allows', async () => {
    const deep = `${'['.repeat(9_999)}${']'.repeat(9_999)}`;
    const call = `(call $call_backend (i32.const 0) (i32.const 5) (i32.const 64) (i32.const ${deep.length}) (local.get $out) (local.get $cap))`;
    const guard = await guardOf({ rest: `(data (i32.const 64) "${deep}")`, label_agent: call });
    const ask = async (_tool: string, args: JsonValue): Promise<{ result: JsonValue }> => ({ result: args });
    const record = await guard.call('label_agent', '{}', { backend: { kind: 'live', ask } });
    expect(record).toMatchObject({ error: null, output: deep });
    expect(encodeGoJson(record.backendCalls[0]?.args ?? null)).toBe(deep);
  });

  test('an exception of a live backend is an error of the look-up', async () => {
    const guard = await guardOf(echo);
    const ask = (): Promise<never> => Promise.reject(new Error(`no way: ${'x'.repeat(300_000)}`));
    const record = await guard.call('label_agent', '{}', { backend: { kind: 'live', ask } });
    expect(record.error).toBe('WASM function returned error code: -1');
    expect(record.backendCalls).toMatchObject([
      { end: 'error', error: `no way: ${'x'.repeat(300_000)}`, resultText: null },
    ]);
  });

  test('an invalid answer of a live backend is an error of the look-up', async () => {
    const guard = await guardOf(echo);
    const ask = async (): Promise<{ result: JsonValue }> => undefined as never;
    const record = await guard.call('label_agent', '{}', { backend: { kind: 'live', ask } });
    expect(record.backendCalls[0]?.code).toBe(-1);
  });

  test('a cassette answers in the worker, and distinguishes missing answers from recorded errors', async () => {
    proves('own:recorded-answers');
    const guard = await guardOf(echo);
    guard.setCassette({
      entries: [
        { tool: 'still', argsText: 'null', answer: { result: '<1>' }, call: 3, line: 1 },
        { tool: 'still', argsText: 'null', answer: { error: 'refused' }, call: 4, line: 3 },
      ],
    });
    const first = await guard.call('label_agent', '{}', { backend: { kind: 'cassette', call: 3 } });
    expect(first.output).toBe('"\\u003c1\\u003e"');
    const second = await guard.call('label_agent', '{}', { backend: { kind: 'cassette', call: 4 } });
    expect(second.backendCalls).toMatchObject([{ end: 'error', error: 'refused', reached: true }]);
    guard.setCassette({ entries: [] });
    const third = await guard.call('label_agent', '{}', { backend: { kind: 'cassette', call: 3 } });
    expect(third.backendCalls).toMatchObject([{ end: 'no-recorded-answer', code: -1, reached: true }]);
    expect(third.backendCalls[0]?.error).toContain('"still"');
  });

  test('a cassette may hold answers nested as deeply as Go allows', async () => {
    const deep = `${'['.repeat(9_999)}${']'.repeat(9_999)}`;
    const guard = await guardOf(echo);
    const result = JSON.parse(deep) as JsonValue;
    guard.setCassette({ entries: [{ tool: 'still', argsText: 'null', answer: { result }, call: 3, line: 1 }] });
    const { output } = await guard.call('label_agent', '{}', { backend: { kind: 'cassette', call: 3 } });
    expect(output).toBe(deep);
  });

  test('without a backend every look-up fails', async () => {
    const guard = await guardOf(echo);
    const { backendCalls } = await guard.call('label_agent', '{}', alone);
    expect(backendCalls).toMatchObject([{ end: 'error', code: -1 }]);
  });
});

describe('a module that exited', () => {
  test('runs until its next loop header, in every later call', async () => {
    const guard = await guardOf({
      label_agent: '(call $proc_exit (i32.const 0)) (i32.const 0)',
      label_resource: `${sayStillHere} ${forever} (i32.const 0)`,
      label_response: `${sayStillHere} ${sayStillHere} (i32.store8 (local.get $out) (i32.const 65)) (i32.const 1)`,
    });
    const exited = 'WASM function call failed: module closed with exit_code(0)';
    expect(await guard.call('label_agent', '{}', alone)).toMatchObject({ error: exited, poisoned: false });
    expect(await guard.call('label_resource', '{}', alone)).toMatchObject({
      error: exited,
      log: [{ message: 'still here' }],
    });
    const last = await guard.call('label_response', '{}', alone);
    expect(last).toMatchObject({ error: exited, output: null });
    expect(last.log).toHaveLength(2);
    expect(guard.healthy).toBe(true);
  });

  test('is not stopped in a recursion', async () => {
    const guard = await guardOf({
      rest: `(func $r (param $k i32) ${sayStillHere}
        (if (local.get $k) (then (call $r (i32.sub (local.get $k) (i32.const 1))))))`,
      label_agent: '(call $proc_exit (i32.const 0)) (i32.const 0)',
      label_resource: '(call $r (i32.const 200)) (i32.const 0)',
    });
    await guard.call('label_agent', '{}', alone);
    expect((await guard.call('label_resource', '{}', alone)).log).toHaveLength(201);
  });
});

describe('stack', () => {
  test('a million frames fit, and a guard stays usable after a stack overflow', async () => {
    const guard = await guardOf({
      rest: `(func $sum (param $k i32) (result i32)
        (if (result i32) (local.get $k)
          (then (i32.add (call $sum (i32.sub (local.get $k) (i32.const 1))) (i32.const 1)))
          (else (i32.const 0))))`,
      label_agent: '(i32.eq (call $sum (i32.const 1000000)) (i32.const 1000000))',
      label_resource: '(call $sum (i32.const -1))',
    });
    expect((await guard.call('label_agent', '{}', alone)).attempts).toMatchObject([{ code: 1 }]);
    const error = 'WASM function call failed: stack overflow';
    for (let round = 0; round < 3; round++) {
      expect(await guard.call('label_resource', '{}', alone)).toMatchObject({ error, trace: null, poisoned: false });
    }
    expect((await guard.call('label_agent', '{}', alone)).error).toBeNull();
  });

  test('an overflow inside a host function is reported as a stack overflow', async () => {
    const guard = await guardOf({
      rest: `(func $r (result i32) ${sayStillHere} (i32.add (call $r) (i32.const 1)))`,
      label_agent: '(call $r)',
    });
    const record = await guard.call('label_agent', '{}', alone);
    expect(record).toMatchObject({ error: 'WASM function call failed: stack overflow', poisoned: false });
    expect(record.log).toHaveLength(2 * keptLogLines);
  });
});

describe('loading', () => {
  const load = (text: GuardText, options: Partial<LoadOptions> = {}) =>
    WorkerGuard.load(guardBytes(text), { workerFile, ...options });
  const prefix = 'failed to instantiate WASM module: ';
  const start = (body: string): GuardText => ({ rest: `(func $s ${body}) (start $s)` });

  test.each([
    [
      'fails after exit code 0 of the start function',
      start('(call $proc_exit (i32.const 0))'),
      'module closed with exit_code(0)',
    ],
    [
      'fails after a stack overflow of the start function',
      { rest: '(func $s (call $s)) (start $s)' },
      'start function[4] failed: stack overflow',
    ],
  ])('%s', async (_, text, error) => {
    expect(await load(text)).toMatchObject({ ok: false, error: prefix + error });
  });

  test('the deadline or an abort ends a start function that never returns', async () => {
    const text = start(`${sayStillHere} ${forever}`);
    const late = await load(text, { deadlineMs: patiently(500) });
    expect(late).toMatchObject({ ok: false, error: `${prefix}module closed with context deadline exceeded` });
    expect(late.record.log.map((line) => line.message)).toEqual(['still here']);
    const aborted = await load(text, { signal: AbortSignal.abort() });
    expect(aborted).toMatchObject({ ok: false, error: `${prefix}module closed with context canceled` });
  });

  test.each(['env', 'wasi_snapshot_preview1'])(
    'the reserved name %s is refused after the start function has run',
    async (name) => {
      proves('wazero:3.6-reserved-name');
      const loaded = await load(start(sayStillHere), { name });
      expect(loaded).toMatchObject({ ok: false, error: `${prefix}module[${name}] has already been instantiated` });
      expect(loaded.record.log).toHaveLength(1);
    },
  );

  test('a module that only V8 refuses fails with the prefix of the gateway', async () => {
    const loaded = await load({ rest: '(table 20000000 funcref)' });
    expect(loaded.ok).toBe(false);
    expect(!loaded.ok && loaded.error.startsWith(prefix)).toBe(true);
  });

  test('load rejects when the worker ends', async () => {
    const failure = await WorkerGuard.load(guardBytes({}), { workerFile: '/nowhere/worker.js' }).catch(
      (thrown: unknown) => thrown,
    );
    expect(failure).toMatchObject({ code: 'runtime/thread-died' });
  });
});
