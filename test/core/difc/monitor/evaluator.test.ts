/** Rules and properties of the reference monitor, tables of the pipeline, and the effect of reads on an agent (behaviours 8.11 to 8.13). */
import { array, assert, constantFrom, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  accumulateFromRead,
  addAgentTags,
  agentChange,
  emptyAgent,
  makeAgent,
} from '../../../../src/core/difc/monitor/agent.ts';
import { evaluate, isAllowed, parseEnforcementMode } from '../../../../src/core/difc/monitor/evaluator.ts';
import {
  coarseOutcome,
  filterCollection,
  shouldAccumulateReadLabels,
  shouldBlockFilteredResponse,
  shouldCallLabelResponse,
} from '../../../../src/core/difc/monitor/pipelineDecisions.ts';
import { type LabeledItem, makeResource, overallLabels } from '../../../../src/core/difc/monitor/resource.ts';
import { proves } from '../../../support/proves.ts';

const modes = ['strict', 'filter', 'propagate'] as const;
const operations = ['read', 'write', 'read-write'] as const;
const tag = constantFrom('a', 'b', 'c');
const pair = record({ secrecy: array(tag, { maxLength: 3 }), integrity: array(tag, { maxLength: 3 }) });
const access = [constantFrom(...modes), constantFrom(...operations), pair, pair] as const;

describe('properties', () => {
  test('an allowed access has neither tags nor a reason; any other has both', () => {
    assert(
      property(...access, (mode, operation, agent, labels) => {
        const { decision, reason, secrecyToAdd, integrityToDrop } = evaluate(
          mode,
          operation,
          agent,
          resourceOf(labels),
        );
        expect(reason === '').toBe(decision === 'allow');
        expect(secrecyToAdd.length + integrityToDrop.length === 0).toBe(decision === 'allow');
      }),
    );
  });
  test('writes have the same decision in every mode', () => {
    proves('gateway:203');
    assert(
      property(pair, pair, (agent, labels) => {
        const [first, ...rest] = modes.map((mode) => evaluate(mode, 'write', agent, resourceOf(labels)));
        for (const other of rest) expect(other).toEqual(first);
      }),
    );
  });
  test('a read-write is allowed exactly when the read and the write are allowed', () => {
    proves('gateway:201');
    assert(
      property(constantFrom(...modes), pair, pair, (mode, agent, labels) => {
        const [read, write, both] = (['read', 'write', 'read-write'] as const).map((operation) =>
          isAllowed(evaluate(mode, operation, agent, resourceOf(labels))),
        );
        expect(both).toBe(read === true && write === true);
      }),
    );
  });
  test('after the labels of a read are accumulated, the same read is allowed without propagation', () => {
    assert(
      property(pair, pair, (agent, labels) => {
        const resource = resourceOf(labels);
        const after = accumulateFromRead(makeAgent(agent.secrecy, agent.integrity), resource);
        expect(evaluate('strict', 'read', after, resource).decision).toBe('allow');
      }),
    );
  });
  test('a read only adds secrecy and only removes integrity', () => {
    assert(
      property(pair, pair, (agent, labels) => {
        const change = agentChange(agent, accumulateFromRead(agent, resourceOf(labels)));
        expect([change.secrecyLost, change.integrityGained]).toEqual([[], []]);
      }),
    );
  });
});

describe('decisions and reasons', () => {
  const secret = makeResource('d', ['s'], []);
  test('a denied read reports missing integrity, not missing secrecy', () => {
    const { integrityToDrop, secrecyToAdd } = evaluate('filter', 'read', { secrecy: [], integrity: ['i'] }, secret);
    expect({ integrityToDrop, secrecyToAdd }).toEqual({ integrityToDrop: ['i'], secrecyToAdd: [] });
  });
  test('a propagated read reports both, secrecy first', () => {
    proves('gateway:202');
    expect(evaluate('propagate', 'read', { secrecy: [], integrity: ['j', 'i'] }, secret).reason).toBe(
      'Read allowed with label propagation: adding secrecy tags [s] and dropping integrity tags [i j]',
    );
  });
  test('a read-write that would propagate is allowed without propagation', () => {
    const agent = { secrecy: [], integrity: [] };
    expect(evaluate('propagate', 'read-write', agent, secret)).toEqual({
      decision: 'allow',
      reason: '',
      secrecyToAdd: [],
      integrityToDrop: [],
    });
  });
  test.each([
    ['', 'strict'],
    ['STRICT', 'strict'],
    ['Filter', 'filter'],
    ['propagate', 'propagate'],
  ])('the mode %j is %s', (text, mode) => {
    proves('gateway:205');
    expect(parseEnforcementMode(text)).toEqual({ ok: true, mode });
  });
  test.each([' filter', 'audit'])('the mode %j is unknown', (text) => {
    proves('gateway:205');
    const error = `unknown enforcement mode: ${text} (valid modes: strict, filter, propagate)`;
    expect(parseEnforcementMode(text)).toEqual({ ok: false, error });
  });
});

