/** Labels, the reference monitor, filtering and agents: cases that other tests do not cover (behaviours 184 to 231). */
import { describe, expect, test } from 'vitest';
import { accumulateFromRead, addAgentTags, emptyAgent, makeAgent } from '../../src/core/difc/monitor/agent.ts';
import type { LabelPair, Operation } from '../../src/core/difc/record/decision.ts';
import { evaluate, isAllowed } from '../../src/core/difc/monitor/evaluator.ts';
import { intersectTags, unionTags, withoutTags } from '../../src/core/difc/monitor/labels.ts';
import { filterCollection, type EvaluatedItem } from '../../src/core/difc/monitor/pipelineDecisions.ts';
import { type LabeledCollection, makeResource, overallLabels } from '../../src/core/difc/monitor/resource.ts';
import { decide, textResultOf } from '../core/difc/monitor/decide.ts';
import { proves } from '../support/proves.ts';

describe('sets', () => {
  test('operations do not modify their arguments', () => {
    proves('gateway:187', 'gateway:185', 'gateway:186');
    const left = Object.freeze(['a', 'b']);
    const right = Object.freeze(['b', 'c']);
    expect([unionTags(left, right), intersectTags(left, right), withoutTags(left, right)]).toEqual([
      ['a', 'b', 'c'],
      ['b'],
      ['a'],
    ]);
    expect([unionTags([], right), unionTags(left, []), intersectTags(left, []), intersectTags(left, left)]).toEqual([
      ['b', 'c'],
      ['a', 'b'],
      [],
      ['a', 'b'],
    ]);
    const agent = makeAgent(left, right);
    addAgentTags(agent, { secrecy: ['z'], integrity: ['z'] });
    accumulateFromRead(agent, makeResource('r', ['z'], []));
    expect(agent).toEqual({ secrecy: ['a', 'b'], integrity: ['b', 'c'] });
  });
});

describe('the monitor', () => {
  const rows: readonly (readonly [string, Operation, LabelPair, LabelPair, boolean, string[], string[]])[] = [
    ['gateway:195', 'read', pair(['s'], []), pair(['s', 't'], []), false, ['t'], []],
    ['gateway:195', 'read', pair(['s', 't'], []), pair(['s'], []), true, [], []],
    ['gateway:196', 'read', pair([], ['i', 'j']), pair([], ['i']), false, [], ['j']],
    ['gateway:197', 'write', pair([], ['i']), pair([], ['i', 'j']), false, [], ['j']],
    ['gateway:197', 'write', pair([], ['i', 'j']), pair([], ['i']), true, [], []],
    ['gateway:198', 'write', pair(['s'], []), pair([], []), false, ['s'], []],
    ['gateway:199', 'read', pair([], []), pair([], []), true, [], []],
    ['gateway:199', 'write', pair([], []), pair([], []), true, [], []],
    ['gateway:199', 'read-write', pair([], []), pair([], []), true, [], []],
    ['gateway:200', 'read', pair([], ['i', 'j', 'k']), pair([], ['j']), false, [], ['i', 'k']],
    ['gateway:200', 'write', pair(['s', 't', 'u'], []), pair(['t'], []), false, ['s', 'u'], []],
    ['gateway:201', 'read-write', pair(['s'], ['i']), pair(['s'], ['i']), true, [], []],
    ['gateway:201', 'read-write', pair([], ['i']), pair([], []), false, [], ['i']],
    ['gateway:201', 'read-write', pair([], []), pair([], ['i']), false, [], ['i']],
    ['gateway:201', 'read-write', pair(['s'], ['i']), pair(['t'], ['j']), false, [], ['i']],
    ['gateway:204', 'read', pair([], ['i']), pair(['s'], []), false, [], ['i']],
    ['gateway:204', 'read', pair([], []), pair(['s'], []), false, ['s'], []],
  ];
  test.each(rows)(
    '%s: a %s by the agent %j of the resource %j is allowed: %s',
    (id, operation, agent, labels, allowed, secrecyToAdd, integrityToDrop) => {
      proves(id);
      const resource = makeResource('r', labels.secrecy, labels.integrity);
      const evaluation = evaluate('strict', operation, agent, resource);
      expect(evaluation).toMatchObject({ decision: allowed ? 'allow' : 'deny', secrecyToAdd, integrityToDrop });
    },
  );

  test.each([
    [pair([], []), pair(['s'], []), ['s'], []],
    [pair([], ['i']), pair([], []), [], ['i']],
    [pair([], ['i']), pair(['s'], []), ['s'], ['i']],
  ])('in propagate mode the agent %j may read %j', (agent, labels, secrecyToAdd, integrityToDrop) => {
    proves('gateway:202');
    const resource = makeResource('r', labels.secrecy, labels.integrity);
    expect(evaluate('propagate', 'read', agent, resource)).toMatchObject({
      decision: 'allow-with-propagate',
      secrecyToAdd,
      integrityToDrop,
    });
  });

  test.each([
    [pair(['s'], []), pair([], [])],
    [pair([], []), pair([], ['i'])],
  ])('in propagate mode the agent %j may not write to %j', (agent, labels) => {
    proves('gateway:203');
    const resource = makeResource('r', labels.secrecy, labels.integrity);
    expect(evaluate('propagate', 'write', agent, resource).decision).toBe('deny');
  });
});

