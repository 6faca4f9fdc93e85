/** A session that is run again from a snapshot before any call gives the same records, a changed call changes them, and snapshots are thinned. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../../src/core/base/json.ts';
import type { DecisionRecord } from '../../../../src/core/difc/record/decision.ts';
import { SessionReplay } from '../../../../src/core/replay/sessionReplay.ts';
import { answerDirectly } from '../../../../src/core/session/answerDirectly.ts';
import type { Trace } from '../../../../src/core/trace/model/traceModel.ts';
import { readTraceFile } from '../../../../src/engine/traceFiles/traceFile.ts';
import { prepareModule } from '../../../../src/engine/runtime/worker/prepareModule.ts';
import type { CallChanges } from '../../../../src/core/whatIf/callChanges.ts';
import { forkSession, type ForkedSession } from '../../../../src/engine/sessionWorker/worker/fork.ts';
import { SessionGuards } from '../../../../src/engine/sessionWorker/worker/sessionGuards.ts';
import { SessionSnapshots } from '../../../../src/engine/sessionWorker/worker/sessionSnapshots.ts';
import { proves } from '../../../support/proves.ts';
import { repoPath } from '../../../support/paths.ts';
import { askBackend, guardBytes } from '../../runtime/guards.ts';
import { newThread } from './threadGuards.ts';

const folder = repoPath('media/samples/files-and-memory');
const policy = JSON.parse(readFileSync(`${folder}/policy.json`, 'utf8')) as JsonValue;
const options = { lint: false, usesTrace: true };

/** A guard that logs a letter for the number of its calls, asks the backend, and fails. */
const counting = guardBytes({
  rest: '(global $calls (mut i32) (i32.const 0))',
  label_resource: `(global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (i32.store8 (i32.const 0) (i32.add (i32.const 65) (global.get $calls)))
    (call $host_log (i32.const 1) (i32.const 0) (i32.const 10)) (drop ${askBackend}) (i32.const -5)`,
});

interface Ran extends ForkedSession {
  readonly records: readonly DecisionRecord[];
}

function run(trace: Trace, guard: Uint8Array, snapshots = new SessionSnapshots()): Ran {
  const ready = prepareModule(guard, { exportsState: true });
  if (ready.kind !== 'prepared') throw new Error('the guard is refused');
  const guards = new SessionGuards(options, null);
  const thread = newThread();
  for (const server of new Set(trace.calls.map((call) => call.server))) {
    const module = { ready, bytes: guard };
    guards.load({ server, rules: { policy }, guard: { kind: 'wasm', name: server, module } }, thread);
  }
  const replay = new SessionReplay(guards.rules, {
    ...options,
    onRestart: () => guards.restart(),
    onCassette: (server, cassette) => guards.useCassette(server, cassette),
  });
  replay.take(trace, 0);
  const records: DecisionRecord[] = [];
  for (let call = replay.next(); call !== undefined; call = replay.next()) {
    const { start } = replay;
    if (start !== null) expect(snapshots.take(call.index, start, guards)).toBe(null);
    records.push(...answerDirectly(replay.decideNext(), guards.handlersOf(call)));
  }
  records.push(...replay.finish());
  return { trace, guards, snapshots, options, records };
}

function forked(session: ForkedSession, call: number, changes?: CallChanges): readonly DecisionRecord[] {
  return [...(forkSession(session, call, changes === undefined ? [] : [{ call, changes }]) ?? [])];
}

describe('a session of the sample', () => {
  let trace: Trace;
  beforeAll(async () => {
    trace = await readTraceFile(`${folder}/trace.guardtrace.jsonl`);
  });

  it.each([
    ['the sample', readFileSync(`${folder}/guard.wasm`)],
    ['a guard that counts', counting],
  ])('gives the same records from a snapshot before any call: %s', (_, guard) => {
    proves('own:snapshots');
    const session = run(trace, guard);
    expect(session.snapshots.all.length).toBeGreaterThan(trace.calls.length / 2);
    const order = trace.calls.map(({ index }) => index).sort((a, b) => ((a * 7) % 11) - ((b * 7) % 11));
    for (const index of order) {
      const again = forked(session, index);
      const expected = session.records.filter((record) => record.index >= index);
      expect(again.map(comparable)).toEqual(expected.map(comparable));
    }
  });

  it('decides a changed call and those behind it anew', () => {
    const session = run(trace, readFileSync(`${folder}/guard.wasm`));
    const index = session.records.find(({ outcome }) => outcome !== 'denied')?.index ?? 0;
    const args = { path: 'customers/other.md' };
    const [changed] = forked(session, index, { args });
    expect(changed?.args).toEqual(args);
    const answer = { result: { content: [{ type: 'text', text: 'changed' }] } };
    const [answered] = forked(session, index, { answer });
    expect(JSON.stringify(answered)).toContain('changed');
    const [same] = forked(session, index);
    expect(same && comparable(same)).toEqual(
      session.records.filter((record) => record.index === index).map(comparable)[0],
    );
  });

  it('decides a call with other labels of its agent', () => {
    const session = run(trace, readFileSync(`${folder}/guard.wasm`));
    const index = trace.calls.at(-1)?.index ?? 0;
    const labels = { secrecy: ['private:elsewhere'], integrity: [] };
    const [changed] = forked(session, index, { labels });
    expect(changed?.agentBefore.secrecy).toContain('private:elsewhere');
  });

  it('keeps snapshots dense near the end and sparse before, within the limit', () => {
    const calls = Array.from({ length: 10 }, () => trace.calls)
      .flat()
      .map((call, index) => ({ ...call, index }));
    const most = 40;
    const { snapshots } = run({ ...trace, calls }, counting, new SessionSnapshots({ snapshots: most }));
    const kept = snapshots.all.map(({ call }) => call);
    expect(kept).toHaveLength(most);
    expect(kept[0]).toBe(0);
    const end = kept.at(-1) ?? 0;
    for (const [at, call] of kept.entries()) {
      const gap = (kept[at + 1] ?? end) - call;
      // 40 snapshots of 320 calls: a call is at most a third of its distance from the end away from a snapshot.
      expect(gap).toBeLessThanOrEqual(Math.max(2, (end - call) / 3));
    }
    expect(snapshots.before(end + 5)?.call).toBe(end);
    expect(snapshots.before(kept[1] ?? 0)?.call).toBe(kept[1]);
  });

  it('drops snapshots when their pages need more memory than the limit', () => {
    const limit = 6 * 65_536;
    const { snapshots } = run(trace, readFileSync(`${folder}/guard.wasm`), new SessionSnapshots({ bytes: limit }));
    expect(snapshots.all.length).toBeLessThan(trace.calls.length);
    expect(snapshots.all.length).toBeGreaterThanOrEqual(2);
  });
});

/** The record without times, and without problems of the replay as a whole. */
function comparable(record: DecisionRecord): unknown {
  const text = JSON.stringify({
    ...record,
    problems: record.problems.filter(({ code }) => !code.startsWith('replay/')),
  });
  return JSON.parse(text, (key, value: unknown) => (/(?:Ms|^atMs)$/.test(key) ? 0 : value));
}
