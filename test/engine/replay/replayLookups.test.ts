/** Replays with a scripted guard: missing answers, and the answers that look-ups get from the trace. */
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json.ts';
import type { Trace, TraceCall } from '../../../src/core/trace/model/traceModel.ts';
import { codesOf, recorded, replayed, traceOf } from './replayed.ts';
import type { Script } from './scriptedGuard.ts';

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
    expect(codesOf(record)).toEqual(['replay/error-code-unknown']);
  });

  test.each<[string, Partial<TraceCall>, Partial<Trace>]>([
    ['has a code', { answer: { error: 'calling "tools/call": quota', code: -32_050 } }, {}],
    ['is of the connection', { answer: { error: 'calling "tools/call": EOF' } }, {}],
    ['is in a capture', { answer: { error: 'calling "tools/call": quota' } }, { format: 'native' }],
  ])('the code of a recorded error is known when the error %s', async (_when, call, trace) => {
    const [record] = await replayed(traceOf([call], [], trace), {});
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