describe('filtering', () => {
  const agent = pair(['s'], ['i']);
  const good = makeResource('good', ['s'], ['i']);
  const secret = makeResource('secret', ['t'], ['i']);
  const poor = makeResource('poor', ['s'], []);
  const collection = (kinds: string): LabeledCollection => ({
    items: kinds.split('').map((kind, index) => ({
      data: `${kind}${index}`,
      labels: kind === 'g' ? good : kind === 's' ? secret : poor,
      origin: 'path',
      path: `/${index}`,
    })),
  });
  const filtered = (kinds: string): readonly EvaluatedItem[] =>
    filterCollection('filter', 'read', agent, collection(kinds)) ?? [];

  test.each([
    ['', [], 0],
    ['ggg', ['g0', 'g1', 'g2'], 0],
    ['sp', [], 2],
    ['gsgp', ['g0', 'g2'], 2],
  ])('keeps accessible items in order: %j', (kinds, kept, withheld) => {
    proves('gateway:209', 'gateway:213');
    const items = filtered(kinds);
    expect(items.filter(({ allowed }) => allowed).map(({ item }) => item.data)).toEqual(kept);
    expect(items.filter(({ allowed }) => !allowed)).toHaveLength(withheld);
  });

  test('counts each of thousands of items once', () => {
    proves('gateway:211');
    const items = filtered('gsp'.repeat(3000));
    const kept = items.filter(({ allowed }) => allowed);
    expect([items.length, kept.length, kept.at(-1)?.item.data]).toEqual([9000, 3000, 'g8997']);
  });

  test('gives a reason for each withheld item', () => {
    proves('gateway:212');
    const [bySecrecy, byIntegrity] = filtered('sp').map(({ evaluation }) => evaluation);
    expect(bySecrecy).toMatchObject({ secrecyToAdd: ['t'], reason: expect.stringContaining("'secret'") as string });
    expect(byIntegrity).toMatchObject({ secrecyToAdd: [], reason: expect.stringContaining("'poor'") as string });
  });

  test.each([
    ['strict', 'blocked'],
    ['filter', 'filtered'],
    ['propagate', 'allowed'],
  ] as const)('in %s mode a partly accessible list is %s', (mode, outcome) => {
    proves('gateway:217', 'gateway:218', 'gateway:219');
    const { record } = decide({ mode, agent, backend: textResultOf([1, 2]), collection: collection('gp') });
    expect(record.outcome).toBe(outcome);
    expect(decide({ mode, agent, collection: collection('gg') }).record.outcome).toBe('allowed');
  });

  test.each(['strict', 'filter', 'propagate'] as const)(
    'in %s mode a result without item labels is passed on',
    (mode) => {
      proves('gateway:215', 'gateway:298');
      const backend = textResultOf({ whole: true });
      const { record } = decide({ mode, agent, resource: secret, backend, labels: null });
      expect(record).toMatchObject({ items: null, outcome: 'allowed', client: { result: backend } });
    },
  );

  test('the labels of a collection include those of withheld items', () => {
    proves('gateway:214', 'gateway:179');
    expect(overallLabels(collection('gsp'))).toMatchObject({ secrecy: ['s', 't'], integrity: ['i'] });
  });
});

describe('agents', () => {
  const write = (agent: LabelPair, secrecy: readonly string[], integrity: readonly string[]): boolean =>
    isAllowed(evaluate('strict', 'write', agent, makeResource('w', secrecy, integrity)));

  test('a read adds secrecy and keeps the integrity that both have', () => {
    proves('gateway:226', 'gateway:227');
    const agent = makeAgent(['a'], ['i', 'j']);
    const after = accumulateFromRead(agent, makeResource('r', ['b'], ['j', 'k']));
    expect(after).toEqual({ secrecy: ['a', 'b'], integrity: ['j'] });
    expect(accumulateFromRead(agent, makeResource('r', [], [])).integrity).toEqual([]);
  });

  test('earlier reads limit later writes', () => {
    proves('gateway:228');
    const secretive = accumulateFromRead(emptyAgent, makeResource('r', ['secret'], []));
    expect([write(secretive, [], []), write(secretive, ['secret'], [])]).toEqual([false, true]);
    const tainted = accumulateFromRead(makeAgent([], ['trusted']), makeResource('r', [], ['untrusted']));
    expect([write(tainted, [], ['trusted']), write(tainted, [], [])]).toEqual([false, true]);
  });

  test('adding or removing a tag twice has the same effect as once, and both kinds of tags are separate', () => {
    proves('gateway:231');
    const once = addAgentTags(emptyAgent, { secrecy: ['a'], integrity: ['a', 'b'] });
    expect(addAgentTags(once, { secrecy: ['a'], integrity: ['b'] })).toEqual(once);
    const less = accumulateFromRead(once, makeResource('r', [], ['a']));
    expect(less).toEqual({ secrecy: ['a'], integrity: ['a'] });
    expect(accumulateFromRead(less, makeResource('r', [], ['a']))).toEqual(less);
  });
});

function pair(secrecy: readonly string[], integrity: readonly string[]): LabelPair {
  return { secrecy, integrity };
}
