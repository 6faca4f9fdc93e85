/** A session in a thread is decided up to a call, and forked there: with changes, with a guard that hangs in the fork, and again. */
import { afterAll, describe, expect, test } from 'vitest';
import type { DecisionRecord } from '../../../../src/core/difc/record/decision.ts';
import type { CallChanges, EditedCall } from '../../../../src/core/whatIf/callChanges.ts';
import type { ServerToOpen } from '../../../../src/engine/replay/openSession.ts';
import { comparableText } from '../../../../src/core/diff/comparableText.ts';
import { CompileCache } from '../../../../src/engine/runtime/host/compileCache.ts';
import { PreparedServers } from '../../../../src/engine/sessionWorker/host/preparedServers.ts';
import type { ReplayItems } from '../../../../src/engine/sessionWorker/host/sessionItems.ts';
import { ThreadSession } from '../../../../src/engine/sessionWorker/host/threadSession.ts';
import { workerFile } from '../../../support/paths.ts';
import { patiently } from '../../../support/patience.ts';
import { proves } from '../../../support/proves.ts';
import { forever } from '../../runtime/guards.ts';
import { fairGuard, fromThirdCall, logOf, removeFiles, serverOf } from './sessionSubjects.ts';

const cache = new CompileCache();
afterAll(removeFiles);

/** A session that was decided up to a call. */
interface Replayed {
  readonly records: readonly DecisionRecord[];
  fork(call: number, changes?: CallChanges): Promise<readonly DecisionRecord[]>;
  decideFrom(call: number, changes: readonly EditedCall[]): Promise<readonly DecisionRecord[]>;
  /** A replay from the first call. */
  replay(changes: readonly EditedCall[]): Promise<readonly DecisionRecord[]>;
  close(): Promise<void>;
}

async function replayed(trace: string, servers: readonly ServerToOpen[], until?: number): Promise<Replayed> {
  const session = await ThreadSession.open([trace], { workerFile, cache });
  const { specs } = await PreparedServers.prepare(session, servers, { exportsState: true });
  const wish = { servers: specs, usesTrace: true, fixtures: [], lint: true, gives: 'records' } as const;
  return {
    records: await recordsOf(session.replay(until === undefined ? wish : { ...wish, until })),
    fork: (call, changes = {}) => recordsOf(session.fork(call, [{ call, changes }])),
    decideFrom: (call, changes) => recordsOf(session.decideFrom(call, changes)),
    replay: (changes) => recordsOf(session.replay({ ...wish, changes })),
    close: () => session.close(),
  };
}

async function recordsOf(items: ReplayItems): Promise<readonly DecisionRecord[]> {
  const records: DecisionRecord[] = [];
  for await (const batch of items) for (const item of batch) if (item.kind === 'decision') records.push(item.record());
  return records;
}

const indexes = (records: readonly DecisionRecord[]): readonly number[] => records.map(({ index }) => index);
const outcomes = (records: readonly DecisionRecord[]): readonly string[] => records.map(({ outcome }) => outcome);

