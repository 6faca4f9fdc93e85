/** A view that is decided anew shows what flipped before it has the records, and ends with all of them, also when another change comes meanwhile. */
import { copyFileSync } from 'node:fs';
import { afterAll, afterEach, expect, test } from 'vitest';
import { readTraceFile } from '../../../src/engine/traceFiles/traceFile.ts';
import type { TraceView } from '../../../src/engine/session/traceView.ts';
import { proves } from '../../support/proves.ts';
import { samplePath } from '../../support/samples.ts';
import { calls, cleanUp, closeSessions, file, longCapture, policy, sessionOf, statuses } from './sessions.ts';

afterEach(closeSessions);
afterAll(cleanUp);

const publicOnly = samplePath('files-and-memory', 'policy-public.json');
const recordsOf = (view: TraceView): number => [...view.records()].length;

/** A replayed view with a policy file of its own. */
async function replayed(name: string): Promise<{ readonly view: TraceView; readonly path: string }> {
  const path = file(`${name}.json`, '');
  copyFileSync(policy, path);
  const view = sessionOf({ policy: path });
  await view.replay();
  return { view, path };
}

/** Runs `then` when the view says for the first time that it was decided anew. */
function onceRenewed(view: TraceView, then: () => void): void {
  const was = view.run.renewed;
  const listener = view.onDidChange(() => {
    if (view.run.renewed === was) return;
    listener.dispose();
    then();
  });
}

test('rows and counts come before the records', async () => {
  proves('own:flips-first');
  const { view, path } = await replayed('flips');
  const before = statuses(view);
  const seen: unknown[] = [];
  let recorded: Promise<number> | undefined;
  onceRenewed(view, () => {
    seen.push(view.run.done, view.run.marks.changed > 0, statuses(view), recordsOf(view));
    recorded = view.whenRecorded().then(() => recordsOf(view));
  });
  copyFileSync(publicOnly, path);
  await view.renew(path, Date.now());
  expect(await recorded).toBe(calls);
  const fresh = sessionOf({ policy: publicOnly });
  await fresh.replay();
  expect(statuses(fresh)).not.toEqual(before);
  expect(seen).toEqual([calls, true, statuses(fresh), 0]);
  expect(recordsOf(view)).toBe(calls);
  expect([...view.records()].map(({ outcome }) => outcome)).toEqual([...fresh.records()].map(({ outcome }) => outcome));
});

test('a change that comes before the records waits for them, and is compared with them', async () => {
  proves('own:flips-first');
  const { view, path } = await replayed('twice');
  let second: Promise<void> | undefined;
  onceRenewed(view, () => {
    expect(recordsOf(view)).toBe(0);
    copyFileSync(policy, path);
    second = view.renew(path, Date.now() + 60_000);
  });
  copyFileSync(publicOnly, path);
  await view.renew(path, Date.now());
  await second;
  expect(recordsOf(view)).toBe(calls);
  const changed = view.trace.calls.filter(({ index }) => view.row(index).changes !== undefined);
  expect(changed.length).toBeGreaterThan(0);
  for (const { index } of changed) expect(view.comparison.changes(index)).not.toEqual([]);
});

test('a view that is closed before the records come leaves no thread and no file', async () => {
  const path = file('closed.json', '');
  copyFileSync(policy, path);
  const trace = longCapture(3_000);
  const view = sessionOf({ policy: path }, await readTraceFile(trace), trace);
  await view.replay();
  onceRenewed(view, () => view.dispose());
  copyFileSync(publicOnly, path);
  await view.renew(path, Date.now());
  expect(recordsOf(view)).toBe(0);
});
