/** Replays of whole traces with a scripted guard: initialisation, labels across calls, look-ups, missing answers, differences, traps, cancellation. */
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json.ts';
import type { DecisionRecord } from '../../../src/core/difc/record/decision.ts';
import { itemPath, type LabeledCollection, makeResource } from '../../../src/core/difc/monitor/resource.ts';
import type { RecordedCall, Trace, TraceCall } from '../../../src/core/trace/model/traceModel.ts';
import { busiestServer } from '../../../src/core/trace/model/busiestServer.ts';
import type { ReplayOptions } from '../../../src/engine/replay/incrementalReplay.ts';
import { replayTrace } from '../../../src/engine/replay/replayTrace.ts';
import { ReplaySummary } from '../../../src/engine/replay/summary.ts';
import { poisonedText, type Script, scriptedGuard } from './scriptedGuard.ts';
import { proves } from '../../support/proves.ts';

const policy: JsonValue = { 'allow-only': { repos: 'all', 'min-integrity': 'none' } };

function recorded(tool: string, patch: Partial<RecordedCall> = {}): RecordedCall {
  return {
    server: 's',
    tool,
    args: {},
    answer: { result: { content: [{ type: 'text', text: `"${tool}"` }] } },
    origin: 'agent',
    evidence: 'labels',
    time: null,
    durationMs: null,
    requestLine: 1,
    answerLine: 2,
    agentLabels: null,
    redacted: false,
    ...patch,
  };
}

/** Calls get their index and, by default, their lines from their position. */
function traceOf(
  calls: readonly Partial<TraceCall>[],
  recordedLookups: readonly RecordedCall[] = [],
  patch: Partial<Trace> = {},
): Trace {
  return {
    format: 'gateway-jsonl',
    servers: ['s'],
    calls: calls.map((call, index) => {
      const base = { ...recorded(call.tool ?? 'tool'), requestLine: index * 2 + 1, answerLine: index * 2 + 2 };
      return { ...base, lookups: [], filtered: [], ...call, index };
    }),
    recordedLookups,
    problems: [],
    lines: 0,
    bytes: 0,
    ...patch,
  };
}

async function replayed(trace: Trace, script: Script, options: Partial<ReplayOptions> = {}): Promise<DecisionRecord[]> {
  const records: DecisionRecord[] = [];
  const all = { guard: scriptedGuard(script), policy, ...options };
  for await (const record of replayTrace(trace, all)) records.push(record);
  return records;
}

const codesOf = (record: DecisionRecord | undefined): readonly string[] =>
  (record?.problems ?? []).map(({ code }) => code).filter((code) => code.startsWith('replay/'));

/** `count` items; those in `high` have the integrity tag `high`. */
function items(count: number, high: readonly number[]): LabeledCollection {
  return {
    items: Array.from({ length: count }, (_, index) => ({
      data: { n: index },
      labels: makeResource(`item ${index}`, [], high.includes(index) ? ['high'] : []),
      origin: 'path' as const,
      path: itemPath('', index),
    })),
  };
}

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

describe('missing answers', () => {
  test('a call without an answer ends as with a failing backend, with a warning', async () => {
    const [record] = await replayed(traceOf([{ tool: 'a', answer: undefined, answerLine: null, requestLine: 7 }]), {});
    expect(record).toMatchObject({
      outcome: 'error',
      endedIn: 3,
      error: 'failed to connect to backend s: the trace has no answer to this call',
    });
    expect(record?.problems.find(({ code }) => code === 'replay/no-recorded-answer')).toMatchObject({
      severity: 'warning',
      position: { line: 7 },
    });
  });

  test('a recorded error is the client’s error', async () => {
    const [record] = await replayed(traceOf([{ answer: { error: 'calling "tools/call": no such file' } }]), {});
    expect(record).toMatchObject({
      endedIn: 3,
      client: { error: { code: 0, message: 'calling "tools/call": no such file' } },
    });
    expect(codesOf(record)).toEqual([]);
  });

  test('an answer that can no longer be read is reported as a problem', async () => {
    const answer = {
      get result(): JsonValue {
        throw new Error('the file is gone');
      },
    };
    const [record] = await replayed(traceOf([{ answer }]), {});
    expect(record).toMatchObject({ outcome: 'error', endedIn: 3 });
    expect(record?.problems[0]).toMatchObject({ code: 'replay/answer-unreadable', message: 'the file is gone' });
  });

  test('each look-up without a recorded answer is reported once, with a hint', async () => {
    const script: Script = {
      resource: (_tool, _args, lookup) => {
        lookup('issue_read', { issue_number: '7' });
        lookup('issue_read', { issue_number: '7' });
        lookup('get_collaborator_permission', { owner: 'o', repo: 'r', username: 'u' });
        return {};
      },
    };
    const [record] = await replayed(traceOf([{}]), script);
    const missed = record?.problems.filter(({ code }) => code === 'replay/guard-call-not-recorded') ?? [];
    expect(missed.map(({ message }) => message)).toEqual([
      'The guard asked for issue_read {"issue_number":"7"}, which the trace has no answer to',
      'The guard asked for get_collaborator_permission {"owner":"o","repo":"r","username":"u"}, which the trace has no answer to',
    ]);
    expect(missed[1]?.hint).toContain('GitHub API');
  });

  test('without a backend every look-up fails', async () => {
    const results: JsonValue[] = [];
    const resource: Script['resource'] = (_tool, _args, lookup) => {
      results.push(lookup('x', {}));
      return {};
    };
    const lookups = [recorded('x', { origin: 'guard', answer: { result: 'X' } })];
    const trace = traceOf([{ lookups: [0] }], lookups);
    await replayed(trace, { resource }, { backend: 'none' });
    await replayed(trace, { resource }, { backend: 'recorded' });
    expect(results).toEqual([null, 'X']);
  });
});

