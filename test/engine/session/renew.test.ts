/** A view whose files change: the calls are decided anew, the old decisions stay until then, and for good when the file cannot be used. */
import { copyFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { TraceView } from '../../../src/engine/session/traceView.ts';
import { proves } from '../../support/proves.ts';
import { guardBytes } from '../runtime/guards.ts';
import { badGuard, calls, cleanUp, closeSessions, file, guard, policy, sessionOf } from './sessions.ts';

afterEach(closeSessions);
afterAll(cleanUp);

const at = new Date(2026, 4, 6, 7, 8, 9).getTime();
const outcomes = (session: TraceView): readonly string[] => [...session.records()].map(({ outcome }) => outcome);
const codes = (session: TraceView): readonly string[] => session.problems.map(({ code }) => code);

/** A replayed view with copies of the sample's guard and policy. */
async function replayed(name: string): Promise<{ session: TraceView; guardFile: string; policyFile: string }> {
  const guardFile = file(`${name}.wasm`, '');
  copyFileSync(guard, guardFile);
  const policyFile = file(`${name}.json`, '');
  copyFileSync(policy, policyFile);
  const session = sessionOf({ guard: guardFile, policy: policyFile });
  await session.replay();
  return { session, guardFile, policyFile };
}

describe('a view whose guard was built anew', () => {
  test('has the new decisions, and says why', async () => {
    proves('own:watch');
    const { session, guardFile, policyFile } = await replayed('renewed');
    expect(session.inputs.filesWith(session.settings)).toEqual([guardFile, policyFile]);
    expect(session.run).toMatchObject({ status: 'done', renewed: '' });
    const before = outcomes(session);
    writeFileSync(guardFile, guardBytes({ label_resource: '(i32.const -1)' }));
    const renewing = session.renew(guardFile, at);
    // Until the new ones are there, the old decisions are on show.
    expect(outcomes(session)).toEqual(before);
    expect(session.run).toMatchObject({ status: 'done', done: calls });
    await renewing;
    expect(new Set(outcomes(session))).toEqual(new Set(['error']));
    expect(session.run).toMatchObject({ status: 'done', done: calls, renewed: 'renewed.wasm changed at 07:08:09' });
    expect(codes(session)).not.toContain('session/old-decisions');
  });

  test('keeps the old decisions when it does not load, with the reason, and recovers by itself', async () => {
    proves('own:watch');
    const { session, guardFile } = await replayed('broken');
    const before = outcomes(session);
    writeFileSync(guardFile, 'no module');
    await session.renew(guardFile, at);
    expect(outcomes(session)).toEqual(before);
    expect(session.run).toMatchObject({ status: 'done', done: calls });
    expect(session.inputs.guard).toMatchObject({ status: 'failed' });
    expect(session.problems[0]).toMatchObject({
      severity: 'warning',
      code: 'session/old-decisions',
      message: 'The decisions are from before broken.wasm changed at 07:08:09: its content cannot be used',
    });
    expect(codes(session)).toContain('guard/not-loaded');
    // Broken in another way.
    writeFileSync(guardFile, '');
    await session.renew(guardFile, at + 60_000);
    expect(outcomes(session)).toEqual(before);
    expect(session.problems[0]?.message).toContain('07:09:09');
    copyFileSync(guard, guardFile);
    await session.renew(guardFile, at + 120_000);
    expect(outcomes(session)).toEqual(before);
    expect(codes(session)).not.toContain('session/old-decisions');
    expect(codes(session)).not.toContain('guard/not-loaded');
    expect(session.run.renewed).toBe('broken.wasm changed at 07:10:09');
    expect(session.inputs.guard).toMatchObject({ status: 'ready' });
  });

  test('several times at once has the last one', async () => {
    const { session, guardFile } = await replayed('at-once');
    writeFileSync(guardFile, guardBytes({ label_resource: '(i32.const -1)' }));
    await Promise.all([0, 1, 2, 3].map((minute) => session.renew(guardFile, at + minute * 60_000)));
    expect(session.run).toMatchObject({ status: 'done', done: calls, renewed: 'at-once.wasm changed at 07:11:09' });
    expect(new Set(outcomes(session))).toEqual(new Set(['error']));
  });
});

describe('a change of a file', () => {
  test('of the policy decides anew, and a policy that cannot be read keeps the old decisions', async () => {
    const { session, policyFile } = await replayed('policy');
    const before = outcomes(session);
    writeFileSync(policyFile, '{"allow-only":{"repos":"all","min-integrity":"none"}}');
    await session.renew(policyFile, at);
    const after = outcomes(session);
    expect(after).not.toEqual(before);
    writeFileSync(policyFile, '{"allow-only":');
    await session.renew(policyFile, at);
    expect(outcomes(session)).toEqual(after);
    expect(codes(session)).toContain('session/old-decisions');
  });

  test('does nothing before the first replay and after a cancelled one', async () => {
    const session = sessionOf();
    await session.renew(guard, at);
    expect(session.run.status).toBe('idle');
    const replaying = session.replay();
    session.cancel();
    await replaying;
    expect(session.run.status).toBe('cancelled');
    await session.renew(guard, at);
    expect(session.run.status).toBe('cancelled');
  });

  test('replays a trace whose first replay failed', async () => {
    const broken = badGuard('first-broken', {});
    writeFileSync(broken, 'no module');
    const session = sessionOf({ guard: broken });
    await session.replay();
    expect(session.run.status).toBe('failed');
    copyFileSync(guard, broken);
    await session.renew(broken, at);
    expect(session.run).toMatchObject({ status: 'done', done: calls });
  });

  test('after a replay that the user started is forgotten', async () => {
    const { session, guardFile } = await replayed('forgotten');
    writeFileSync(guardFile, 'no module');
    await session.renew(guardFile, at);
    copyFileSync(guard, guardFile);
    await session.replay();
    expect(codes(session)).not.toContain('session/old-decisions');
    expect(session.run).toMatchObject({ status: 'done', renewed: '' });
  });
});

describe('changes against the run before', () => {
  const changed = (session: TraceView): readonly number[] =>
    Array.from({ length: calls }, (_, index) => session.row(index)).flatMap((row) =>
      row.was === undefined ? [] : [row.index],
    );

  test('are none when nothing changed, and are counted after another policy', async () => {
    proves('own:changed-rows');
    const { session } = await replayed('flips');
    expect(session.run.marks.changed).toBe(0);
    await session.replay();
    expect([session.run.marks.changed, changed(session)]).toEqual([0, []]);
    const before = outcomes(session);
    session.update({ policy: file('all.json', '{"allow-only":{"repos":"all","min-integrity":"none"}}') });
    await session.replay();
    const flipped = changed(session);
    expect(session.run.marks.changed).toBe(flipped.length);
    const after = outcomes(session);
    const others = [...before.keys()].filter((index) => before[index] !== after[index]);
    expect(others.length).toBeGreaterThan(3);
    expect(flipped).toEqual(expect.arrayContaining(others));
    for (const index of others)
      expect(session.row(index).was).toMatch(new RegExp(`^${before[index] ?? ''}( \\d+/\\d+)?(, with .*)?$`));
    // Against the run before, not the first one.
    await session.replay();
    expect(session.run.marks.changed).toBe(0);
  });

  test('are marked after a guard was built anew', async () => {
    const { session, guardFile } = await replayed('marked');
    writeFileSync(guardFile, guardBytes({ label_resource: '(i32.const -1)' }));
    await session.renew(guardFile, at);
    expect(session.run.marks.changed).toBe(calls);
    expect(session.row(0)).toMatchObject({ status: 'error', was: expect.stringMatching(/^allowed/) as string });
    expect(session.row(0).marks).toContain('changed');
  });

  test('follow the calls into another trace', async () => {
    const { session } = await replayed('other');
    session.replaceTrace({
      ...session.trace,
      calls: session.trace.calls.slice(5).map((call, index) => ({ ...call, index })),
    });
    await expect.poll(() => session.run.done, { timeout: 20_000 }).toBe(calls - 5);
    const kinds = session.trace.calls.flatMap(({ index }) => {
      const { changes } = session.row(index);
      return changes === undefined ? [] : [[index, ...changes]];
    });
    // The first call is now the one for which the guard sets itself up; nothing else differs.
    expect(kinds).toEqual([[0, 'agent', 'lookups', 'memory']]);
  });
});
