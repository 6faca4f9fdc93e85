/** Two decisions of one call are compared by kind, with the first place that differs and a text. */
import { describe, expect, test } from 'vitest';
import { compareDecisions } from '../../../src/core/diff/compareDecisions.ts';
import { changeKinds } from '../../../src/core/difc/record/changeKind.ts';
import type { DecisionRecord, ItemRecord } from '../../../src/core/difc/record/decision.ts';
import type { BackendCallRecord } from '../../../src/core/difc/record/guardCall.ts';
import { decision, guardCall } from '../../support/records/decisions.ts';

function item(index: number, patch: Partial<ItemRecord> = {}): ItemRecord {
  return {
    index,
    origin: 'path',
    path: `/items/${index}`,
    description: `item:${index}`,
    secrecy: [],
    integrity: ['approved:a'],
    allowed: true,
    decision: 'allow',
    reason: '',
    secrecyToAdd: [],
    integrityToDrop: [],
    data: null,
    ...patch,
  };
}

const lookup: BackendCallRecord = {
  tool: 'get_issue',
  args: { number: 3 },
  reached: true,
  code: 20,
  end: 'answered',
  resultText: '{"a":1}',
  error: null,
  capacity: 1024,
  attempt: 0,
  atMs: 1,
  durationMs: 2,
};

/** Each change as `kind pointer text`. */
function changes(before: Partial<DecisionRecord>, after: Partial<DecisionRecord>): readonly string[] {
  return compareDecisions(decision(before), decision(after)).map(
    ({ kind, pointer, text }) => `${kind} ${pointer} ${text}`,
  );
}

