/** Loading and calling of small modules, each with one special behaviour (behaviours 17 to 54). */
import { afterEach, describe, expect, test } from 'vitest';
import { openGuard } from '../../src/engine/guard/openGuard.ts';
import { GuestError } from '../../src/engine/runtime/shared/guestError.ts';
import { pagesFor } from '../../src/engine/runtime/worker/memory.ts';
import { guestErrorOf } from '../../src/engine/runtime/worker/traps.ts';
import { type LoadOptions, WorkerGuard } from '../../src/engine/runtime/host/workerGuard.ts';
import { fromText } from '../core/wasm/support.ts';
import { alone, askBackend, cache, forever, guardBytes, type GuardText, loadGuard } from '../engine/runtime/guards.ts';
import { workerFile } from '../support/paths.ts';
import { proves } from '../support/proves.ts';

const open: WorkerGuard[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((guard) => guard.close()));
});

async function guardOf(text: GuardText, options: Partial<LoadOptions> = {}): Promise<WorkerGuard> {
  const guard = await loadGuard(text, options);
  open.push(guard);
  return guard;
}

async function load(bytes: Uint8Array): Promise<string | null> {
  const loaded = await WorkerGuard.load(bytes, { workerFile, cache });
  if (loaded.ok) open.push(loaded.guard);
  return loaded.ok ? null : loaded.error;
}

const fourParams = '(param i32 i32 i32 i32) (result i32)';
const label = (name: string, type = fourParams): string =>
  `(func (export "${name}") ${type} ${type.includes('result') ? '(i32.const 0)' : ''})`;

describe('loading', () => {
  test('fails for a missing file', async () => {
    proves('gateway:017');
    await expect(openGuard('/nowhere/guard.wasm', null, { workerFile })).rejects.toMatchObject({
      code: 'guard/unreadable',
      message: expect.stringContaining('/nowhere/guard.wasm') as string,
    });
  });

  test('needs no backend, but a look-up by the start function dereferences nil', async () => {
    proves('gateway:020');
    const logs = await guardOf({
      rest: '(start $s) (func $s (call $host_log (i32.const 1) (i32.const 0) (i32.const 0)))',
    });
    expect((await logs.call('label_agent', '{}', alone)).error).toBeNull();
    const asks = guardOf({
      rest: `(start $s)
        (func $s (drop (call $call_backend
          (i32.const 0) (i32.const 5) (i32.const 0) (i32.const 0) (i32.const 64) (i32.const 8))))`,
    });
    await expect(asks).rejects.toThrow(
      'start function[4] failed: runtime error: invalid memory address or nil pointer',
    );
  });

  test.each([
    ['nothing', ''],
    ['other functions', '(func (export "alloc") (param i32) (result i32) (i32.const 0))'],
    ['only a memory', '(memory (export "memory") 1)'],
    ['only label_resource', label('label_resource')],
    ['label_resource and _start', `${label('label_resource')} (func (export "_start"))`],
  ])('refuses a module that exports %s', async (_title, body) => {
    proves('gateway:021');
    expect(await load(fromText(`(module ${body})`))).toBe(
      'WASM module must export label_resource and label_response functions',
    );
  });

  test('refuses a command that exports only _start', async () => {
    proves('gateway:023');
    expect(await load(fromText('(module (func (export "_start")))'))).toMatch(
      /^WASM module does not export guard functions\..*standard Go.*TinyGo/s,
    );
  });

  test.each([
    ['', ''],
    [undefined, 'guard'],
  ])('a guard with the name %j is quoted as %j in error texts', async (name, quoted) => {
    // Without a name, only the module in the engine is called "guard"; error texts quote the given name.
    proves('gateway:022');
    const guard = await guardOf({ label_agent: 'unreachable' }, name === undefined ? {} : { name });
    await guard.call('label_agent', '{}', alone);
    expect((await guard.call('label_agent', '{}', alone)).error).toContain(`WASM guard '${quoted}' is unavailable`);
  });

  test.each([
    ['label_resource', '(param i32 i32) (result i32)', '[127 127]->[127]'],
    ['label_response', '(param i32 i32 i32 f64) (result i32)', '[127 127 127 124]->[127]'],
    ['label_agent', '', '[]->[]'],
  ])('refuses %s with another signature', async (name, type, got) => {
    proves('gateway:025');
    const labels = ['label_agent', 'label_resource', 'label_response'].map((each) =>
      label(each, each === name ? type : fourParams),
    );
    expect(await load(fromText(`(module (memory 1) ${labels.join(' ')})`))).toBe(
      `WASM module function ${name} must have signature (i32,i32,i32,i32)->i32, got ${got}`,
    );
  });
});

