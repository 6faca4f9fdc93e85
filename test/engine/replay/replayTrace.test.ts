/** Replays of whole traces with a scripted guard: refusals, initialisation, labels across calls, rate limits, servers, traps, cancellation. */
import { describe, expect, test } from 'vitest';
import type { DecisionRecord } from '../../../src/core/difc/record/decision.ts';
import { busiestServer } from '../../../src/core/trace/model/busiestServer.ts';
import type { JsonValue } from '../../../src/core/base/json.ts';
import type { ReplayOptions } from '../../../src/engine/replay/replayTrace.ts';
import { replayTrace } from '../../../src/engine/replay/replayTrace.ts';
import { decisionDigest } from '../../../src/core/replay/decisionDigest.ts';
import { ReplaySummary } from '../../../src/engine/replay/summary.ts';
import { proves } from '../../support/proves.ts';
import { codesOf, policy, replayed, traceOf } from './replayed.ts';
import { poisonedText, type Script, scriptedGuard } from './scriptedGuard.ts';

describe('refusals before the guard is asked', () => {
  test('a tool outside the allowed list is refused without label_agent and without a guard call', async () => {
    const guard = scriptedGuard({});
    const records: DecisionRecord[] = [];
    for await (const record of replayTrace(traceOf([{}, {}]), { guard, policy, allowedTools: ['other'] }))
      records.push(record);
    expect(guard.asked).toEqual([]);
    const tool = records[0]?.tool ?? '';
    expect(records.map(({ error, endedIn }) => ({ error, endedIn }))).toEqual(
      [0, 1].map(() => ({ error: `tool "${tool}" is not in the allowed-tools list for this server`, endedIn: 'init' })),
    );
  });

  test('arguments that are not an object are refused first, without label_agent and without using the budget', async () => {
    const guard = scriptedGuard({});
    const trace = traceOf([{ args: [1] }, { args: 'x' }, {}]);
    const tool = trace.calls[0]?.tool ?? '';
    const errors = async (options: Partial<ReplayOptions>): Promise<readonly (string | null)[]> => {
      const found: (string | null)[] = [];
      for await (const { error } of replayTrace(trace, { guard, policy, ...options })) found.push(error);
      return found;
    };
    const unreadable = ['array', 'string'].map(
      (kind) =>
        `failed to parse arguments: json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`,
    );
    expect(await errors({ allowedTools: ['other'] })).toEqual([
      ...unreadable,
      expect.stringContaining('not in the allowed-tools list'),
    ]);
    expect(guard.asked).toEqual([]);
    expect(await errors({ toolCallLimits: new Map([[tool, 1]]) })).toEqual([...unreadable, null]);
    expect(guard.asked.filter(({ name }) => name === 'label_agent')).toHaveLength(1);
  });

  test('a tool is refused once its budget is used up, after label_agent', async () => {
    const guard = scriptedGuard({});
    const trace = traceOf([{}, {}, {}]);
    const tool = trace.calls[0]?.tool ?? '';
    const toolCallLimits = new Map([[tool, 2]]);
    const errors: (string | null)[] = [];
    for await (const { error } of replayTrace(trace, { guard, policy, toolCallLimits })) errors.push(error);
    expect(errors).toEqual([null, null, `tool call limit reached for "${tool}" (max: 2)`]);
    expect(guard.asked.filter(({ name }) => name === 'label_resource')).toHaveLength(2);
  });
});

