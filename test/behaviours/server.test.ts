/** Sessions of the gateway's server: initialisation, write sinks, and calls (behaviours 129 to 130, 243, 291 to 311). */
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../src/core/base/json.ts';
import { accumulateFromRead, emptyAgent, makeAgent } from '../../src/core/difc/monitor/agent.ts';
import type { DecisionRecord, LabelPair } from '../../src/core/difc/record/decision.ts';
import { evaluate, isAllowed } from '../../src/core/difc/monitor/evaluator.ts';
import { countToolCall, type ToolCallCounts } from '../../src/core/difc/monitor/limits.ts';
import { makeResource } from '../../src/core/difc/monitor/resource.ts';
import { readTrace } from '../../src/core/trace/reader.ts';
import { gatewayRequestLine, gatewayResponseLine } from '../../src/core/trace/write.ts';
import type { Guard } from '../../src/core/guard/guard.ts';
import { createNoopGuard } from '../../src/core/guard/noopGuard.ts';
import { createWriteSinkGuard } from '../../src/core/guard/writeSinkGuard.ts';
import type { ReplayOptions } from '../../src/engine/replay/replayTrace.ts';
import { replayTrace } from '../../src/engine/replay/replayTrace.ts';
import { type Call, decide, textResultOf } from '../core/difc/monitor/decide.ts';
import { type Script, scriptedGuard } from '../engine/replay/scriptedGuard.ts';
import { proves } from '../support/proves.ts';

const policy = { 'allow-only': { repos: 'all', 'min-integrity': 'none' } };
const labels = { secrecy: ['private:o'], integrity: [] };

/** Replays calls of these tools on one server. */
async function session(
  tools: readonly string[],
  script: Script,
  options: Partial<ReplayOptions> = {},
): Promise<readonly DecisionRecord[]> {
  const time = '2026-01-01T00:00:00.000Z';
  const log = tools.map(
    (name) =>
      gatewayRequestLine(time, 's', 'tools/call', { name, arguments: {} }, labels) +
      gatewayResponseLine(time, 's', { result: textResultOf([1]) }, labels),
  );
  const records: DecisionRecord[] = [];
  const all = { guard: scriptedGuard(script), policy, ...options };
  for await (const record of replayTrace(readTrace(log.join('')), all)) records.push(record);
  return records;
}

describe('initialisation', () => {
  test('a failure of label_agent ends the call under the default mode, and the next call tries again', async () => {
    proves('gateway:129', 'gateway:304', 'gateway:306');
    let tries = 0;
    const onAgent = (): void => {
      tries += 1;
      if (tries === 1) throw new Error('refused: not today');
    };
    const [first, second] = await session(['a', 'b'], { onAgent, mode: 'filter' }, { mode: 'propagate' });
    expect(first).toMatchObject({
      error: 'guard session initialization failed: LabelAgent failed: refused: not today',
      endedIn: 'init',
      mode: 'propagate',
      backendResult: null,
    });
    expect(second).toMatchObject({ error: null, mode: 'filter' });
  });

  test('label_agent is called once with the policy and the trusted bots, and labels the agent', async () => {
    proves('gateway:130', 'gateway:230', 'gateway:243', 'gateway:306');
    const asked: (JsonValue | undefined)[] = [];
    const script: Script = {
      onAgent: (given) => asked.push(given),
      agent: { secrecy: [' s ', 's'], integrity: ['i'] },
    };
    const records = await session(['a', 'b'], script, { trustedBots: ['bot'] });
    expect(asked).toEqual([{ ...policy, 'trusted-bots': ['bot'] }]);
    expect(records.map(({ agent }) => agent)).toEqual(['default', 'default']);
    expect(records.map(({ agentBefore }) => agentBefore)).toEqual([
      { secrecy: ['s'], integrity: ['i'] },
      { secrecy: ['s'], integrity: ['i'] },
    ]);
  });

  test('without a policy the default mode applies and label_agent is not called', async () => {
    proves('gateway:306');
    const asked: (JsonValue | undefined)[] = [];
    const script: Script = { onAgent: (given) => asked.push(given), mode: 'filter', agent: labels };
    const [record] = await session(['a'], script, { policy: undefined, mode: 'propagate' });
    expect(record).toMatchObject({ mode: 'propagate', agentBefore: emptyAgent });
    expect(asked).toEqual([]);
  });

  test('another policy starts another session, which is initialised again from an agent without labels', async () => {
    proves('gateway:307');
    const asked: (JsonValue | undefined)[] = [];
    const guard = scriptedGuard({ onAgent: (given) => asked.push(given), agent: labels });
    const other = { 'allow-only': { repos: 'public', 'min-integrity': 'merged' } };
    const [before] = await session(['a'], {}, { guard });
    const [after] = await session(['a'], {}, { guard, policy: other });
    expect(asked).toEqual([policy, other]);
    expect([before?.agentBefore, after?.agentBefore]).toEqual([labels, labels]);
  });
});

