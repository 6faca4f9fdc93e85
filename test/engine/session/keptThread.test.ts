/** A view that decides its calls again in the thread of the run before: the same decisions, in one thread, for as long as it may be kept. */
import { afterAll, afterEach, expect, test } from 'vitest';
import { KeptSessions } from '../../../src/engine/session/keptSessions.ts';
import type { TraceView } from '../../../src/engine/session/traceView.ts';
import { proves } from '../../support/proves.ts';
import {
  badGuard,
  cleanUp,
  closeSessions,
  file,
  log,
  logPath,
  policy,
  sessionOf,
  statuses,
  trace,
  until,
  workers,
} from './sessions.ts';

let kept = new KeptSessions();

afterEach(async () => {
  closeSessions();
  await kept.close();
  await until(() => workers.living === 0);
  expect(workers.living).toBe(0);
  kept = new KeptSessions();
});
afterAll(cleanUp);

const viewOf = (patch: Parameters<typeof sessionOf>[0] = {}): TraceView => sessionOf(patch, trace, undefined, { kept });

/** Replays, and gives the number of threads that were started for it. */
async function threadsFor(view: TraceView): Promise<number> {
  const before = workers.taken;
  await view.replay();
  expect(view.run.status).toBe('done');
  return workers.taken - before;
}

test('a second run needs no other thread and decides the same', async () => {
  proves('own:kept-thread');
  const view = viewOf();
  expect(await threadsFor(view)).toBe(1);
  const [first, records] = [
    statuses(view),
    [...view.records()].map(({ outcome, agentAfter }) => [outcome, agentAfter]),
  ];
  expect(await threadsFor(view)).toBe(0);
  expect(statuses(view)).toEqual(first);
  expect([...view.records()].map(({ outcome, agentAfter }) => [outcome, agentAfter])).toEqual(records);
  expect(view.comparison.state).toMatchObject({ kinds: {}, unstable: null });
});

test('another policy, guard or mode is decided in the same thread as in a new one', async () => {
  proves('own:kept-thread');
  const other = file('public.json', '{"allow-only":{"repos":"public","min-integrity":"approved"}}');
  const hung = badGuard('traps', { label_agent: '(unreachable)' });
  const view = viewOf();
  await view.replay();
  for (const patch of [{ policy: other }, { policy, mode: 'filter' }, { guard: hung }, { guard: 'noop' }] as const) {
    view.update(patch);
    expect(await threadsFor(view)).toBe(0);
    const alone = sessionOf(view.settings);
    await alone.replay();
    expect(statuses(view)).toEqual(statuses(alone));
    expect(view.run.counts).toEqual(alone.run.counts);
  }
});

test('a run that was cancelled or failed does not leave its thread', async () => {
  const view = viewOf();
  const running = view.replay();
  view.cancel();
  await running;
  expect(await threadsFor(view)).toBe(1);
  view.update({ guard: file('broken.wasm', 'no module') });
  await view.replay();
  expect(view.run.status).toBe('failed');
  view.update({ guard: 'noop' });
  expect(await threadsFor(view)).toBe(1);
});

test('another reading of the trace is read by a new thread', async () => {
  const view = viewOf();
  await view.replay();
  view.replaceTrace({ ...trace });
  await until(() => view.run.status === 'done');
  const sessions = [kept.take(trace), kept.take(view.trace)];
  expect(sessions.map((session) => session?.isAlive)).toEqual([true, true]);
  for (const session of sessions) await session?.close();
});

test('at most two threads are kept, and none of a trace that is forgotten', async () => {
  const [one, two, three] = [trace, { ...trace }, { ...log }];
  await sessionOf({}, one, undefined, { kept }).replay();
  await sessionOf({}, two, undefined, { kept }).replay();
  await sessionOf({ server: 'files' }, three, logPath, { kept }).replay();
  await until(() => workers.living === 2);
  expect(workers.living).toBe(2);
  expect(kept.take(one)).toBeNull();
  kept.forget(two);
  await until(() => workers.living === 1);
  expect(workers.living).toBe(1);
});