describe('initialisation', () => {
  test('label_agent runs once, before the first call, with the trusted bots in its policy', async () => {
    const policies: (JsonValue | undefined)[] = [];
    const guard = scriptedGuard({
      agent: { secrecy: [' b ', 'a'], integrity: ['i'] },
      onAgent: (p) => policies.push(p),
    });
    const trace = traceOf([{}, {}]);
    const records: DecisionRecord[] = [];
    for await (const record of replayTrace(trace, { guard, policy, trustedBots: ['bot'] })) records.push(record);
    expect(policies).toEqual([{ 'allow-only': { repos: 'all', 'min-integrity': 'none' }, 'trusted-bots': ['bot'] }]);
    expect(guard.asked.map(({ name }) => name)).toEqual([
      'label_agent',
      'label_resource',
      'label_response',
      'label_resource',
      'label_response',
    ]);
    const labels = { secrecy: ['a', 'b'], integrity: ['i'] };
    expect(records[0]).toMatchObject({
      mode: 'filter',
      agentStart: { secrecy: [], integrity: [] },
      agentBefore: labels,
    });
    expect(records[1]).toMatchObject({ agentBefore: labels });
    expect(records[1]?.agentStart).toBeUndefined();
  });

  test('a failure of label_agent ends the call with the gateway’s text, and the next call tries again', async () => {
    let tries = 0;
    const onAgent = (): void => {
      if (++tries < 3) throw new Error('refused: no');
    };
    const records = await replayed(traceOf([{}, {}, {}, {}]), { onAgent });
    expect(records.map(({ endedIn, error }) => [endedIn, error])).toEqual([
      ['init', 'guard session initialization failed: LabelAgent failed: refused: no'],
      ['init', 'guard session initialization failed: LabelAgent failed: refused: no'],
      [null, null],
      [null, null],
    ]);
    expect(tries).toBe(3);
    expect(records[0]?.guardCalls.map((call) => call.function)).toEqual(['label_agent']);
  });

  test.each<[string, JsonValue | undefined]>([
    ['none', undefined],
    ['null', null],
  ])('without a policy (%s) label_agent is not called, and the configured mode applies', async (_name, none) => {
    const guard = scriptedGuard({ mode: 'propagate' });
    const records: DecisionRecord[] = [];
    for await (const record of replayTrace(traceOf([{}]), { guard, policy: none, mode: 'filter' }))
      records.push(record);
    expect(guard.asked[0]?.name).toBe('label_resource');
    expect(records[0]).toMatchObject({ mode: 'filter', agent: 'default', agentBefore: { secrecy: [], integrity: [] } });
    expect((await replayed(traceOf([{}]), {}, { policy: none }))[0]?.mode).toBe('strict');
  });

  test('the guard’s mode overrides the configured one', async () => {
    expect((await replayed(traceOf([{}]), { mode: 'propagate' }, { mode: 'strict' }))[0]?.mode).toBe('propagate');
  });
});

describe('the calls of a session', () => {
  test('labels carry over: a read of a secret denies a later write', async () => {
    const script: Script = {
      mode: 'propagate',
      agent: { secrecy: [], integrity: ['trusted'] },
      resource: (tool) =>
        tool === 'read_secret'
          ? { secrecy: ['secret'], integrity: ['trusted'] }
          : tool === 'write'
            ? { operation: 'write' }
            : { integrity: ['trusted'] },
    };
    const records = await replayed(traceOf([{ tool: 'write' }, { tool: 'read_secret' }, { tool: 'write' }]), script);
    expect(records.map(({ outcome }) => outcome)).toEqual(['allowed', 'allowed', 'denied']);
    expect(records[1]).toMatchObject({ agentBefore: { secrecy: [] }, agentAfter: { secrecy: ['secret'] } });
    expect(records[2]?.agentBefore.secrecy).toEqual(['secret']);
    expect(records[2]?.error).toContain('secret');
  });

  test('records come in order, with the time, index and arguments of the trace', async () => {
    const time = '2026-01-02T03:04:05.678Z';
    const records = await replayed(
      traceOf([
        { tool: 'a', args: { x: 1 }, time },
        { tool: 'b', args: null },
      ]),
      {},
    );
    expect(records.map(({ index, tool, args, time: at }) => [index, tool, args, at])).toEqual([
      [0, 'a', { x: 1 }, time],
      [1, 'b', null, null],
    ]);
    expect(records[0]?.client).toEqual({ result: { content: [{ type: 'text', text: '"a"' }] } });
  });

  test('a trap poisons the guard, and later calls get the gateway’s error text', async () => {
    const resource = (tool: string): object => {
      if (tool === 'bad') throw new Error('wasm error: unreachable');
      return {};
    };
    const records = await replayed(traceOf([{ tool: 'ok' }, { tool: 'bad' }, { tool: 'ok' }]), { resource });
    expect(records.map(({ outcome, error }) => [outcome, error])).toEqual([
      ['allowed', null],
      ['error', 'guard labeling failed: resource labeling failed: wasm error: unreachable'],
      ['error', `guard labeling failed: resource labeling failed: ${poisonedText}`],
    ]);
  });

  test('all guard calls of a tool call share its deadline', async () => {
    const guard = scriptedGuard({});
    for await (const record of replayTrace(traceOf([{}, {}]), { guard, policy, deadlineMs: 25 })) void record;
    expect(guard.asked.map(({ deadlineMs }) => deadlineMs)).toEqual([25, 15, 5, 25, 15]);
    const standard = scriptedGuard({});
    for await (const record of replayTrace(traceOf([{}]), { guard: standard, policy })) void record;
    expect(standard.asked[0]?.deadlineMs).toBe(60_000);
  });

  test('an abort ends the replay, and the interrupted call has no record', async () => {
    const abort = new AbortController();
    const resource = (tool: string): object => {
      if (tool === 'last') abort.abort();
      return {};
    };
    const calls = [{ tool: 'a' }, { tool: 'last' }, { tool: 'never' }];
    expect(await replayed(traceOf(calls), { resource }, { signal: abort.signal })).toHaveLength(1);
    expect(await replayed(traceOf(calls), {}, { signal: abort.signal })).toHaveLength(0);
  });
});

