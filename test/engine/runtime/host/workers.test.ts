/** Worker threads that end by themselves, spare threads, and the cache of compiled modules. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { CompileCache, type MadePreparation } from '../../../../src/engine/runtime/host/compileCache.ts';
import { SpareWorkers } from '../../../../src/engine/runtime/host/spareWorkers.ts';
import { WorkerGuard } from '../../../../src/engine/runtime/host/workerGuard.ts';
import { repoPath, workerFile } from '../../../support/paths.ts';
import { alone, guardBytes, loadGuard, sayStillHere } from '../guards.ts';
import { proves } from '../../../support/proves.ts';
import { samplePath } from '../../../support/samples.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

describe('a worker that ends by itself', () => {
  test('fails the call with an error, keeps its log lines, and poisons the guard', async () => {
    proves('own:guard-dies-alone');
    const dying = repoPath('test/engine/runtime/dyingWorker.cjs');
    const guard = await loadGuard({ label_agent: `${sayStillHere} (i32.const 0)` }, { workerFile: dying });
    open.push(guard);
    const calls = [1, 2].map(() => guard.call('label_agent', '{}', { ...alone, deadlineMs: 10_000 }));
    const [first, second] = await Promise.all(calls);
    const error = "the guard's worker thread ended unexpectedly: out of luck";
    expect(first).toMatchObject({ error, poisoned: true, log: [{ message: 'still here' }] });
    expect(first?.memory?.after).toBe(4_325_376);
    expect(second?.error).toBe(`WASM guard 'guard' is unavailable after a previous trap: ${error}`);
    expect(guard.healthy).toBe(false);
  });
});

/** A number below 2^21 in three bytes of LEB128. */
function leb(value: number): readonly number[] {
  return [(value & 0x7f) | 0x80, ((value >> 7) & 0x7f) | 0x80, value >> 14];
}

describe('SpareWorkers', () => {
  test('gives threads to several guards at once', async () => {
    const spare = new SpareWorkers(workerFile);
    open.push(spare);
    const guards = await Promise.all([1, 2, 3].map(() => loadGuard({}, { spare })));
    open.push(...guards);
    expect(
      (await Promise.all(guards.map((guard) => guard.call('label_agent', '{}', alone)))).map(({ error }) => error),
    ).toEqual([null, null, null]);
  });

  test('replaces a thread that was taken', async () => {
    const spare = new SpareWorkers(workerFile);
    open.push(spare);
    const first = spare.take();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const second = spare.take();
    const third = spare.take();
    expect(new Set([first, second, third]).size).toBe(3);
    expect([first, second, third].every((thread) => thread.isAlive)).toBe(true);
    await Promise.all([first, second, third].map((thread) => thread.stop()));
  });

  test('gives a thread at once that still reads the latest guard', async () => {
    const sample = readFileSync(samplePath('files-and-memory', 'guard.wasm'));
    const spare = new SpareWorkers(workerFile, { standsBy: false });
    open.push(spare);
    // Long enough that its warm-up takes longer than the answer.
    const long = new Uint8Array(1024 * 1024);
    long.set(sample);
    const name = sample.length;
    // The rest is a custom section with an empty name.
    long.set([0, ...leb(long.length - name - 4)], name);
    spare.warmWith(long);
    spare.standBy();
    const guard = await loadGuard({}, { spare });
    open.push(guard);
    expect((await guard.call('label_agent', '{}', alone)).error).toBeNull();
    // What does not load is no reason to fail either.
    spare.warmWith(new Uint8Array([1, 2, 3]));
    const next = await loadGuard({}, { spare });
    open.push(next);
    expect((await next.call('label_agent', '{}', alone)).error).toBeNull();
  });

  test('gives threads after it was closed, but holds none in reserve', async () => {
    const spare = new SpareWorkers(workerFile);
    await spare.close();
    const guard = await loadGuard({}, { spare });
    open.push(guard);
    expect((await guard.call('label_agent', '{}', alone)).error).toBeNull();
    await spare.close();
  });
});

describe('CompileCache', () => {
  const refusal = (error: string): MadePreparation => ({
    preparation: { ok: false, error, panic: null },
    derived: null,
  });
  const bytes = (value: number): Uint8Array => new Uint8Array([value]);

  test('prepares the same content once for all callers', async () => {
    const cache = new CompileCache();
    let made = 0;
    const make = async (): Promise<MadePreparation> => refusal(`${++made}`);
    const answers = await Promise.all(
      [bytes(1), bytes(1), bytes(2), bytes(1)].map((each) => cache.prepare(each, make)),
    );
    expect(made).toBe(2);
    expect(cache.size).toBe(2);
    expect(answers[0]).toBe(answers[3]);
  });

  test('holds only the latest modules', async () => {
    const cache = new CompileCache();
    const make = async (): Promise<MadePreparation> => refusal('x');
    for (let value = 0; value < 40; value++) await cache.prepare(bytes(value), make);
    expect(cache.size).toBe(16);
  });

  test('does not cache a rejected preparation, and another caller prepares again', async () => {
    const cache = new CompileCache();
    const fail = (): Promise<never> => Promise.reject(new Error('died'));
    const [first, second] = await Promise.allSettled([
      cache.prepare(bytes(1), fail),
      cache.prepare(bytes(1), async () => refusal('fine')),
    ]);
    expect(first).toMatchObject({ status: 'rejected' });
    expect(second).toMatchObject({ status: 'fulfilled', value: { error: 'fine' } });
    expect(cache.size).toBe(1);
  });

  test('guards of one module share its code but not their state', async () => {
    proves('wazero:10-shared-code');
    const cache = new CompileCache();
    const text = {
      rest: '(global $count (mut i32) (i32.const 48))',
      label_agent: `(global.set $count (i32.add (global.get $count) (i32.const 1)))
        (i32.store8 (local.get $out) (global.get $count)) (i32.const 1)`,
    };
    const [one, two] = await Promise.all([loadGuard(text, { cache }), loadGuard(text, { cache })]);
    open.push(one, two);
    await one.call('label_agent', '{}', alone);
    expect((await one.call('label_agent', '{}', alone)).output).toBe('2');
    expect((await two.call('label_agent', '{}', alone)).output).toBe('1');
    expect(cache.size).toBe(1);
  });

  test('gives the same error for a refused module the second time', async () => {
    const cache = new CompileCache();
    const load = () => WorkerGuard.load(guardBytes({ memory: '600' }), { workerFile, cache });
    const error =
      'failed to instantiate WASM module: section memory: min 600 pages (37 Mi) over limit of 512 pages (32 Mi)';
    expect(await load()).toMatchObject({ ok: false, error });
    expect(await load()).toMatchObject({ ok: false, error });
  });
});