describe('write sinks', () => {
  const write = async (guard: Guard, agent: LabelPair): Promise<boolean> => {
    const { value } = await guard.labelResource('add_comment', {}, { backend: { kind: 'none' } });
    if (value === null) throw new Error('no resource');
    return isAllowed(evaluate('filter', value.operation, agent, value.resource));
  };
  const sinkOf = (...accept: readonly string[]): Guard => createWriteSinkGuard({ accept, sinkVisibility: '' });
  const afterRead = accumulateFromRead(
    makeAgent([], ['approved:o']),
    makeResource('issue', ['private:o', 'private:o/r'], ['approved:o']),
  );

  test('after a read of a secret only a sink that accepts it may be written to', async () => {
    proves('gateway:311', 'gateway:247', 'gateway:249');
    expect(await write(sinkOf('private:o', 'private:o/r'), afterRead)).toBe(true);
    expect(await write(sinkOf('*'), afterRead)).toBe(true);
    expect(await write(sinkOf('private:o'), afterRead)).toBe(false);
    expect(await write(createNoopGuard(), afterRead)).toBe(false);
    expect(await write(createNoopGuard(), emptyAgent)).toBe(true);
  });

  test('the accepted tags must equal the tags of the agent, in any order', async () => {
    proves('gateway:248');
    expect(await write(sinkOf('private:o/r', 'private:x', 'private:o'), afterRead)).toBe(true);
    expect(await write(sinkOf('private:o', 'o/r'), afterRead)).toBe(false);
    expect(await write(sinkOf('private:*'), afterRead)).toBe(false);
    expect(await write(sinkOf('private:O', 'private:o/r'), afterRead)).toBe(false);
  });

  test.each(['private', 'internal', ''])('the visibility %j has no effect', async (sinkVisibility) => {
    proves('gateway:251');
    const sink = createWriteSinkGuard({ accept: ['private:o'], sinkVisibility });
    const { value } = await sink.labelResource('t', {}, { backend: { kind: 'none' } });
    expect(value).toEqual({
      resource: { description: 'write-sink (t)', secrecy: ['private:o'], integrity: [] },
      operation: 'write',
    });
  });
});

describe('a call', () => {
  const trusted = makeAgent([], ['approved:o']);
  const poor = makeResource('issue 7', [], []);
  const good = makeResource('issue 8', [], ['approved:o']);

  test.each<readonly [ids: string, title: string, call: Call, expected: object]>([
    [
      'gateway:291',
      'a failure of label_resource',
      { resourceError: 'x' },
      { outcome: 'error', error: 'guard labeling failed: resource labeling failed: x', backendResult: null },
    ],
    [
      'gateway:293',
      'a denied read without item labels',
      { agent: trusted, resource: poor, labels: null, backend: textResultOf('all') },
      { outcome: 'allowed', coarse: { outcome: 'bypass' }, client: { result: textResultOf('all') } },
    ],
    ['gateway:294', 'a failure of the backend', { backendError: 'no route' }, { outcome: 'error', error: 'no route' }],
    [
      'gateway:295',
      'a failure of label_response',
      { responseError: 'y' },
      { outcome: 'error', error: 'response labeling failed: response labeling failed: y', endedIn: 4 },
    ],
    [
      'gateway:295',
      'a write without label_response',
      { operation: 'write', responseError: 'y' },
      { outcome: 'allowed', error: null },
    ],
    [
      'gateway:296',
      'strict mode with a withheld item',
      {
        mode: 'strict',
        agent: trusted,
        backend: textResultOf([1, 2]),
        labels: { paths: { '/0': poor }, defaults: good },
      },
      {
        outcome: 'blocked',
        error: 'DIFC policy violation: 1 of 2 items in response are not accessible to agent default',
      },
    ],
    [
      'gateway:300',
      'a withheld single item of issue_read',
      { tool: 'issue_read', agent: trusted, backend: textResultOf({ n: 7 }), labels: { defaults: poor } },
      {
        outcome: 'blocked',
        error: expect.stringMatching(/^\[Filtered\] issue 7 exists but is not accessible/) as string,
      },
    ],
    [
      'gateway:302',
      'a withheld single item of list_issues',
      { tool: 'list_issues', agent: trusted, backend: textResultOf([7]), labels: { defaults: poor } },
      { outcome: 'filtered', error: null },
    ],
    [
      'gateway:303',
      'a read in propagate mode',
      {
        mode: 'propagate',
        agent: trusted,
        backend: textResultOf([7]),
        labels: { defaults: makeResource('x', ['private:o'], []) },
      },
      { outcome: 'allowed', agentAfter: { secrecy: ['private:o'], integrity: [] } },
    ],
  ])('%s: %s', (id, _title, call, expected) => {
    proves(id);
    expect(decide(call).record).toMatchObject(expected);
  });

  test('each session has its own budgets', () => {
    proves('gateway:305');
    const limits = new Map([
      ['t', 1],
      ['free', 0],
    ]);
    const start: ToolCallCounts = new Map();
    const first = countToolCall('t', limits, start);
    if (!first.ok) throw new Error(first.error);
    expect(countToolCall('t', limits, first.counts)).toEqual({
      ok: false,
      error: 'tool call limit reached for "t" (max: 1)',
    });
    expect(countToolCall('t', limits, start).ok).toBe(true);
    expect(countToolCall('free', limits, first.counts).ok).toBe(true);
    expect(countToolCall('other', limits, first.counts).ok).toBe(true);
  });
});
