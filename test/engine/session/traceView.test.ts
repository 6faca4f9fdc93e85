/** A trace view of the sample: rows and state before, during and after a replay, with cancels, restarts and disposal. */
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { readTraceFile } from '../../../src/engine/traceFiles/traceFile.ts';
import { forever } from '../runtime/guards.ts';
import {
  after,
  badGuard,
  calls,
  cleanUp,
  closeSessions,
  log,
  longCapture,
  nowhere,
  sessionOf,
  statuses,
  trace,
  until,
  workers,
} from './sessions.ts';

afterEach(closeSessions);
afterAll(cleanUp);

describe('a replay', () => {
  it('has not started: every call is pending, and nothing is counted', () => {
    const session = sessionOf();
    expect(new Set(statuses(session))).toEqual(new Set(['pending']));
    expect(session.row(0)).toMatchObject({
      index: 0,
      tool: 'list_allowed_directories',
      headline: '',
      durationMs: null,
    });
    expect(session.run).toMatchObject({ status: 'idle', done: 0, total: 0 });
    expect(session.inputs.guard).toEqual({ status: 'ready', message: '' });
    expect(session.record(0)).toBeUndefined();
    expect([...session.records()]).toEqual([]);
    expect(() => session.row(calls)).toThrow('no call 32');
  });

  it.each([
    ['in the thread of a session', undefined],
    ['call by call, as its file is gone', nowhere('trace.guardtrace.jsonl')],
  ])(
    'is running %s: rows fill in order, counts and revision grow, and every event has a new revision',
    async (_, path) => {
      const session = sessionOf({}, trace, path);
      const seen: { readonly done: number; readonly revision: number; readonly guard: string }[] = [];
      session.onDidChange(() => {
        const { run, revision } = session;
        seen.push({ done: run.done, revision, guard: session.inputs.guard.status });
        const decided = statuses(session).filter((status) => status !== 'pending').length;
        expect(decided).toBe(run.done);
        expect(Object.values(run.counts).reduce((sum, count) => sum + count, 0)).toBe(run.done);
        if (run.status === 'running') expect(run.total).toBe(calls);
      });
      await session.replay();
      expect(seen[0]).toMatchObject({ done: 0, guard: 'loading' });
      expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).sort((a, b) => a - b));
      expect(new Set(seen.map(({ revision }) => revision)).size).toBe(seen.length);
      expect(seen.at(-1)?.done).toBe(calls);
      if (path !== undefined) expect(new Set(seen.map(({ done }) => done)).size).toBe(calls + 1);
    },
  );

  it('is done: every row has its record and outcome, as counted', async () => {
    const session = sessionOf();
    await session.replay();
    expect(session.run).toMatchObject({ status: 'done', done: calls, total: calls, message: '' });
    expect(session.run.counts).toEqual({ allowed: 20, filtered: 5, denied: 4, blocked: 2, error: 1 });
    expect(session.run.durationMs).toBeGreaterThan(0);
    const records = [...session.records()];
    expect(records.map(({ index }) => index)).toEqual(trace.calls.map(({ index }) => index));
    expect(statuses(session)).toEqual(records.map(({ outcome }) => outcome));
    expect(session.inputs.guard).toEqual({ status: 'ready', message: '' });
    expect(session.memory.points(1000).length).toBe(calls);
    expect(session.memory.points(8)).toHaveLength(8);
  });

  it('gives the same records when it is repeated on a fresh instance', async () => {
    const session = sessionOf();
    const run = async (): Promise<unknown> => {
      await session.replay();
      return [...session.records()].map(({ outcome, client, agentAfter }) => ({ outcome, client, agentAfter }));
    };
    expect(await run()).toEqual(await run());
  });

  it('of one server skips the calls of the others', async () => {
    const session = sessionOf({ server: 'memory' }, log);
    const skipped = log.calls.filter(({ server }) => server !== 'memory').length;
    expect(statuses(session).filter((status) => status === 'skipped')).toHaveLength(skipped);
    await session.replay();
    expect(session.run.status).toBe('done');
    expect(statuses(session).filter((status) => status === 'skipped')).toHaveLength(skipped);
    expect(new Set([...session.records()].map(({ server }) => server))).toEqual(new Set(['memory']));
  });
});

