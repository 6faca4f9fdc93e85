/** Differences between a replay with a scripted guard and what the recording says of its calls. */
import { describe, expect, test } from 'vitest';
import type { DecisionRecord } from '../../../src/core/difc/record/decision.ts';
import type { TraceCall } from '../../../src/core/trace/model/traceModel.ts';
import { codesOf, items, replayed, traceOf } from './replayed.ts';
import type { Script } from './scriptedGuard.ts';

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
