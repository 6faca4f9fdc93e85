/** What the decisions of a view are compared with: the run before, a run that was kept, or a run with other inputs. */
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { decideOtherwise } from '../../../src/engine/session/decideOtherwise.ts';
import type { TraceView } from '../../../src/engine/session/traceView.ts';
import { proves } from '../../support/proves.ts';
import { calls, cleanUp, closeSessions, file, services, sessionOf } from './sessions.ts';

afterEach(closeSessions);
afterAll(cleanUp);

const everything = '{"allow-only":{"repos":"all","min-integrity":"none"}}';

/** A view that was replayed with the sample's policy. */
async function replayed(): Promise<TraceView> {
  const session = sessionOf();
  await session.replay();
  return session;
}

async function replayedWith(session: TraceView, patch: Parameters<TraceView['update']>[0]): Promise<number> {
  session.update(patch);
  await session.replay();
  return session.run.marks.changed;
}

function changedCalls(session: TraceView): readonly number[] {
  return Array.from({ length: session.trace.calls.length }, (_, index) => session.row(index)).flatMap((row) =>
    row.changes === undefined ? [] : [row.index],
  );
}

/** The first call with another outcome. */
function firstOtherwise(session: TraceView): number {
  const found = changedCalls(session).find((index) => session.row(index).changes?.includes('outcome'));
  if (found === undefined) throw new Error('No outcome changed');
  return found;
}

describe('the run before', () => {
  test('is the baseline, with its record, the first difference, and the kinds that are counted', async () => {
    proves('own:baseline');
    const session = await replayed();
    expect(session.comparison.state).toEqual({ label: '', pinned: false, kinds: {}, uncompared: 0, unstable: null });
    const before = [...session.records()];
    const changed = await replayedWith(session, { policy: file('all.json', everything) });
    const { state } = session.comparison;
    expect(state).toMatchObject({ label: 'the run before', pinned: false, unstable: null });
    expect(changedCalls(session)).toHaveLength(changed);
    const sum = Object.values(state.kinds).reduce((total, count) => total + count, 0);
    expect(sum).toBeGreaterThanOrEqual(changed);
    for (const index of changedCalls(session)) {
      expect(session.comparison.record(index)).toEqual(before[index]);
      const changes = session.comparison.changes(index);
      expect(changes.map(({ kind }) => kind).sort()).toEqual([...(session.row(index).changes ?? [])].sort());
      for (const { pointer } of changes) expect(pointer).toMatch(/^\//);
    }
    const filtered = firstOtherwise(session);
    const [was, is] = [before[filtered]?.outcome, session.record(filtered)?.outcome];
    expect(session.comparison.changes(filtered)[0]).toEqual({
      kind: 'outcome',
      text: expect.stringMatching(new RegExp(`^was ${was}( \\d+/\\d+)?, is ${is}( \\d+/\\d+)?$`)) as string,
      pointer: '/outcome',
    });
  });

  test('says that a guard is not deterministic when the same inputs are decided otherwise', async () => {
    const session = await replayed();
    await session.replay();
    const same = session.comparison.asBaseline('the run before');
    expect(same.inputs).not.toBeNull();
    expect(session.comparison.state.unstable).toBeNull();
    const other = sessionOf({ policy: file('all.json', everything) });
    await other.replay();
    // The decisions of other inputs under the hash of these: what a guard that differs from itself leaves.
    session.comparison.compareWith({ ...other.comparison.asBaseline('the run before'), inputs: same.inputs });
    expect(session.comparison.state.unstable).toBe(changedCalls(session)[0]);
    session.comparison.compareWith(other.comparison.asBaseline('all.json'));
    expect(session.comparison.state).toMatchObject({ label: 'all.json', unstable: null });
    expect(session.run.marks.changed).toBeGreaterThan(0);
  });
});

describe('a run that is kept', () => {
  test('stays the baseline of all later runs, until it is released', async () => {
    proves('own:baseline');
    const session = await replayed();
    session.comparison.pinRun('the pinned run');
    expect(session.comparison.state).toMatchObject({ label: 'the pinned run', pinned: true, kinds: {} });
    const policy = file('all.json', everything);
    const changed = await replayedWith(session, { policy });
    expect(changed).toBeGreaterThan(3);
    expect(await replayedWith(session, { policy })).toBe(changed);
    expect(session.comparison.state).toMatchObject({ label: 'the pinned run', pinned: true });
    session.comparison.unpin();
    // The comparison on show stays; the next run is compared with this one.
    expect(session.run.marks.changed).toBe(changed);
    await session.replay();
    expect(session.run.marks.changed).toBe(0);
    expect(session.comparison.state).toMatchObject({ label: 'the run before', pinned: false });
  });

  test('is aligned with a trace that has other calls', async () => {
    const session = await replayed();
    session.comparison.pinRun('the pinned run');
    const inserted = session.trace.calls[3];
    if (inserted === undefined) throw new Error('The sample is shorter');
    const more = [inserted, ...session.trace.calls].map((call, index) => ({ ...call, index }));
    session.replaceTrace({ ...session.trace, calls: more });
    await expect.poll(() => session.run.done, { timeout: 20_000 }).toBe(calls + 1);
    expect(session.comparison.record(0)).toBeUndefined();
    expect(session.row(0).changes).toBeUndefined();
    for (const index of more.keys()) {
      if (index > 0) expect(session.comparison.record(index)?.tool).toBe(more[index]?.tool);
    }
    session.replaceTrace({ ...session.trace, calls: more.slice(1).map((call, index) => ({ ...call, index })) });
    await expect.poll(() => session.run.done, { timeout: 20_000 }).toBe(calls);
    expect(session.run.marks.changed).toBe(0);
    expect(session.comparison.state).toMatchObject({ label: 'the pinned run', pinned: true });
  });
});

describe('other inputs', () => {
  test('are decided beside the view, whose own decisions stay', async () => {
    proves('own:baseline');
    const session = await replayed();
    const before = [...session.records()];
    await decideOtherwise(session, { policy: file('all.json', everything) }, 'all.json', services);
    expect([...session.records()]).toEqual(before);
    expect(session.comparison.state).toMatchObject({ label: 'all.json', pinned: true });
    const index = firstOtherwise(session);
    expect(session.row(index).status).toBe(before[index]?.outcome);
    expect(session.row(index).was).not.toMatch(new RegExp(`^${before[index]?.outcome ?? ''}`));
    expect(session.run.marks.changed).toBe(changedCalls(session).length);
  });

  test('that cannot be used are refused with the reason, and the comparison stays', async () => {
    const session = await replayed();
    const broken = file('bad.wasm', 'no module');
    await expect(decideOtherwise(session, { guard: broken }, 'bad.wasm', services)).rejects.toMatchObject({
      code: 'session/not-compared',
      message: expect.stringMatching(/^The calls cannot be decided with bad\.wasm: ./) as string,
    });
    expect(session.comparison.state.label).toBe('');
    expect(session.run).toMatchObject({ status: 'done', done: calls });
  });
});
