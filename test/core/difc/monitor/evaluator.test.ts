/** The reference monitor's rules and laws, the pipeline's tables, and what reading does to an agent (behaviours 8.11 to 8.13). */
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

describe('laws', () => {
  test('an allowed access names no tags and no reason; any other names both', () => {
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
  test('writes are decided alike in every mode', () => {
    proves('gateway:203');
    assert(
      property(pair, pair, (agent, labels) => {
        const [first, ...rest] = modes.map((mode) => evaluate(mode, 'write', agent, resourceOf(labels)));
        for (const other of rest) expect(other).toEqual(first);
      }),
    );
  });
  test('read-write passes exactly when both parts pass', () => {
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
  test('a propagated read is a plain allow once the agent has accumulated it', () => {
    assert(
      property(pair, pair, (agent, labels) => {
        const resource = resourceOf(labels);
        const after = accumulateFromRead(makeAgent(agent.secrecy, agent.integrity), resource);
        expect(evaluate('strict', 'read', after, resource).decision).toBe('allow');
      }),
    );
  });
  test('reading only ever adds secrecy and takes integrity', () => {
    assert(
      property(pair, pair, (agent, labels) => {
        const change = agentChange(agent, accumulateFromRead(agent, resourceOf(labels)));
        expect([change.secrecyLost, change.integrityGained]).toEqual([[], []]);
      }),
    );
  });
});

describe('texts', () => {
  const secret = makeResource('d', ['s'], []);
  test('integrity masks secrecy in a denied read', () => {
    const { integrityToDrop, secrecyToAdd } = evaluate('filter', 'read', { secrecy: [], integrity: ['i'] }, secret);
    expect({ integrityToDrop, secrecyToAdd }).toEqual({ integrityToDrop: ['i'], secrecyToAdd: [] });
  });
  test('a propagated read names both, secrecy first', () => {
    proves('gateway:202');
    expect(evaluate('propagate', 'read', { secrecy: [], integrity: ['j', 'i'] }, secret).reason).toBe(
      'Read allowed with label propagation: adding secrecy tags [s] and dropping integrity tags [i j]',
    );
  });
  test('a read-write that would propagate is a plain allow', () => {
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
  ])('mode %j is %s', (text, mode) => {
    proves('gateway:205');
    expect(parseEnforcementMode(text)).toEqual({ ok: true, mode });
  });
  test.each([' filter', 'audit'])('mode %j is unknown', (text) => {
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
  ] as const)('a coarse deny of a %s is %s', (operation, outcome) => {
    proves('gateway:221', 'gateway:222');
    expect(coarseOutcome(operation, denied)).toBe(outcome);
    expect(coarseOutcome(operation, allowed)).toBe('allowed');
  });
  test('label_response, blocking and accumulating by operation and mode', () => {
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
  const nothing: LabeledItem = { data: null, labels: null, origin: 'legacy', path: '' };

  test('the whole has the union of both, items without labels aside; none has none', () => {
    proves('gateway:179', 'gateway:214');
    const { secrecy, integrity } = overallLabels({ items: [item(['a'], ['i']), nothing, item(['a', 'b'], ['j'])] });
    expect({ secrecy, integrity }).toEqual({ secrecy: ['a', 'b'], integrity: ['i', 'j'] });
    expect(overallLabels({ items: [] })).toMatchObject({ secrecy: [], integrity: [] });
  });
  test('items are evaluated with the operation of the call', () => {
    proves('gateway:210');
    const agent = { secrecy: ['s'], integrity: [] };
    const collection = { items: [item(['s'], []), item([], [])] };
    const kept = (operation: 'read' | 'read-write'): readonly boolean[] | undefined =>
      filterCollection('filter', operation, agent, collection)?.map(({ allowed }) => allowed);
    expect([kept('read'), kept('read-write')]).toEqual([
      [true, true],
      [true, false],
    ]);
  });
  test('an item without labels has no answer', () => {
    expect(filterCollection('strict', 'read', emptyAgent, { items: [item([], []), nothing] })).toBeNull();
  });
});

describe('agents', () => {
  test('label_agent adds trimmed tags and takes none away', () => {
    proves('gateway:127');
    const agent = addAgentTags(makeAgent(['b'], ['x']), { secrecy: [' a ', 'b', ' '], integrity: [] });
    expect(agent).toEqual({ secrecy: ['a', 'b'], integrity: ['x'] });
  });
  test('a resource without integrity takes all of it; a wildcard there is no more than a tag', () => {
    proves('gateway:227');
    expect(accumulateFromRead(makeAgent([], ['i']), makeResource('r', [], []))).toEqual({ secrecy: [], integrity: [] });
    expect(accumulateFromRead(makeAgent([], ['i']), makeResource('r', [], ['*'])).integrity).toEqual([]);
  });
  test('after a secret read a public write is blocked, unless the sink takes these secrets', () => {
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