describe('tables', () => {
  const denied = evaluate('strict', 'read', emptyAgent, makeResource('d', ['s'], []));
  const allowed = evaluate('strict', 'read', emptyAgent, makeResource('d', [], []));
  test.each([
    ['read', 'bypass'],
    ['write', 'denied'],
    ['read-write', 'denied'],
  ] as const)('a %s that the coarse check denies has the outcome %s', (operation, outcome) => {
    proves('gateway:221', 'gateway:222');
    expect(coarseOutcome(operation, denied)).toBe(outcome);
    expect(coarseOutcome(operation, allowed)).toBe('allowed');
  });
  test('label_response, blocking and accumulation depend on operation and mode', () => {
    proves('gateway:223', 'gateway:224', 'gateway:225');
    const table = operations.map((operation) =>
      modes.map((mode) => [shouldCallLabelResponse(operation, mode), shouldAccumulateReadLabels(operation, mode)]),
    );
    expect(table).toEqual([
      [
        [true, false],
        [true, false],
        [true, true],
      ],
      [
        [false, false],
        [false, false],
        [false, false],
      ],
      [
        [false, false],
        [true, false],
        [true, true],
      ],
    ]);
    expect(modes.map((mode) => [0, 1].map((count) => shouldBlockFilteredResponse(mode, count)))).toEqual([
      [false, true],
      [false, false],
      [false, false],
    ]);
  });
});

describe('collections', () => {
  const item = (secrecy: readonly string[], integrity: readonly string[]): LabeledItem => ({
    data: null,
    labels: makeResource('x', secrecy, integrity),
    origin: 'path',
    path: '/0',
  });
  const unlabelled: LabeledItem = { data: null, labels: null, origin: 'legacy', path: '' };

  test('the labels of a collection are the union of its labelled items', () => {
    proves('gateway:179', 'gateway:214');
    const { secrecy, integrity } = overallLabels({ items: [item(['a'], ['i']), unlabelled, item(['a', 'b'], ['j'])] });
    expect({ secrecy, integrity }).toEqual({ secrecy: ['a', 'b'], integrity: ['i', 'j'] });
    expect(overallLabels({ items: [] })).toMatchObject({ secrecy: [], integrity: [] });
  });
  test('items are evaluated with the operation of the call', () => {
    proves('gateway:210');
    const agent = { secrecy: ['s'], integrity: [] };
    const collection = { items: [item(['s'], []), item([], [])] };
    const allowedItems = (operation: 'read' | 'read-write'): readonly boolean[] | undefined =>
      filterCollection('filter', operation, agent, collection)?.map(({ allowed }) => allowed);
    expect([allowedItems('read'), allowedItems('read-write')]).toEqual([
      [true, true],
      [true, false],
    ]);
  });
  test('a collection with an item without labels cannot be filtered', () => {
    expect(filterCollection('strict', 'read', emptyAgent, { items: [item([], []), unlabelled] })).toBeNull();
  });
});

describe('agents', () => {
  test('label_agent adds trimmed tags and removes none', () => {
    proves('gateway:127');
    const agent = addAgentTags(makeAgent(['b'], ['x']), { secrecy: [' a ', 'b', ' '], integrity: [] });
    expect(agent).toEqual({ secrecy: ['a', 'b'], integrity: ['x'] });
  });
  test('a read without integrity removes all of it, and a wildcard in a resource is an ordinary tag', () => {
    proves('gateway:227');
    expect(accumulateFromRead(makeAgent([], ['i']), makeResource('r', [], []))).toEqual({ secrecy: [], integrity: [] });
    expect(accumulateFromRead(makeAgent([], ['i']), makeResource('r', [], ['*'])).integrity).toEqual([]);
  });
  test('after a read of secrets a write is blocked unless the sink accepts all of them', () => {
    proves('gateway:229');
    const after = accumulateFromRead(emptyAgent, makeResource('secret', ['private:a', 'private:b'], []));
    const write = (accept: readonly string[]): boolean =>
      isAllowed(evaluate('filter', 'write', after, makeResource('sink', accept, [])));
    expect([[], ['private:a'], ['private:a', 'private:b'], ['*']].map(write)).toEqual([false, false, true, true]);
  });
});

function resourceOf({
  secrecy,
  integrity,
}: {
  readonly secrecy: readonly string[];
  readonly integrity: readonly string[];
}) {
  return makeResource('d', secrecy, integrity);
}
