/** The functions that a guard is in when its deadline passes: asked of its thread through the inspector, which may stay silent. */
import { Session } from 'node:inspector';
import { afterEach, describe, expect, test } from 'vitest';
import { deathText } from '../../../../src/core/difc/account/guardDeath.ts';
import type { GuardCallRecord } from '../../../../src/core/difc/record/guardCall.ts';
import { type InspectorSession, runningFrames } from '../../../../src/engine/runtime/host/runningFrames.ts';
import { WorkerGuard } from '../../../../src/engine/runtime/host/workerGuard.ts';
import { WorkerThread } from '../../../../src/engine/runtime/host/workerThread.ts';
import { workerFile } from '../../../support/paths.ts';
import { proves } from '../../../support/proves.ts';
import { alone, askBackend, forever, guardBytes, loadGuard, sayStillHere } from '../guards.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

/** A guard whose `label_agent` calls `$outer`, which calls `$spin`, which never returns. */
const spinning = {
  rest: `(func $spin (export "spin") ${forever}) (func $outer (export "outer") (call $spin))`,
  label_agent: '(call $outer) (i32.const 0)',
};
const exceeded = 'WASM function call failed: module closed with context deadline exceeded';
const late = { ...alone, deadlineMs: 60 };

async function guardOf(text: Parameters<typeof loadGuard>[0], thread?: WorkerThread): Promise<WorkerGuard> {
  const guard = await loadGuard(text, thread === undefined ? {} : { spare: { take: () => thread } });
  open.push(guard);
  return guard;
}

const names = (record: GuardCallRecord): readonly string[] | undefined =>
  record.stack?.frames.map(({ function: name }) => name);

describe('a guard that runs over its deadline', () => {
  test('has the functions that it was in, innermost first, and stays stopped', async () => {
    proves('own:deadline-names-function');
    const guard = await guardOf(spinning);
    const record = await guard.call('label_agent', '{}', late);
    expect(record).toMatchObject({ error: exceeded, poisoned: true, trace: null });
    expect(names(record)).toEqual(['spin', 'outer', 'label_agent']);
    expect(deathText(record)).toBe('was in spin when its time ran out');
    expect(guard.healthy).toBe(false);
  });

  test('has the function that was entered by recursion without a loop', async () => {
    const rest = `(func $even (export "even") (param i32) (result i32) (i32.add (call $odd (local.get 0)) (call $odd (local.get 0))))
      (func $odd (export "odd") (param i32) (result i32)
        (if (result i32) (i32.lt_u (global.get $depth) (i32.const 40))
          (then
            (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
            (call $even (local.get 0))
            (global.set $depth (i32.sub (global.get $depth) (i32.const 1))))
          (else (i32.const 1))))
      (global $depth (mut i32) (i32.const 0))`;
    const record = await (
      await guardOf({ rest, label_agent: '(call $even (i32.const 1))' })
    ).call('label_agent', '{}', late);
    expect(record.error).toBe(exceeded);
    expect(names(record)?.[0]).toMatch(/^(?:even|odd)$/);
    expect(names(record)?.length).toBeLessThanOrEqual(50);
  });

  test('has at most as many frames as a trap, also deep in recursion', async () => {
    const rest = `(func $deep (export "deep") (param i32)
      (if (local.get 0) (then (call $deep (i32.sub (local.get 0) (i32.const 1)))) (else ${forever})))`;
    const guard = await guardOf({ rest, label_agent: '(call $deep (i32.const 500000)) (i32.const 0)' });
    const record = await guard.call('label_agent', '{}', late);
    expect(new Set(names(record))).toEqual(new Set(['deep']));
    expect(names(record)?.length).toBeLessThanOrEqual(50);
  });

  test('has the caller of the host function that it was in', async () => {
    const rest = `(func $chatter (export "chatter") (loop $l ${sayStillHere} (br $l)))`;
    const record = await (
      await guardOf({ rest, label_agent: '(call $chatter) (i32.const 0)' })
    ).call('label_agent', '{}', late);
    expect(names(record)).toEqual(['chatter', 'label_agent']);
  });

  test('has the caller of the look-up that it waited for, also when it stops by itself', async () => {
    const ask = askBackend.replace('(local.get $out)', '(i32.const 64)').replace('(local.get $cap)', '(i32.const 64)');
    const guard = await guardOf({
      rest: `(func $owner (export "owner") (drop ${ask}) ${forever})`,
      label_agent: '(call $owner) (i32.const 0)',
    });
    const answers = [{ result: 1, waitMs: 60_000 }];
    const record = await guard.call('label_agent', '{}', { ...late, backend: { kind: 'answers', answers } });
    expect(record).toMatchObject({ error: exceeded, backendCalls: [{ end: 'deadline' }] });
    expect(names(record)).toEqual(['owner', 'label_agent']);
  });

  test('has the start function when that never returns', async () => {
    const loaded = await WorkerGuard.load(
      guardBytes({ rest: `(func $begin (export "begin") ${forever}) (start $begin)` }),
      {
        workerFile,
        deadlineMs: 200,
      },
    );
    expect(loaded).toMatchObject({ ok: false, stack: { frames: [{ function: 'begin' }] } });
  });

  test('has no stack when it was cancelled, or when its time had run out before it began', async () => {
    const canceled = (await guardOf(spinning)).call('label_agent', '{}', { ...alone, signal: AbortSignal.timeout(30) });
    expect(await canceled).not.toHaveProperty('stack');
    const never = await (await guardOf(spinning)).call('label_agent', '{}', { ...alone, deadlineMs: 0 });
    expect(never).toMatchObject({ poisoned: true, error: exceeded });
    expect(never).not.toHaveProperty('stack');
  });
});

