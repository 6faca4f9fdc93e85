/** A view whose calls are changed by hand: they and the calls behind are decided with the changes, and compared with the session without them. */
import { copyFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { DecisionRecord } from '../../../../src/core/difc/record/decision.ts';
import type { Trace } from '../../../../src/core/trace/model/traceModel.ts';
import type { TraceView } from '../../../../src/engine/session/traceView.ts';
import { comparableText } from '../../../../src/core/diff/comparableText.ts';
import { panelState } from '../../../../src/engine/session/panelState.ts';
import { proves } from '../../../support/proves.ts';
import { samplePath } from '../../../support/samples.ts';
import { badGuard, calls, cleanUp, closeSessions, file, guard, log, policy, sessionOf, trace } from '../sessions.ts';

afterEach(closeSessions);
afterAll(cleanUp);

const at = 0;
/** Call 22, which writes what the agent has read. */
const write = 21;
const cleared = { agent: { secrecy: [], integrity: [] } };
const wide = '{"allow-only":{"repos":"all","min-integrity":"none"}}';

const records = (session: TraceView): readonly DecisionRecord[] => [...session.records()];
const texts = (session: TraceView): readonly string[] => records(session).map(comparableText);
const lines = (session: TraceView): readonly string[] =>
  session.changes.state.changes.map(({ call, text }) => `${call + 1}: ${text}`);

async function replayed(patch: Parameters<typeof sessionOf>[0] = {}, of: Trace = trace): Promise<TraceView> {
  const session = sessionOf(patch, of);
  await session.replay();
  expect(session.run.status).toBe('done');
  return session;
}

describe('a changed call', () => {
  test('and the calls behind it are decided with the change, and compared with the session without', async () => {
    proves('own:change-call');
    const session = await replayed();
    const before = texts(session);
    const editable = session.changes.editable(write);
    expect(editable).toMatchObject({ arguments: session.call(write)?.args, mode: 'filter' });
    expect(await session.changes.set(write, editable, at)).toBeNull();
    expect(session.changes.state).toMatchObject({ total: 0, canUndo: false });

    expect(await session.changes.set(write, { ...editable, ...cleared }, at)).toBeNull();
    expect(session.record(write)).toMatchObject({
      outcome: 'denied',
      hypothetical: ['agent'],
      agentBefore: cleared.agent,
    });
    expect(session.row(write)).toMatchObject({ marks: expect.arrayContaining(['edited', 'changed']) as unknown });
    expect(session.row(write).edited).toEqual(['agent']);
    expect(session.record(write + 1)?.hypothetical).toEqual([]);
    expect(session.row(write + 1).edited).toBeUndefined();
    expect(session.record(write - 1)?.hypothetical).toBeUndefined();
    expect(texts(session).slice(0, write)).toEqual(before.slice(0, write));
    expect(session.comparison.state.label).toBe('the session without your changes');
    const changed = texts(session).filter((text, index) => text !== before[index]).length;
    expect(changed).toBeGreaterThan(0);
    expect(session.run).toMatchObject({ status: 'done', renewed: 'your changes' });
    expect(session.run.marks).toMatchObject({ edited: 1 });
    expect(lines(session)).toEqual([
      expect.stringMatching(/^22: agent loses .*\(secrecy\)$/),
      expect.stringMatching(/^22: agent loses .*\(integrity\)$/),
    ]);
    expect(panelState(session, (path) => path).whatIf).toEqual(session.changes.state);
  });

  test('is undone, made again, and dropped', async () => {
    proves('own:change-call');
    const session = await replayed();
    const before = texts(session);
    await session.changes.set(write, cleared, at);
    const changed = texts(session);
    await session.changes.set(3, { error: 'gone' }, at);
    expect(lines(session).map((line) => line.split(' ')[0])).toEqual(['22:', '22:', '4:']);
    expect(session.record(3)?.outcome).toBe('error');
    await session.changes.undo(at);
    expect(texts(session)).toEqual(changed);
    await session.changes.redo(at);
    expect(session.record(3)?.outcome).toBe('error');
    await session.changes.dropAll(at);
    expect(texts(session)).toEqual(before);
    expect(session.comparison.state.label).toBe('the run before');
    expect(session.run.marks).toMatchObject({ edited: 0, changed: 0 });
    // Dropping is undone, too.
    await session.changes.undo(at);
    expect(session.changes.state.total).toBe(3);
    expect(session.changes.state.canRedo).toBe(true);
  });

  test('typed in steps is one change; another member of it is a second one', async () => {
    const session = await replayed();
    for (const path of ['d', 'do', 'docs']) await session.changes.set(2, { arguments: { path } }, at);
    await session.changes.set(2, { arguments: { path: 'docs' }, mode: 'propagate' }, at);
    expect(session.record(2)).toMatchObject({ args: { path: 'docs' }, mode: 'propagate' });
    await session.changes.undo(at);
    expect(session.record(2)).toMatchObject({ args: { path: 'docs' }, mode: 'filter' });
    await session.changes.undo(at);
    expect(session.changes.state).toMatchObject({ total: 0, canUndo: false });
    // A change that is taken back by hand is none.
    await session.changes.set(2, { arguments: { path: 'x' } }, at);
    await session.changes.set(2, { arguments: session.call(2)?.args ?? null }, at);
    expect(session.changes.state.total).toBe(0);
    expect(session.comparison.state.label).toBe('the run before');
  });

  test('with a mistake leaves the decisions, and says what it is', async () => {
    proves('own:change-call');
    const session = await replayed();
    await session.changes.set(write, cleared, at);
    const changed = texts(session);
    expect(await session.changes.set(write, { agent: { secrecy: [''] } }, at)).toMatchObject({
      pointer: '/agent/secrecy/0',
    });
    expect(await session.changes.set(write, { set: { '/data/99': 1 } }, at)).toMatchObject({
      pointer: '/set/~1data~199',
    });
    expect(texts(session)).toEqual(changed);
    await expect(session.changes.set(999, {}, at)).rejects.toMatchObject({ code: 'changes/not-decided' });
  });

  test('needs a decision', async () => {
    const session = sessionOf();
    await expect(session.changes.set(0, cleared, at)).rejects.toMatchObject({ code: 'changes/not-decided' });
    expect(session.run.status).toBe('idle');
  });

  test('is decided alike in the thread of a session and call by call', async () => {
    proves('own:change-call');
    const here = await replayed(
      {},
      { ...trace, calls: trace.calls.map((call) => ({ ...call, requestLine: call.requestLine + 1 })) },
    );
    const inThread = await replayed();
    for (const session of [here, inThread]) {
      expect(await session.changes.set(6, { arguments: { paths: ['docs/faq.md'] } }, at)).toBeNull();
      await session.changes.set(write, { ...cleared, mode: 'strict' }, at);
    }
    expect(records(here).map(({ outcome, hypothetical, mode }) => [outcome, hypothetical, mode])).toEqual(
      records(inThread).map(({ outcome, hypothetical, mode }) => [outcome, hypothetical, mode]),
    );
    expect(records(inThread)[6]?.args).toEqual({ paths: ['docs/faq.md'] });
  });
});

describe('a mode that production would not have', () => {
  test('is that of all calls, and the row of none is of a changed argument', async () => {
    proves('own:change-call');
    const session = await replayed();
    expect(session.guardMode).toBe('filter');
    await session.changes.setMode('strict', at);
    expect(new Set(records(session).map(({ mode }) => mode))).toEqual(new Set(['strict']));
    expect(session.changes.state).toMatchObject({
      mode: 'strict',
      changes: [{ call: 0, text: 'mode filter → strict in all calls' }],
    });
    expect(session.comparison.state.kinds.outcome).toBeGreaterThan(0);
    await session.changes.setMode(null, at);
    expect(session.changes.state).toMatchObject({ mode: null, total: 0 });
    expect(session.comparison.state.label).toBe('the run before');
  });

  test('may begin at a call, also of a server without a decided first call', async () => {
    const session = await replayed({ server: 'memory', guard: 'noop', policy: null }, log);
    const index = records(session)[2]?.index ?? 0;
    await session.changes.set(index, { mode: 'propagate' }, at);
    expect(
      new Set(
        records(session)
          .slice(0, 2)
          .map(({ mode }) => mode),
      ).has('propagate'),
    ).toBe(false);
    expect(
      new Set(
        records(session)
          .slice(2)
          .map(({ mode }) => mode),
      ),
    ).toEqual(new Set(['propagate']));
    await session.changes.setMode('filter', at);
    expect(
      records(session)
        .map(({ mode }) => mode)
        .slice(0, 2),
    ).toEqual(['filter', 'filter']);
  });
});

describe('changes stay', () => {
  test('when the policy is typed, and when the trace is replayed; what they are compared with is decided anew', async () => {
    proves('own:change-call');
    const policyFile = file('typed.json', '');
    copyFileSync(policy, policyFile);
    const session = await replayed({ policy: policyFile });
    const before = texts(session);
    await session.changes.set(write, cleared, at);
    await session.whatIf.decide(policyFile, wide, at);
    expect(session.comparison.state.label).toBe('the session without your changes, typed.json as saved');
    expect(session.record(write)?.hypothetical).toEqual(['agent']);
    const flips = session.run.marks.changed;
    expect(flips).toBeGreaterThan(3);
    await session.whatIf.decide(policyFile, null, at);
    expect(session.comparison.state.label).toBe('the session without your changes');
    expect(session.run.marks.changed).toBeLessThan(flips);

    session.update({ policy: file('wide.json', wide) });
    await session.replay();
    expect(session.record(write)?.hypothetical).toEqual(['agent']);
    // With the other policy, what the change does is not mixed with what the policy does.
    const alone = sessionOf({ policy: file('wide2.json', wide) });
    await alone.replay();
    const expected = texts(alone);
    expect(
      [session.comparison.record(3)].flatMap((record) => (record === undefined ? [] : comparableText(record))),
    ).toEqual([expected[3]]);
    expect(expected).not.toEqual(before);
    await session.changes.dropAll(at);
    expect(texts(session)).toEqual(expected);
    expect(session.run.marks.changed).toBe(0);
  });

  test('when the guard is built anew, also where it cannot be loaded for a while', async () => {
    const guardFile = file('built.wasm', '');
    copyFileSync(guard, guardFile);
    const session = await replayed({ guard: guardFile });
    await session.changes.set(write, cleared, at);
    const changed = texts(session);
    copyFileSync(badGuard('half', { rest: '' }), guardFile);
    await session.renew(guardFile, at);
    copyFileSync(samplePath('files-and-memory-as', 'guard.wasm'), guardFile);
    await session.renew(guardFile, at);
    expect(session.run).toMatchObject({ status: 'done', done: calls });
    expect(session.record(write)?.hypothetical).toEqual(['agent']);
    copyFileSync(guard, guardFile);
    await session.renew(guardFile, at);
    expect(texts(session)).toEqual(changed);
    expect(session.comparison.state.label).toBe('the session without your changes');
    expect(session.comparison.record(write)?.hypothetical).toBeUndefined();
  });

  test('at the calls that another trace has, and the others are dropped with a sentence', async () => {
    proves('own:change-call');
    const session = await replayed();
    await session.changes.set(write, cleared, at);
    await session.changes.set(3, { error: 'gone' }, at);
    const without = trace.calls.filter(({ index }) => index !== 3).map((call, index) => ({ ...call, index }));
    session.replaceTrace({ ...trace, calls: without });
    await session.replay();
    expect(lines(session).map((line) => line.split(' ')[0])).toEqual(['21:', '21:']);
    expect(session.changes.edited.map(({ call }) => call)).toEqual([write - 1]);
    expect(session.record(write - 1)).toMatchObject({ hypothetical: ['agent'] });
    // Another capture may have another call in the same line.
    const other = session.trace.calls.map((call) =>
      call.index === write - 1 ? { ...call, args: { path: 'x' } } : call,
    );
    const { problems } = session;
    session.replaceTrace({ ...trace, calls: other });
    expect(session.changes.state.total).toBe(0);
    expect(session.problems.find(({ code }) => code === 'changes/dropped')?.message).toContain('call 21 (write_file)');
    expect(problems.find(({ code }) => code === 'changes/dropped')?.message).toMatch(
      /^Your change of call 4 \(\w+\) is dropped: the trace was captured anew and does not have this call$/,
    );
  });
});