describe('the kinds of a change', () => {
  test('times, sizes, log lines and the index are no change', () => {
    const call = guardCall({
      durationMs: 99,
      log: [{ level: 1, message: 'x', attempt: 0, atMs: 1 }],
      memory: { before: 65_536, after: 65_536 + 4_194_304, peak: 9_999_999 },
    });
    expect(changes({}, { index: 7, time: null, guardCalls: [call] })).toEqual([]);
  });

  test('outcome: with the number of items that passed, and whether labels are missing', () => {
    expect(changes({}, { outcome: 'denied' })).toEqual(['outcome /outcome was allowed, is denied']);
    expect(
      changes({ outcome: 'filtered', items: [item(0), item(1, { allowed: false })] }, { items: [item(0), item(1)] }),
    ).toEqual([
      'outcome /outcome was filtered 1/2, is allowed 2/2',
      'items /items/1/allowed item 2 (/items/1) was withheld, is passed',
    ]);
    expect(changes({}, { marks: ['unlabeled'] })).toEqual(['outcome /marks/0 was allowed, is allowed without labels']);
  });

  test('operation, mode, reason', () => {
    expect(changes({}, { operation: 'write' })).toEqual(['operation /operation was read, is write']);
    expect(changes({}, { mode: 'strict' })).toEqual(['mode /mode was filter, is strict']);
    expect(changes({ error: 'a' }, { error: 'b' })).toEqual(['reason /error was "a", is "b"']);
    const long = 'DIFC Violation: Agent lacks required integrity to write to ';
    expect(changes({ error: `${long}file:one` }, { error: `${long}file:two` })).toEqual([
      'reason /error was "…write to file:one", is "…write to file:two"',
    ]);
  });

  test('labels of the resource: the tags that were gained and lost', () => {
    const resource = { description: 'r', secrecy: ['private:a', 'private:b'], integrity: ['approved:a'] };
    expect(changes({ resource }, { resource: { ...resource, secrecy: ['private:b', 'private:c'] } })).toEqual([
      'resource /resource/secrecy/0 secrecy gained "private:c", lost "private:a"',
    ]);
    expect(changes({ resource }, { resource: null })).toEqual([
      'resource /resource the resource is not labelled any more',
      'description /resource was {"description":"r"}, is nothing',
    ]);
  });

  test('items: by their path when others were added, by their number without one', () => {
    const two = [item(0), item(1)];
    expect(changes({ items: two }, { items: [item(0, { path: '/items/9' }), ...two] })).toContain(
      'items /items/0/path item 1 (/items/9) is new',
    );
    const legacy = [item(0, { path: '' }), item(1, { path: '' })];
    expect(
      changes({ items: legacy }, { items: [legacy[0] ?? item(0), item(1, { path: '', secrecy: ['private:x'] })] }),
    ).toEqual(['items /items/1/secrecy/0 item 2 (item:1) secrecy gained "private:x"']);
    expect(changes({ items: two }, { items: [item(0)] })).toContain('items /items/1 item 2 (/items/1) is gone');
    const many = [0, 1, 2, 3, 4].map((at) => item(at));
    expect(changes({ items: many }, { items: many.map((each) => ({ ...each, integrity: [] })) })).toEqual([
      'items /items/0/integrity/0 item 1 (/items/0) integrity lost "approved:a", item 2 (/items/1) integrity lost "approved:a", item 3 (/items/2) integrity lost "approved:a" and 2 more',
    ]);
  });

  test('agent: what the call brings it, not what it had', () => {
    const had = { secrecy: ['private:old'], integrity: [] };
    expect(changes({}, { agentBefore: had, agentAfter: had })).toEqual([]);
    const gained = { secrecy: ['private:new'], integrity: [] };
    expect(changes({}, { agentAfter: gained })).toEqual([
      'agent /agentAfter/secrecyGained/0 now gains secrecy "private:new"',
    ]);
    expect(changes({ agentAfter: gained }, {})).toEqual([
      'agent /agentAfter/secrecyGained/0 no longer gains secrecy "private:new"',
    ]);
  });

  test('look-ups: how many, and the first that is another one', () => {
    const asked = (...backendCalls: readonly BackendCallRecord[]): Partial<DecisionRecord> => ({
      guardCalls: [guardCall(), guardCall({ backendCalls })],
    });
    expect(changes(asked(), asked(lookup))).toEqual([
      'lookups /guardCalls/1/backendCalls was 0 look-ups, is 1 look-up; number 1 was absent, is get_issue {"number":3} (answered)',
    ]);
    expect(changes(asked(lookup), asked({ ...lookup, args: { number: 4 } }))).toEqual([
      'lookups /guardCalls/1/backendCalls/0/args/number number 1 was get_issue {"number":3} (answered), is get_issue {"number":4} (answered)',
    ]);
    expect(changes(asked(lookup), asked({ ...lookup, resultText: '{}' }))).toEqual([
      'lookups /guardCalls/1/backendCalls/0/resultText have other answers',
    ]);
    expect(changes({ guardCalls: [guardCall()] }, { guardCalls: [guardCall(), guardCall({ memory: null })] })).toEqual(
      [],
    );
  });

  test('memory: the pages by which it grew in the call', () => {
    const grown = guardCall({ memory: { before: 0, after: 65_536 * 65, peak: 0 } });
    expect(changes({}, { guardCalls: [grown] })).toEqual(['memory /guardCalls was 64 pages, is 65 pages']);
  });

  test('answer, description and findings', () => {
    expect(changes({}, { client: { result: { content: [{ type: 'text', text: 'bye' }] } } })).toEqual([
      'answer /client/result/content/0/text was "hello", is "bye"',
    ]);
    const problem = { severity: 'warning', code: 'lint/x', message: 'm' } as const;
    expect(changes({}, { problems: [problem, { ...problem, severity: 'info', code: 'note/y' }] })).toEqual([
      'findings /problems/0 gained "lint/x"',
    ]);
  });

  test('come in the order of their weight', () => {
    const all = compareDecisions(
      decision(),
      decision({ outcome: 'denied', operation: 'write', mode: 'strict', error: 'x' }),
    );
    expect(all.map(({ kind }) => kind)).toEqual(['outcome', 'operation', 'mode', 'reason']);
    const order = all.map(({ kind }) => changeKinds.indexOf(kind));
    expect(order.toSorted((one, other) => one - other)).toEqual(order);
  });
});