/** A session that does not answer, or fails as `fails` says. */
function silent(fails: Partial<InspectorSession> = {}): InspectorSession {
  return { connect: () => {}, on: () => {}, post: () => {}, disconnect: () => {}, ...fails };
}

const failing = (): never => {
  throw new Error('the inspector is not available');
};

describe('an inspector that does not work', () => {
  test.each<[string, () => Promise<InspectorSession>]>([
    ['never answers', () => Promise.resolve(silent())],
    ['never opens', () => new Promise(() => {})],
    ['cannot be opened', () => Promise.reject(new Error('the inspector is not available'))],
    ['cannot be connected', () => Promise.resolve(silent({ connect: failing }))],
    ['cannot be disconnected', () => Promise.resolve(silent({ disconnect: failing }))],
    [
      'refuses the request',
      () => Promise.resolve(silent({ post: (_method, _params, done) => done(new Error('no such domain')) })),
    ],
  ])('that %s leaves the call without a stack, and the guard is stopped as usual', async (_, inspector) => {
    proves('own:deadline-names-function');
    const thread = new WorkerThread(workerFile, inspector);
    const guard = await guardOf(spinning, thread);
    const record = await guard.call('label_agent', '{}', late);
    expect(record).toMatchObject({ error: exceeded, poisoned: true });
    expect(record).not.toHaveProperty('stack');
    expect(thread.isAlive).toBe(false);
  });

  test('is disconnected once, after its answer or after the limit', async () => {
    let ended = 0;
    const counting = (): Promise<InspectorSession> => Promise.resolve(silent({ disconnect: () => void ended++ }));
    expect(await runningFrames(1, 5, counting)).toBeNull();
    expect(ended).toBe(1);
  });

  test('gives nothing for a thread that does not exist', async () => {
    expect(await runningFrames(1_000_000, 50)).toBeNull();
  });
});

describe('another session of the inspector', () => {
  test('gets no event of the question, also when it debugs the thread', async () => {
    const thread = new WorkerThread(workerFile);
    const guard = await guardOf(spinning, thread);
    const session = new Session();
    open.push({ close: () => session.disconnect() });
    session.connect();
    const events: string[] = [];
    session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
      const { id, method } = JSON.parse(params.message) as { readonly id?: number; readonly method?: string };
      events.push(id === undefined ? (method ?? '') : `answer ${id}`);
    });
    session.on('NodeWorker.attachedToWorker', ({ params: { sessionId } }) => {
      const message = JSON.stringify({ id: 7, method: 'Debugger.enable' });
      session.post('NodeWorker.sendMessageToWorker', { sessionId, message });
    });
    session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
    await expect.poll(() => events).toContain('answer 7');
    const record = await guard.call('label_agent', '{}', late);
    expect(names(record)).toEqual(['spin', 'outer', 'label_agent']);
    expect(new Set(events)).toEqual(new Set(['Debugger.scriptParsed', 'answer 7']));
  });

  test('other guards go on while one is asked', async () => {
    const [one, other] = [await guardOf(spinning), await guardOf({ label_agent: `${sayStillHere} (i32.const 0)` })];
    const pending = one.call('label_agent', '{}', late);
    let count = 0;
    for (let isOver = false; !isOver; count++) {
      const record = await other.call('label_agent', '{}', { ...alone, deadlineMs: 60_000 });
      expect(record.error).toBeNull();
      isOver = await Promise.race([pending.then(() => true), new Promise<false>((go) => setTimeout(go, 5, false))]);
    }
    expect(names(await pending)).toEqual(['spin', 'outer', 'label_agent']);
    expect(count).toBeGreaterThan(1);
  });
});