describe('rate limits', () => {
  const limit = { result: { isError: true, content: [{ type: 'text', text: 'API rate limit exceeded' }] } };
  const at = (seconds: number): string => new Date(Date.UTC(2026, 4, 6, 7, 8, seconds)).toISOString();
  const calls = [0, 1, 2, 3, 64].map((seconds, index) => {
    return { tool: 'list', time: at(seconds), durationMs: 10, ...(index < 3 ? { answer: limit } : {}) };
  });
  const refused = 'rate limit circuit breaker is OPEN for server "s" — requests temporarily rejected';

  test('after three rate limits in a row the backend is not asked until a minute has passed', async () => {
    proves('own:circuit-breaker');
    const records = await replayed(traceOf(calls, [], { format: 'native' }), {});
    expect(records.map(({ error }) => error)).toEqual([null, null, null, refused, null]);
    expect(records[3]).toMatchObject({
      endedIn: 3,
      outcome: 'error',
      client: { error: { code: 0, message: refused } },
    });
  });
  test('the circuit lets calls pass whose answer a gateway recorded, and calls without a time', async () => {
    for (const trace of [
      traceOf(calls),
      traceOf(
        calls.map((call) => ({ ...call, time: null })),
        [],
        { format: 'native' },
      ),
    ])
      expect((await replayed(trace, {})).map(({ error }) => error)).toEqual([null, null, null, null, null]);
  });
  test('the circuit uses the settings of the server', async () => {
    const circuit = { threshold: 1, cooldownMs: 1500 };
    const records = await replayed(traceOf(calls, [], { format: 'native' }), {}, { circuit });
    // The third call finds the circuit half-open and is limited again, which opens it for the fourth call a second later.
    expect(records.map(({ error }) => error)).toEqual([null, refused, null, refused, null]);
  });
});

describe('servers', () => {
  const calls = [{ tool: 'a' }, { tool: 'b', server: 't' }, { tool: 'c', server: 't' }, { tool: 'd', server: 'u' }];
  test('the server with the most calls is replayed, and the others are named once', async () => {
    const records = await replayed(traceOf(calls), {});
    expect(records.map(({ index, server }) => [index, server])).toEqual([
      [1, 't'],
      [2, 't'],
    ]);
    expect(records[0]?.problems[0]?.message).toContain('"s" (1), "u" (1)');
    expect(records.map((record) => codesOf(record))).toEqual([['replay/other-servers'], []]);
  });
  test('several client sessions are replayed as one agent, with a note on the first record that links the explanation', async () => {
    const trace = { ...traceOf([{ tool: 'a' }, { tool: 'b' }]), sessions: 2 };
    const [first, second] = await replayed(trace, {});
    expect(first?.problems.find(({ code }) => code === 'replay/one-agent')).toMatchObject({
      message: expect.stringContaining('2 client sessions'),
      docs: 'README.md#what-may-surprise-you-in-the-gateway',
    });
    expect(second?.problems.map(({ code }) => code)).not.toContain('replay/one-agent');
    const alone = await replayed({ ...trace, sessions: 1 }, {});
    expect(alone.flatMap((record) => codesOf(record))).not.toContain('replay/one-agent');
  });
  test('a chosen server is replayed in place of the busiest one', async () => {
    expect((await replayed(traceOf(calls), {}, { server: 'u' })).map(({ tool }) => tool)).toEqual(['d']);
    expect(await replayed(traceOf(calls), {}, { server: 'none' })).toEqual([]);
  });
  test('the first of several equally busy servers is replayed, and none when there are no calls', async () => {
    expect(busiestServer(traceOf([{ server: 'y' }, { server: 'x' }]))).toBe('y');
    expect(busiestServer(traceOf([]))).toBeNull();
    expect(await replayed(traceOf([]), {})).toEqual([]);
  });
});

test('the summary counts outcomes, guard calls, look-ups and differences', async () => {
  const summary = new ReplaySummary();
  expect(summary.text()).toContain('0 calls: nothing to replay');
  const script: Script = {
    agent: { secrecy: ['x'], integrity: [] },
    resource: (tool, _args, lookup) => {
      lookup('unknown', {});
      return tool === 'write' ? { operation: 'write' } : {};
    },
  };
  for (const record of await replayed(traceOf([{}, { tool: 'write' }, {}]), script))
    summary.add(decisionDigest(record));
  expect(summary.numbers()).toMatchObject({
    calls: 3,
    outcomes: { allowed: 2, filtered: 0, denied: 1, blocked: 0, error: 0 },
    guardCalls: 6,
    guardMs: 60,
    lookups: 3,
    misses: 3,
    differing: 1,
  });
  expect(summary.text()).toMatch(
    /^3 calls: 2 allowed, 1 denied; 1 differ from the recording\n6 guard calls took 60\.0 ms with 3 look-ups, 3 of them not recorded; /,
  );
});
