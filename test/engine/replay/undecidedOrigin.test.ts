/** Replays of calls that may be the agent’s or a guard’s look-ups: the guard’s questions decide. */
import { describe, expect, test } from 'vitest';
import type { ReplayOptions } from '../../../src/engine/replay/replayTrace.ts';
import { codesOf, replayed, traceOf } from './replayed.ts';
import type { Script } from './scriptedGuard.ts';

describe('calls of undecided origin', () => {
  const open = { evidence: 'none' as const };
  const isRead = (tool: string): boolean => tool.startsWith('read');
  /** A guard that looks up `before` for each read, and `after` once it has the answer. */
  const curious: Script = {
    resource: (tool, args, lookup) => {
      if (isRead(tool)) lookup('before', args);
      return {};
    },
    response: (tool, _result, lookup) => {
      if (isRead(tool)) lookup('after', {});
      return null;
    },
  };

  test('neighbours on both sides that the guard asks for are its look-ups', async () => {
    const lookups: string[] = [];
    const calls = [
      { tool: 'other', ...open },
      { tool: 'before', args: { f: 1 }, ...open },
      { tool: 'read', args: { f: 1 }, ...open },
      { tool: 'after', ...open },
      { tool: 'after', ...open },
      { tool: 'read', args: { f: 2 }, ...open },
    ];
    const onLookup: ReplayOptions['onLookup'] = (call, madeFor) => void lookups.push(`${call.index}->${madeFor.index}`);
    const records = await replayed(traceOf(calls), curious, { onLookup });
    expect(records.map(({ index, tool }) => `${index} ${tool}`)).toEqual(['0 other', '2 read', '4 after', '5 read']);
    expect(lookups).toEqual(['1->2', '3->2']);
    const note = records[1]?.problems.find(({ code }) => code === 'replay/reclassified');
    expect(note?.message).toContain('"before" in line 3, "after" in line 7');
    expect(note?.position).toEqual({ line: 3 });
    expect(records.filter((record) => codesOf(record).includes('replay/reclassified'))).toHaveLength(1);
  });

  test('with a guard that caches, a call that the guard asks for while deciding it is a look-up', async () => {
    const known = new Set<string>();
    const remembering: Script = {
      agent: { secrecy: [], integrity: ['high'] },
      mode: 'propagate',
      resource: (_tool, args, lookup) => {
        const path = JSON.stringify(args);
        if (!known.has(path)) lookup('stat', args);
        known.add(path);
        return { integrity: ['high'] };
      },
    };
    const lookups: string[] = [];
    const calls = [
      { tool: 'stat', args: { path: 'a' }, ...open },
      { tool: 'read', args: { path: 'a' }, ...open },
      { tool: 'stat', args: { path: 'b' }, ...open },
      { tool: 'stat', args: { path: 'b' }, ...open },
      { tool: 'stat', args: { path: 'a' }, ...open },
    ];
    const onLookup: ReplayOptions['onLookup'] = (call, madeFor) => void lookups.push(`${call.index}->${madeFor.index}`);
    const records = await replayed(traceOf(calls), remembering, { onLookup });
    expect(records.map(({ index }) => index)).toEqual([1, 3, 4]);
    expect(lookups).toEqual(['0->1', '2->3']);
    expect(records[0]).toMatchObject({ agentStart: { integrity: [] }, agentBefore: { integrity: ['high'] } });
    expect(records[0]?.guardCalls[0]?.function).toBe('label_agent');
    expect(records.map((record) => codesOf(record).filter((code) => code === 'replay/reclassified').length)).toEqual([
      1, 1, 0,
    ]);
  });

  test('a call that turns out to be a look-up does not use the budget of its tool', async () => {
    const known = new Set<string>();
    const resource: Script['resource'] = (_tool, args, lookup) => {
      const path = JSON.stringify(args);
      if (!known.has(path)) lookup('stat', args);
      known.add(path);
      return {};
    };
    const calls = ['stat', 'read', 'stat'].map((tool) => ({ tool, args: { path: 'a' }, ...open }));
    const records = await replayed(traceOf(calls), { resource }, { toolCallLimits: new Map([['stat', 1]]) });
    expect(records.map(({ index, error }) => [index, error])).toEqual([
      [1, null],
      [2, null],
    ]);
  });

  test('a look-up at the end of the trace is an agent call, because no call follows that it could be made for', async () => {
    const resource: Script['resource'] = (tool, args, lookup) => ({ secrecy: [JSON.stringify(lookup(tool, args))] });
    const calls = [
      { tool: 'a', ...open },
      { tool: 'b', ...open },
      { tool: 'c', server: 't' },
    ];
    const records = await replayed(traceOf(calls), { resource });
    expect(records.map(({ index }) => index)).toEqual([0, 1]);
    expect(records.map((record) => codesOf(record))).toEqual([['replay/other-servers'], []]);
  });

  test('the label_agent call moves from the dropped record of a look-up to the next record', async () => {
    const calls = [
      { tool: 'before', args: {}, ...open },
      { tool: 'read', args: {}, ...open },
    ];
    const [record] = await replayed(traceOf(calls), { ...curious, agent: { secrecy: ['x'], integrity: [] } });
    expect(record).toMatchObject({ index: 1, agentStart: { secrecy: [] }, agentBefore: { secrecy: ['x'] } });
    expect(record?.guardCalls.map((call) => call.function)).toEqual([
      'label_agent',
      'label_resource',
      'label_response',
    ]);
  });

  test('calls that are known to be the agent’s are never taken for look-ups', async () => {
    const calls = [{ tool: 'before', args: { f: 1 } }, { tool: 'read', args: { f: 1 } }, { tool: 'after' }];
    expect((await replayed(traceOf(calls), curious)).map(({ tool }) => tool)).toEqual(['before', 'read', 'after']);
  });

  test('only an unbroken row next to the call matches, each question as often as it was asked', async () => {
    const calls = [
      { tool: 'before', args: { f: 1 }, ...open },
      { tool: 'before', args: { f: 1 }, ...open },
      { tool: 'read', args: { f: 1 }, ...open },
      { tool: 'gap', ...open },
      { tool: 'after', ...open },
    ];
    const records = await replayed(traceOf(calls), curious);
    expect(records.map(({ index }) => index)).toEqual([0, 2, 3, 4]);
  });

  test('held records are all given, in order', async () => {
    const calls = Array.from({ length: 200 }, (_, index) => ({ tool: `t${index}`, ...open }));
    const records = await replayed(traceOf(calls), {});
    expect(records.map(({ index }) => index)).toEqual(calls.map((_, index) => index));
  });

  test('problems of the replay as a whole move from the dropped record of a look-up to the next record', async () => {
    const calls = [
      { tool: 'before', args: {}, ...open },
      { tool: 'read', args: {}, ...open },
      { tool: 'read', ...open },
      { tool: 'x', server: 't' },
    ];
    const records = await replayed(traceOf(calls), curious);
    expect(records.map(({ index }) => index)).toEqual([1, 2]);
    expect(records.flatMap((record) => codesOf(record)).filter((code) => code === 'replay/other-servers')).toHaveLength(
      1,
    );
  });
});