describe('calling', () => {
  test('a function without a result is an error', async () => {
    proves('gateway:031');
    const guard = await guardOf({ rest: '(func (export "silent") (param i32 i32 i32 i32))' });
    expect((await guard.call('silent', '{}', alone)).error).toBe('WASM function returned no results');
    expect(guard.healthy).toBe(true);
  });

  test('a requested buffer size is read as little-endian', async () => {
    proves('gateway:039', 'gateway:033');
    const guard = await guardOf({
      label_agent: `(if (i32.eq (local.get $cap) (i32.const 4194304)) (then
          (i32.store (local.get $out) (i32.const 8388608)) (return (i32.const -2))))
        (i32.const 0)`,
    });
    const { attempts, output } = await guard.call('label_agent', '{}', alone);
    expect(attempts).toEqual([
      { bufferSize: 4_194_304, code: -2, hint: 8_388_608 },
      { bufferSize: 8_388_608, code: 0, hint: null },
    ]);
    expect(output).toBe('');
  });

  test('a requested buffer size is unsigned', async () => {
    proves('gateway:039');
    const guard = await guardOf({
      label_agent: '(i32.store (local.get $out) (i32.const -1)) (i32.const -2)',
    });
    expect((await guard.call('label_agent', '{}', alone)).error).toBe(
      'guard requires buffer of 4294967295 bytes which exceeds maximum of 16777216 bytes',
    );
  });

  test.each([
    [1024, 4096, 70_656],
    [0, 4_194_304, 4_259_840],
  ])('an input of %i and an output of %i need %i bytes', async (input, output, required) => {
    proves('gateway:035');
    const hint = `(if (i32.eq (local.get $cap) (i32.const 4194304)) (then
        (i32.store (local.get $out) (i32.const ${output})) (return (i32.const -2))))`;
    const tooSmall = await guardOf({ memory: '1 1', label_agent: '(i32.const 0)' });
    const error = `failed to grow WASM memory from 65536 to ${input + 4_194_304 + 65_536} bytes`;
    expect((await tooSmall.call('label_agent', 'x'.repeat(input), alone)).error).toBe(error);
    const guard = await guardOf({ label_agent: output === 4_194_304 ? '(i32.const 0)' : `${hint} (i32.const 0)` });
    const { memory, error: none } = await guard.call('label_agent', 'x'.repeat(input), alone);
    expect(none).toBeNull();
    expect(memory?.after).toBeGreaterThanOrEqual(required);
  });

  test.each([
    [100_000, 2],
    [65_536, 1],
    [65_537, 2],
    [0, 0],
  ])('%i bytes are %i pages', (bytes, pages) => {
    proves('gateway:036');
    expect(pagesFor(bytes)).toBe(pages);
  });

  test('the host grows the memory once for an input of 1 MiB without an allocator', async () => {
    proves('gateway:037');
    const guard = await guardOf({ label_agent: '(local.get $n)', memory: '(export "memory") 1' });
    const text = 'x'.repeat(1_048_576);
    const first = await guard.call('label_agent', text, alone);
    expect(first.error).toBeNull();
    expect(first.grows).toMatchObject([{ from: 65_536, by: 'host' }]);
    expect((await guard.call('label_agent', text, alone)).grows).toEqual([]);
  });

  test('only allocated buffers are freed', async () => {
    proves('gateway:046');
    const say = (byte: number): string => `(i32.store8 (i32.const 9) (i32.const ${byte}))
      (call $host_log (i32.const 0) (i32.const 9) (i32.const 1))`;
    const rest = (result: string): string => `(func (export "alloc") (param $k i32) (result i32) ${say(65)} ${result})
      (func (export "dealloc") (param i32 i32) ${say(68)})`;
    const logOf = async (result: string, input: string): Promise<string> => {
      const guard = await guardOf({ rest: rest(result) });
      return (await guard.call('label_agent', input, alone)).log.map(({ message }) => message).join('');
    };
    expect(await logOf('(i32.const 0)', '{}')).toBe('A');
    expect(await logOf('(i32.const 16)', '')).toBe('AAD');
    expect(await logOf('(i32.const 16)', '{}')).toBe('AADD');
    expect(await logOf('(i32.mul (i32.lt_u (local.get $k) (i32.const 99)) (i32.const 16))', '{}')).toBe('AAD');
  });

  test('a module without memory has no size', async () => {
    proves('gateway:048', 'gateway:029');
    const labels = ['label_agent', 'label_resource', 'label_response'].map((name) => label(name)).join(' ');
    const loaded = await WorkerGuard.load(fromText(`(module ${labels})`), { workerFile, cache });
    if (!loaded.ok) throw new Error(loaded.error);
    open.push(loaded.guard);
    expect(await loaded.guard.call('label_agent', '{}', alone)).toMatchObject({
      error: 'WASM module has no memory',
      memory: null,
    });
    expect(loaded.guard.memoryBytes).toBeNull();
  });

  test('an abort ends a running call', async () => {
    proves('gateway:050', 'wazero:6.4-cancel');
    const guard = await guardOf({ label_agent: `${forever} (i32.const 0)` });
    const controller = new AbortController();
    const ended = guard.call('label_agent', '{}', { ...alone, signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    expect((await ended).error).toBe('WASM function call failed: module closed with context canceled');
  });

  test('a guard can be closed twice, after an abort, and during a call', async () => {
    proves('gateway:054');
    const guard = await guardOf({ label_agent: `${forever} (i32.const 0)` });
    const running = guard.call('label_agent', '{}', { ...alone, signal: AbortSignal.timeout(20) });
    await running;
    await guard.close();
    await guard.close();
    expect(guard.healthy).toBe(false);
    const second = await guardOf({ label_agent: `${forever} (i32.const 0)` });
    const ended = second.call('label_agent', '{}', alone);
    await second.close();
    expect((await ended).error).toBe('the guard was closed');
  });

  test('a guard is healthy until it traps', async () => {
    proves('gateway:053');
    const guard = await guardOf({ label_agent: 'unreachable' });
    expect(guard.healthy).toBe(true);
    await guard.call('label_agent', '{}', alone);
    expect(guard.healthy).toBe(false);
  });

  test('the 51st look-up of a call does not reach the backend, and the next call starts at 0', async () => {
    proves('gateway:055', 'gateway:056');
    const guard = await guardOf({
      label_agent: `(local $i i32) (local $last i32)
        (loop $l (local.set $last ${askBackend}) (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $l (i32.lt_u (local.get $i) (local.get $n))))
        (local.get $last)`,
    });
    let asked = 0;
    const ask = async (): Promise<{ result: number }> => ({ result: ++asked });
    const codes = async (count: number): Promise<readonly number[]> => {
      const { backendCalls } = await guard.call('label_agent', 'x'.repeat(count), { backend: { kind: 'live', ask } });
      return backendCalls.map(({ code }) => code);
    };
    const first = await codes(51);
    expect([first.at(49), first.at(50), asked]).toEqual([2, -1, 50]);
    expect(await codes(2)).toEqual([2, 2]);
    expect(asked).toBe(52);
  });
});

describe('traps', () => {
  test.each([
    ['unreachable', true],
    ['divide by zero', true],
    ['memory access out of bounds', true],
  ])('V8’s message "%s" is a trap', (message, isTrap) => {
    proves('gateway:051');
    const facts = { imports: new Map(), trapSites: new Map() } as never;
    const error = guestErrorOf(new WebAssembly.RuntimeError(message), facts);
    expect([error.isTrap, error.message.startsWith('wasm error: ')]).toEqual([isTrap, true]);
    expect(error.withPrefix('WASM function call failed: ').isTrap).toBe(true);
  });

  test('other errors are not traps, with or without a prefix', () => {
    proves('gateway:051', 'gateway:052');
    const plain = new GuestError('alloc returned null pointer');
    expect([plain.isTrap, plain.withPrefix('failed to allocate WASM input buffer: ').isTrap]).toEqual([false, false]);
  });

  test.each([
    [0, true],
    [1, false],
    [255, false],
  ])('after proc_exit with code %i the guard is healthy: %s', async (code, healthy) => {
    proves('gateway:052');
    const guard = await guardOf({ label_agent: `(call $proc_exit (i32.const ${code})) (i32.const 0)` });
    const { error } = await guard.call('label_agent', '{}', alone);
    expect(error).toBe(`WASM function call failed: module closed with exit_code(${code})`);
    expect(guard.healthy).toBe(healthy);
  });

  test('a start function that calls proc_exit fails the load, also with code 0', async () => {
    proves('wazero:3.5-start-exit');
    const bytes = guardBytes({ rest: '(func $s (call $proc_exit (i32.const 0))) (start $s)' });
    expect(await load(bytes)).toBe('failed to instantiate WASM module: module closed with exit_code(0)');
  });
});