describe('a cancel', () => {
  it('in the middle of a replay keeps the decided calls and does not blame the guard', async () => {
    const session = sessionOf({}, trace, nowhere('trace.guardtrace.jsonl'));
    after(session, 5, () => session.cancel());
    await session.replay();
    expect(session.run).toMatchObject({ status: 'cancelled', done: 5, total: calls });
    expect(session.run.message).not.toBe('');
    expect([...session.records()]).toHaveLength(5);
    expect(statuses(session).slice(5)).toEqual(Array.from({ length: calls - 5 }, () => 'pending'));
    expect(session.inputs.guard).toEqual({ status: 'ready', message: '' });
    await session.replay();
    expect(session.run).toMatchObject({ status: 'done', done: calls });
  });

  it('between two batches keeps the calls of the first', async () => {
    // More records than one batch has.
    const path = longCapture(2_000);
    const session = sessionOf({}, await readTraceFile(path), path);
    let decided = 0;
    after(session, 1, () => {
      decided = session.run.done;
      session.cancel();
    });
    await session.replay();
    expect(session.run).toMatchObject({ status: 'cancelled', done: decided, total: 2_000 });
    expect(decided).toBeLessThan(2_000);
    const found = statuses(session);
    expect(found.slice(0, decided)).not.toContain('pending');
    expect(new Set(found.slice(decided))).toEqual(new Set(['pending']));
    expect([...session.records()]).toHaveLength(decided);
    expect(session.inputs.guard).toEqual({ status: 'ready', message: '' });
    expect(workers.living).toBe(0);
  });

  it('ends a guard call that loops', async () => {
    const session = sessionOf({
      guard: badGuard('loop', { label_resource: `${forever} (i32.const 0)` }),
      policy: null,
    });
    setTimeout(() => session.cancel(), 300);
    await session.replay();
    // Not ended by the deadline, which would be an error of the call.
    expect(session.run.status).toBe('cancelled');
    expect(session.inputs.guard.status).toBe('ready');
    expect(workers.living).toBe(0);
  });

  it('ends a start function that loops', async () => {
    const session = sessionOf({
      guard: badGuard('start', { rest: `(func $go ${forever}) (start $go)` }),
      policy: null,
    });
    setTimeout(() => session.cancel(), 300);
    await session.replay();
    expect(session.run).toMatchObject({ status: 'cancelled', done: 0 });
    expect(session.problems).toEqual(trace.problems);
    expect(workers.living).toBe(0);
  });

  it('does nothing without a replay', () => {
    const session = sessionOf();
    session.cancel();
    expect(session.run.status).toBe('idle');
  });
});

describe('a replay during another', () => {
  it('replaces the first', async () => {
    const session = sessionOf();
    let second: Promise<void> | undefined;
    after(session, 5, () => {
      second = session.replay();
    });
    await session.replay();
    await second;
    expect(session.run).toMatchObject({ status: 'done', done: calls });
    expect([...session.records()]).toHaveLength(calls);
  });

  it('never runs beside another, however many are started at once', async () => {
    const session = sessionOf();
    let most = 0;
    session.onDidChange(() => (most = Math.max(most, workers.living)));
    await Promise.all([session.replay(), session.replay(), session.replay(), session.replay()]);
    expect(session.run).toMatchObject({ status: 'done', done: calls, total: calls });
    expect(session.run.counts.allowed).toBe(20);
    expect(most).toBeLessThanOrEqual(1);
    expect(workers.living).toBe(0);
  });
});

describe('dispose', () => {
  it('during a replay ends the worker and fires no more events', async () => {
    const loop = badGuard('loop', { label_resource: `${forever} (i32.const 0)` });
    const session = sessionOf({ guard: loop, policy: null });
    let events = 0;
    session.onDidChange(() => events++);
    const replay = session.replay();
    await until(() => workers.living === 1 && session.inputs.guard.status === 'ready');
    expect(workers.living).toBe(1);
    const before = events;
    session.dispose();
    await replay;
    expect(workers.living).toBe(0);
    expect(events).toBe(before);
  });

  it('does nothing the second time, and neither does a replay afterwards', async () => {
    const session = sessionOf();
    session.dispose();
    session.dispose();
    await session.replay();
    expect(session.run.status).toBe('idle');
    expect(workers.living).toBe(0);
  });
});
