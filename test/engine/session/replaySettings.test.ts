/** A trace view whose settings change or are wrong: stale rows, failures, and which input is blamed for them. */
import { basename } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { panelState } from '../../../src/engine/session/panelState.ts';
import type { ReplaySettings } from '../../../src/engine/session/runInputs.ts';
import type { TraceView } from '../../../src/engine/session/traceView.ts';
import { proves } from '../../support/proves.ts';
import { samplePath } from '../../support/samples.ts';
import { forever } from '../runtime/guards.ts';
import {
  after,
  badGuard,
  calls,
  cleanUp,
  closeSessions,
  file,
  guard,
  log,
  nowhere,
  policy,
  sessionOf,
  statuses,
  trace,
  workers,
} from './sessions.ts';

/** What a view has decided, without times. */
function decisionsOf(session: TraceView): object {
  const text = JSON.stringify([...session.records()], (key, value: unknown) =>
    key.endsWith('Ms') ? undefined : value,
  );
  return JSON.parse(text) as object;
}

afterEach(closeSessions);
afterAll(cleanUp);

describe('changed settings', () => {
  it('make the rows of the last replay stale', async () => {
    const session = sessionOf();
    await session.replay();
    const { revision } = session;
    session.update({ policy: samplePath('files-and-memory', 'policy-public.json') });
    expect(session.revision).toBeGreaterThan(revision);
    expect(session.run.status).toBe('idle');
    expect(new Set(statuses(session))).toEqual(new Set(['pending']));
    expect(session.memory.points(10)).toEqual([]);
    await session.replay();
    expect(session.run.counts).not.toMatchObject({ allowed: 20, filtered: 5 });
  });

  it('leave the decisions when only the mode is another one, and the guard sets its own', async () => {
    proves('own:mode-kept');
    const session = sessionOf({ mode: 'strict' });
    await session.replay();
    const before = decisionsOf(session);
    expect(session.update({ mode: 'propagate' })).toBe(false);
    expect(session.settings.mode).toBe('propagate');
    expect(session.run).toMatchObject({ status: 'done', done: calls });
    expect(decisionsOf(session)).toEqual(before);
    const anew = sessionOf({ mode: 'propagate' });
    await anew.replay();
    expect(decisionsOf(anew)).toEqual(before);
  });

  it('clear the decisions when the mode is another one, and no guard sets one', async () => {
    proves('own:mode-kept');
    const session = sessionOf({ policy: null, mode: 'strict' });
    await session.replay();
    expect(session.update({ mode: 'strict' })).toBe(true);
    expect(session.run.status).toBe('idle');
    await session.replay();
    expect(session.update({ mode: 'propagate' })).toBe(true);
    await session.replay();
    expect(new Set([...session.records()].map(({ mode }) => mode))).toEqual(new Set(['propagate']));
  });

  it('end a replay that is running, and later reports of it are ignored', async () => {
    const session = sessionOf();
    after(session, 5, () => session.update({ guard: null, policy: null }));
    await session.replay();
    expect(session.run).toMatchObject({ status: 'idle', done: 0 });
    expect(session.inputs.guard).toEqual({ status: 'none', message: '' });
    expect([...session.records()]).toEqual([]);
    expect(new Set(statuses(session))).toEqual(new Set(['pending']));
  });

  it('apply to a replay that is started right after the change', async () => {
    const session = sessionOf();
    let second: Promise<void> | undefined;
    after(session, 5, () => {
      session.update({ guard: 'noop', policy: null });
      second = session.replay();
    });
    await session.replay();
    await second;
    expect(session.run).toMatchObject({ status: 'done', done: calls });
    expect([...session.records()].every(({ guardCalls }) => guardCalls.length === 0)).toBe(true);
  });

  it('choose the server whose calls are pending', () => {
    const session = sessionOf({}, log);
    expect(session.server).toBe('files');
    session.update({ server: 'memory' });
    for (const { index, server } of log.calls) {
      expect(session.row(index).status).toBe(server === 'memory' ? 'pending' : 'skipped');
    }
  });
});