describe('look-ups from the trace', () => {
  const ask: Script['resource'] = (tool, _args, lookup) => ({ secrecy: [JSON.stringify(lookup('who', { tool }))] });

  test('each call gets the answers that were recorded for it', async () => {
    const lookups = [1, 2].map((n) => recorded('who', { origin: 'guard', args: { tool: 'a' }, answer: { result: n } }));
    const trace = traceOf([{ tool: 'a', lookups: [0] }, { tool: 'a', lookups: [1] }, { tool: 'a' }], lookups);
    const records = await replayed(trace, { resource: ask });
    expect(records.map(({ resource }) => resource?.secrecy)).toEqual([['1'], ['2'], ['2']]);
  });

  test('an agent call answers a look-up too, but a recorded look-up at the same distance wins', async () => {
    const own = recorded('who', { args: { tool: 'who' }, answer: { result: 'own' } });
    const lookup = recorded('who', { origin: 'guard', args: { tool: 'who' }, answer: { result: 'look-up' } });
    const both = traceOf([{ ...own, tool: 'who', lookups: [0] }], [lookup]);
    expect((await replayed(both, { resource: ask }))[0]?.resource?.secrecy).toEqual(['"look-up"']);
    const alone = traceOf([{ ...own, tool: 'who' }]);
    expect((await replayed(alone, { resource: ask }))[0]?.resource?.secrecy).toEqual(['"own"']);
  });
});

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

describe('differences from the recording', () => {
  const filter = (description: string, line = 9): TraceCall['filtered'][number] => {
    const labels = { secrecy: [], integrity: [], number: null, author: null, url: null };
    return { server: 's', tool: 'list_x', description, reason: '', ...labels, line };
  };
  const script = (high: readonly number[]): Script => ({
    agent: { secrecy: [], integrity: ['high'] },
    response: () => items(3, high),
  });
  const differing = (record: DecisionRecord | undefined): string | undefined =>
    record?.problems.find(({ code }) => code === 'replay/differs-from-recording')?.message;

  test.each<[string, readonly number[], readonly string[], string | undefined]>([
    ['the same items do not differ', [0, 1], ['item 2'], undefined],
    ['the same items in another order do not differ', [1], ['item 2', 'item 0'], undefined],
    ['an item that is newly filtered differs', [1], ['item 2'], 'newly filtered: item 0'],
    ['an item that is no longer filtered differs', [0, 1, 2], ['item 2'], 'no longer filtered: item 2'],
    [
      'another item in place of the filtered one differs',
      [0, 2],
      ['item 2'],
      'no longer filtered: item 2; newly filtered: item 1',
    ],
    [
      'an item that was filtered twice and is now filtered once differs',
      [0, 1],
      ['item 2', 'item 2'],
      'no longer filtered: item 2',
    ],
  ])('%s', async (_name, high, noted, expected) => {
    const trace = traceOf([{ tool: 'list_x', filtered: noted.map((description) => filter(description)) }]);
    const [record] = await replayed(trace, script(high));
    const message = differing(record);
    if (expected === undefined) expect(message).toBeUndefined();
    else expect(message).toContain(expected);
  });

  test('a call without filter records differs only when the session has filter records', async () => {
    const [, second] = await replayed(
      traceOf([{ tool: 'list_x', filtered: [filter('item 2')] }, { tool: 'list_x' }]),
      script([0, 1]),
    );
    expect(differing(second)).toContain('newly filtered: item 2');
    const [alone] = await replayed(traceOf([{ tool: 'list_x' }]), script([0, 1]));
    expect(differing(alone)).toBeUndefined();
  });

  test('a call that passed and is denied now differs, and the reverse', async () => {
    const deny: Script = { agent: { secrecy: ['x'], integrity: [] }, resource: () => ({ operation: 'write' }) };
    const [denied] = await replayed(traceOf([{}]), deny);
    expect(denied?.outcome).toBe('denied');
    expect(differing(denied)).toContain('let this call through to the backend; the replay denies it');
    const [unsure] = await replayed(traceOf([{ evidence: 'none' }]), deny);
    expect(differing(unsure)).toBeUndefined();
    const [native] = await replayed(traceOf([{}], [], { format: 'native' }), deny);
    expect(differing(native)).toBeUndefined();
    const refused = { answer: undefined, answerLine: null, file: 'mcp-gateway.log', requestLine: 70 };
    const [allowed] = await replayed(traceOf([refused]), {});
    expect(differing(allowed)).toContain('refused this call; the replay lets it through');
    expect(allowed?.problems[0]).toMatchObject({
      code: 'replay/no-recorded-answer',
      position: { file: 'mcp-gateway.log', line: 70 },
    });
  });

  test('a redacted call has a note, and a hint that redaction may be why items differ', async () => {
    const [record] = await replayed(
      traceOf([{ tool: 'list_x', redacted: true, filtered: [filter('item 0')] }]),
      script([0, 1, 2]),
    );
    expect(codesOf(record)).toEqual(['replay/differs-from-recording', 'replay/redacted']);
    expect(record?.problems[0]?.hint).toContain('redacted');
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
  for (const record of await replayed(traceOf([{}, { tool: 'write' }, {}]), script)) summary.add(record);
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