describe('a fork', () => {
  test('begins at the call that the session was decided up to, and decides all calls behind it', async () => {
    proves('own:forks');
    const session = await replayed(logOf(['a', 'b'], 4), [serverOf('a', fairGuard()), serverOf('b', 'noop')], 3);
    try {
      expect(indexes(session.records)).toEqual([0, 1, 2, 3]);
      expect(indexes(await session.fork(3))).toEqual([3, 4, 5, 6, 7]);
      const [changed, ...others] = await session.fork(4, {
        args: { other: true },
        answer: { error: 'gone' },
        labels: { secrecy: ['private:x'], integrity: [] },
      });
      expect(changed).toMatchObject({
        args: { other: true },
        agentBefore: { secrecy: ['private:x'], integrity: [] },
        outcome: 'error',
      });
      // The noop guard labels its calls as writes to a public resource.
      expect(outcomes(others)).toEqual(['denied', 'allowed', 'denied']);
      expect(others.map(({ agentBefore }) => agentBefore.secrecy)).toEqual([
        ['private:x'],
        ['private:x'],
        ['private:x'],
      ]);
      // A fork leaves nothing behind.
      expect((await session.fork(3)).map(({ agentBefore }) => agentBefore.secrecy)).toEqual([[], [], [], [], []]);
    } finally {
      await session.close();
    }
  });

  test('whose guard hangs in it has the records of a replay, and the next fork works', async () => {
    proves('own:forks');
    const deadlineMs = patiently(1_000);
    const hanging = serverOf('a', fairGuard(fromThirdCall(forever)), deadlineMs);
    const session = await replayed(logOf(['a', 'b'], 4), [hanging, serverOf('b', fairGuard(), deadlineMs)], 2);
    try {
      expect(outcomes(session.records)).toEqual(['allowed', 'allowed', 'allowed']);
      for (let round = 0; round < 2; round++) {
        const records = await session.fork(1);
        expect(indexes(records)).toEqual([1, 2, 3, 4, 5, 6, 7]);
        expect(outcomes(records)).toEqual(['allowed', 'allowed', 'allowed', 'error', 'allowed', 'error', 'allowed']);
        expect(records[3]?.guardCalls[0]?.error).toContain('context deadline exceeded');
      }
    } finally {
      await session.close();
    }
  });

  test('of a session with calls that were overtaken begins before them', async () => {
    const session = await replayed(logOf(['a'], 100), [serverOf('a', fairGuard())], 90);
    try {
      expect(indexes(await session.fork(90))).toEqual([90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
      expect(indexes(await session.fork(60, { args: {} }))).toHaveLength(40);
    } finally {
      await session.close();
    }
  });

  test('of a guard whose state cannot be kept is refused with the reason', async () => {
    const dropping = fairGuard('', '(data $d "x") (func $drop (data.drop $d))');
    const session = await replayed(logOf(['a'], 4), [serverOf('a', dropping)], 2);
    try {
      await expect(session.fork(2)).rejects.toMatchObject({
        code: 'replay/not-kept',
        message: expect.stringMatching(
          /^Call 3 cannot be decided with changes: .*"data\.drop".*\(server "a"\)$/,
        ) as string,
      });
    } finally {
      await session.close();
    }
  });

  test('equals a replay from the first call with the same changes', async () => {
    proves('own:forks');
    const changes: readonly EditedCall[] = [
      { call: 5, changes: { mode: 'propagate', answer: { error: 'gone' } } },
      { call: 3, tool: 'look', changes: { args: { other: true }, labels: { secrecy: ['private:x'], integrity: [] } } },
      { call: 6, changes: { mode: null } },
    ];
    const session = await replayed(logOf(['a', 'b'], 4), [serverOf('a', fairGuard()), serverOf('b', 'noop')], 3);
    try {
      const forked = await session.decideFrom(3, changes);
      expect(indexes(forked)).toEqual([3, 4, 5, 6, 7]);
      expect(forked.map(({ hypothetical }) => hypothetical)).toEqual([
        ['arguments', 'agent'],
        [],
        ['response', 'mode'],
        ['mode'],
        [],
      ]);
      // The noop guard answers that it wants filter mode.
      expect(forked.map(({ mode }) => mode)).toEqual(['strict', 'filter', 'propagate', 'filter', 'strict']);
      const all = await session.replay(changes);
      expect(indexes(all)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect(all.slice(0, 3).map(({ hypothetical }) => hypothetical)).toEqual([undefined, undefined, undefined]);
      expect(all.slice(3).map(comparableText)).toEqual(forked.map(comparableText));
    } finally {
      await session.close();
    }
  });

  test('is a replay from the first call where the state of a guard cannot be kept', async () => {
    proves('own:forks');
    const dropping = fairGuard('', '(data $d "x") (func $drop (data.drop $d))');
    const session = await replayed(logOf(['a'], 4), [serverOf('a', dropping)], 2);
    try {
      const labels = { secrecy: ['private:x'], integrity: [] };
      for (let round = 0; round < 2; round++) {
        const records = await session.decideFrom(2, [{ call: 2, changes: { labels } }]);
        expect(indexes(records)).toEqual([2, 3]);
        expect(records.map(({ agentBefore }) => agentBefore.secrecy)).toEqual([['private:x'], ['private:x']]);
      }
      await expect(session.decideFrom(2, [{ call: 2, tool: 'other', changes: {} }])).rejects.toMatchObject({
        code: 'changes/other-call',
      });
    } finally {
      await session.close();
    }
  });
});