describe('a replay fails without an exception for', () => {
  const failing = async (patch: Partial<ReplaySettings>): Promise<TraceView> => {
    const session = sessionOf(patch);
    await session.replay();
    expect(session.run.status).toBe('failed');
    expect(session.run.message).not.toBe('');
    expect([...session.records()]).toEqual([]);
    expect(workers.living).toBe(0);
    return session;
  };

  it('a guard file that does not exist', async () => {
    const session = await failing({ guard: nowhere('guard.wasm') });
    expect(session.inputs.guard).toEqual({ status: 'failed', message: session.run.message });
    expect(session.run.message).toContain('guard.wasm": ENOENT');
    expect(session.problems[0]).toMatchObject({ severity: 'error', code: 'guard/unreadable', hint: 'Check the path' });
  });

  it('a guard that does not load, with the gateway’s error text', async () => {
    const session = await failing({ guard: file('no.wasm', 'hello') });
    expect(session.inputs.guard.status).toBe('failed');
    expect(session.inputs.guard.message).toContain('invalid magic number');
    expect(panelState(session, basename).guard).toMatchObject({ status: 'failed', unreadable: false });
  });

  it('a view without a guard', async () => {
    const session = await failing({ guard: null });
    expect(session.problems[0]?.code).toBe('guard/none');
  });

  it('a policy file that does not exist, without blaming the guard', async () => {
    const session = await failing({ policy: nowhere('policy.json') });
    expect(session.inputs.guard).toEqual({ status: 'ready', message: '' });
    expect(session.inputs.policyProblems).toMatchObject([{ severity: 'error', code: 'policy/unreadable' }]);
    expect(panelState(session, basename)).toMatchObject({
      policy: { title: 'policy.json', status: 'failed', unreadable: true },
      guard: { status: 'ready', unreadable: false },
    });
    expect(session.problems).toHaveLength(1);
  });

  it('a policy with a misspelt word, with a suggestion', async () => {
    const text = '{"allow-only":{"repos":"all","min-integrity":"aproved"}}';
    const session = await failing({ policy: file('misspelt.json', text) });
    const { message, hint, unreadable } = panelState(session, basename).policy;
    expect(message).toContain('min-integrity must be one of');
    expect(hint).toBe('Did you mean "approved"?');
    expect(unreadable).toBe(false);
  });

  it.each([
    ['that the gateway refuses', '{"allow-only":{"repos":"all","min_integrity":"none"}}', 'min_integrity'],
    ['without a policy in it', '{"rules":[]}', 'found "rules"'],
    ['that is not JSON', '{"allow-only":', 'unexpected end'],
  ])('a policy %s', async (name, text, sentence) => {
    const session = await failing({ policy: file(`${name}.json`, text) });
    expect(session.run.message).toContain(sentence);
    expect(session.inputs.policyProblems.length).toBeGreaterThan(0);
    expect(panelState(session, basename).policy.status).toBe('failed');
  });

  it('a server that the trace does not have', async () => {
    const session = await failing({ server: 'mail' });
    expect(session.run.message).toContain('"mail"');
    expect(session.inputs.guard.status).toBe('ready');
  });

  it('inputs that are fixed later, and the problems disappear', async () => {
    const session = await failing({ guard: nowhere('guard.wasm'), policy: nowhere('policy.json') });
    session.update({ guard, policy });
    expect(session.problems).toEqual(trace.problems);
    await session.replay();
    expect(session.run.status).toBe('done');
    expect(session.problems).toEqual(trace.problems);
  });
});

describe('a poisoned guard', () => {
  it('reports the trap and its call, and later calls fail', async () => {
    const trap = badGuard('trap', { label_resource: 'unreachable' });
    const session = sessionOf({ guard: trap, policy: null });
    await session.replay();
    expect(session.run).toMatchObject({ status: 'done', done: calls });
    expect(session.run.counts.error).toBe(calls);
    expect(session.inputs.guard.status).toBe('poisoned');
    expect(session.inputs.guard.message).toContain('unreachable');
    expect(session.inputs.guard.message).toContain('(call 1, label_resource)');
    expect(panelState(session, basename).guard).toMatchObject({ title: 'trap.wasm', status: 'poisoned' });
    session.update({ guard, policy });
    expect(session.inputs.guard).toEqual({ status: 'ready', message: '' });
  });

  it('is reported after a deadline, too', async () => {
    const loop = badGuard('loop', { label_resource: `${forever} (i32.const 0)` });
    const session = sessionOf({ guard: loop, policy: null, deadlineMs: 1000 });
    await session.replay();
    expect(session.inputs.guard.message).toContain('context deadline exceeded');
    expect(session.run.counts.error).toBe(calls);
  });
});
