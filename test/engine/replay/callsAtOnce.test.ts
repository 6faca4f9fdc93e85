/** Calls that a client makes at the same time: each is checked at its arrival and goes on at its answer (gateway spec 3.7); and restarts. */
import { describe, expect, test } from 'vitest';
import type { DecisionRecord } from '../../../src/core/difc/record/decision.ts';
import { makeResource } from '../../../src/core/difc/monitor/resource.ts';
import type { TraceCall } from '../../../src/core/trace/model/traceModel.ts';
import { replaySession } from '../../../src/engine/replay/replayTrace.ts';
import { policy, traceOf } from './replayed.ts';
import { type Script, scriptedGuard } from './scriptedGuard.ts';

/** A call `tool from to`, in milliseconds; without `to` it has no duration. */
function call(text: string, patch: Partial<TraceCall> = {}): Partial<TraceCall> {
  const [tool = '', from = '0', to] = text.split(' ');
  const time = new Date(Date.UTC(2026, 0, 1) + Number(from)).toISOString();
  return { tool, time, durationMs: to === undefined ? null : Number(to) - Number(from), ...patch };
}

/** Reads of `secret` taint the agent; `send` writes to a public place; `order` lists what the guard was asked. */
function tainting(order: string[] = []): Script {
  return {
    mode: 'propagate',
    resource: (tool) => {
      order.push(`resource ${tool}`);
      const secrecy = tool.startsWith('secret') ? [`private:${tool}`] : [];
      return { secrecy, operation: tool === 'send' ? 'write' : 'read' };
    },
    response: (tool) => {
      order.push(`response ${tool}`);
      if (tool !== 'list_items') return null;
      const labels = makeResource('item', ['private:secret'], []);
      return { items: [{ data: {}, labels, origin: 'path', path: '/0' }] };
    },
  };
}

async function replayed(
  calls: readonly Partial<TraceCall>[],
  script: Script = tainting(),
): Promise<readonly DecisionRecord[]> {
  const session = { rules: new Map([['s', { policy }]]), guards: new Map([['s', scriptedGuard(script)]]) };
  const records: DecisionRecord[] = [];
  for await (const record of replaySession(traceOf(calls), session)) records.push(record);
  return records;
}

const rows = (records: readonly DecisionRecord[]): readonly string[] =>
  records.map(({ index, tool, outcome }) => `${index} ${tool} ${outcome}`);

describe('calls at once', () => {
  test('a write that arrives while a read is at the backend passes; one that arrives after its answer does not', async () => {
    expect(rows(await replayed([call('secret 0 100'), call('send 50 60'), call('send 100 110')]))).toEqual([
      '0 secret allowed',
      '1 send allowed',
      '2 send denied',
    ]);
  });

  test('the guard is asked in the order of arrivals and answers', async () => {
    const order: string[] = [];
    await replayed([call('secret 0 100'), call('plain 10 50'), call('other 60 200')], tainting(order));
    expect(order).toEqual([
      'resource secret',
      'resource plain',
      'response plain',
      'resource other',
      'response secret',
      'response other',
    ]);
  });

  test('an answer is filtered and accumulated with the labels that others have left meanwhile', async () => {
    const items = (await replayed([call('list_items 0 100'), call('secret 10 50'), call('plain 120 130')]))[0];
    // The agent had no secrecy when the call arrived, and that of `secret` when its answer came.
    expect(items).toMatchObject({
      agentBefore: { secrecy: [] },
      agentAtAnswer: { secrecy: ['private:secret'] },
      agentAfter: { secrecy: ['private:secret'] },
    });
    const alone = (await replayed([call('list_items 0 100'), call('plain 120 130')]))[0];
    expect(alone).not.toHaveProperty('agentAtAnswer');
    expect(alone?.agentAfter.secrecy).toEqual(['private:secret']);
  });

  test('labels that a slower call finds later are not taken back', async () => {
    const records = await replayed([
      call('secret1 0 100'),
      call('secret2 10 50'),
      call('gone 20 90', { answer: { error: 'gone' } }),
      call('plain 200 210'),
    ]);
    expect(records[3]?.agentBefore.secrecy).toEqual(['private:secret1', 'private:secret2']);
    expect(records[2]).toMatchObject({ outcome: 'error', agentAfter: { secrecy: ['private:secret2'] } });
  });

  test('records come in the order of arrival, also of calls that end early', async () => {
    const records = await replayed([
      call('secret 0 5'),
      call('slow 10 500'),
      call('send 20 30'),
      call('slow 40 300'),
      call('plain 600 610'),
    ]);
    expect(rows(records)).toEqual([
      '0 secret allowed',
      '1 slow allowed',
      '2 send denied',
      '3 slow allowed',
      '4 plain allowed',
    ]);
  });

  test('one after the other, in the same millisecond, are not at once', async () => {
    expect(rows(await replayed([call('secret 0 10'), call('send 10 20')]))).toEqual([
      '0 secret allowed',
      '1 send denied',
    ]);
  });

  test('without a known end are decided one after the other', async () => {
    expect(rows(await replayed([call('secret 0'), call('send 5 20')]))).toEqual(['0 secret allowed', '1 send denied']);
  });

  test('a thousand mixed calls keep every label', async () => {
    const calls = Array.from({ length: 1_000 }, (_, at) => {
      const from = at * 10;
      return call(`${at % 7 === 0 ? `secret${at}` : 'plain'} ${from} ${from + 1 + ((at * 37) % 90)}`);
    });
    const records = await replayed(calls);
    expect(records.map(({ index }) => index)).toEqual(calls.map((_, at) => at));
    const last = records.at(-1);
    const all = calls.flatMap(({ tool = '' }) => (tool.startsWith('secret') ? [`private:${tool}`] : []));
    const labels = new Set([
      ...(last?.agentAfter.secrecy ?? []),
      ...records.flatMap(({ agentAfter }) => agentAfter.secrecy),
    ]);
    expect([...labels].sort()).toEqual(all.sort());
  });
});

describe('a restart of the gateway', () => {
  test('forgets labels, modes and counts, and instantiates the guards anew', async () => {
    let restarts = 0;
    let started = 0;
    const script: Script = { ...tainting(), onRestart: () => void restarts++, onAgent: () => void started++ };
    const again = { restarts: 1 };
    const records = await replayed(
      [
        call('secret 0 5'),
        call('send 10 15'),
        call('send 100 105', again),
        call('secret 110 115', again),
        call('send 120 125', again),
      ],
      script,
    );
    expect(rows(records)).toEqual([
      '0 secret allowed',
      '1 send denied',
      '2 send allowed',
      '3 secret allowed',
      '4 send denied',
    ]);
    expect([restarts, started]).toEqual([1, 2]);
  });

  test('makes a guard that was killed usable again', async () => {
    const script: Script = {
      resource: (tool) => {
        if (tool === 'fatal') throw new Error('wasm error: unreachable');
        return {};
      },
    };
    const calls = [call('fatal 0 5'), call('plain 10 15'), call('plain 20 25', { restarts: 2 })];
    expect(rows(await replayed(calls, script))).toEqual(['0 fatal error', '1 plain error', '2 plain allowed']);
  });
});
