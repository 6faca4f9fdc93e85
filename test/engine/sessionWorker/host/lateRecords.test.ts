/** Records that come when all calls are decided: the same as those that come with the decisions, each once, also when a guard hangs. */
import { afterAll, expect, test } from 'vitest';
import type { DecisionRecord } from '../../../../src/core/difc/record/decision.ts';
import type { ServerToOpen } from '../../../../src/engine/replay/openSession.ts';
import { CompileCache } from '../../../../src/engine/runtime/host/compileCache.ts';
import { PreparedServers } from '../../../../src/engine/sessionWorker/host/preparedServers.ts';
import { ThreadSession } from '../../../../src/engine/sessionWorker/host/threadSession.ts';
import { workerFile } from '../../../support/paths.ts';
import { patiently } from '../../../support/patience.ts';
import { proves } from '../../../support/proves.ts';
import { forever } from '../../runtime/guards.ts';
import { fairGuard, fromThirdCall, logOf, removeFiles, serverOf } from './sessionSubjects.ts';

const cache = new CompileCache();
afterAll(removeFiles);

/** What came, in order: each decision as its index, the end of the decisions, and each record that came after it. */
interface Came {
  readonly order: readonly (number | string)[];
  /** By call. */
  readonly records: ReadonlyMap<number, DecisionRecord>;
}

async function came(trace: string, servers: readonly ServerToOpen[], recordsLast: boolean): Promise<Came> {
  const session = await ThreadSession.open([trace], { workerFile, cache });
  const order: (number | string)[] = [];
  const records = new Map<number, DecisionRecord>();
  const late = {
    onDecided: () => void order.push('decided'),
    onRecords: (items: readonly { readonly index: number; readonly bytes: Uint8Array }[]) => {
      for (const { index, bytes } of items) {
        order.push(`record ${index}`);
        expect(records.has(index)).toBe(false);
        records.set(index, JSON.parse(Buffer.from(bytes).toString()) as DecisionRecord);
      }
    },
  };
  try {
    const { specs } = await PreparedServers.prepare(session, servers);
    const wish = { servers: specs, usesTrace: true, fixtures: [], lint: true, gives: 'records' } as const;
    const replay = session.replay({ ...wish, ...(recordsLast ? { recordsLast: late } : {}) });
    for (let step = await replay.next(); step.done !== true; step = await replay.next()) {
      for (const item of step.value) {
        if (item.kind !== 'decision') continue;
        order.push(item.digest().row.index);
        if (item.recordBytes.length > 0) records.set(item.digest().row.index, item.record());
      }
    }
    return { order, records };
  } finally {
    await session.close();
  }
}

function withoutTimes(records: ReadonlyMap<number, DecisionRecord>): unknown {
  const varying = new Set(['durationMs', 'atMs', 'stack']);
  const sorted = [...records].sort(([a], [b]) => a - b);
  return JSON.parse(JSON.stringify(sorted, (key, each: unknown) => (varying.has(key) ? undefined : each)));
}

test('come after all decisions, and are those that come with them', async () => {
  proves('own:flips-first');
  const trace = logOf(['a', 'b'], 10);
  const servers = [serverOf('a', fairGuard()), serverOf('b', 'noop')];
  const { order, records } = await came(trace, servers, true);
  const calls = Array.from({ length: 20 }, (_, at) => at);
  expect(order).toEqual([...calls, 'decided', ...calls.map((call) => `record ${call}`)]);
  expect(withoutTimes(records)).toEqual(withoutTimes((await came(trace, servers, false)).records));
});

test('are there for the calls before one in which a guard hung', async () => {
  proves('own:flips-first');
  const trace = logOf(['a', 'b'], 4);
  const hanging = fairGuard(fromThirdCall(forever));
  const servers = [serverOf('a', fairGuard()), serverOf('b', hanging, patiently(1_000))];
  const { order, records } = await came(trace, servers, true);
  const calls = Array.from({ length: 8 }, (_, at) => at);
  expect(order).toEqual([...calls, 'decided', ...calls.map((call) => `record ${call}`)]);
  expect(withoutTimes(records)).toEqual(withoutTimes((await came(trace, servers, false)).records));
});

test('come with the decisions when the thread keeps no more', async () => {
  // Two guard calls of a call have its arguments and its result: of 64 MiB that are kept, these calls have about 16 each.
  const trace = logOf(['a'], 8, 'x'.repeat(8 * 1024 * 1024));
  const { order, records } = await came(trace, [serverOf('a', fairGuard())], true);
  const late = order.slice(order.indexOf('decided') + 1);
  expect(late.length).toBeGreaterThan(0);
  expect(late.length).toBeLessThan(8);
  expect([...records.keys()].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});
