/** Quirks of the gateway are found in the records where they occur, and in no others. */
import { describe, expect, test } from 'vitest';
import { findQuirks } from '../../../../src/core/difc/account/quirks.ts';
import { makeResource } from '../../../../src/core/difc/monitor/resource.ts';
import { approved, type Call, decide, guardCall, textResultOf } from '../monitor/decide.ts';
import { proves } from '../../../support/proves.ts';

const trusted = { secrecy: [], integrity: approved('acme') };
const good = makeResource('good', [], approved('acme'));
const poor = makeResource('poor', [], ['none:acme']);
const secret = makeResource('secret', ['private:x'], []);
const one = textResultOf([1]);
const two = textResultOf([1, 2]);

describe('findQuirks finds', () => {
  test.each<readonly [code: string, call: Call]>([
    ['unknown-operation', { operation: 'write', guardCalls: [guardCall('label_resource', '{"operation":"Read"}')] }],
    ['unknown-operation', { operation: 'write', guardCalls: [guardCall('label_resource', '{}')] }],
    ['empty-label-response', { guardCalls: [guardCall('label_response', '')] }],
    ['unlabeled-items', { resource: good, backend: two, labels: { paths: { '/0': good } } }],
    ['integrity-masks-secrecy', { agent: trusted, backend: one, labels: { defaults: secret } }],
    ['integrity-masks-secrecy', { agent: trusted, operation: 'read-write', resource: secret }],
    ['unlabeled-after-deny', { agent: trusted, labels: null }],
    ['item-without-labels', { collection: { items: [{ data: 1, labels: null, origin: 'legacy', path: '' }] } }],
    ['write-already-happened', { operation: 'read-write', responseError: 'x' }],
    ['is-error-lost', { backend: { content: [{ text: 'x' }], isError: true }, labels: { defaults: good } }],
    ['wrapped-result', { backend: textResultOf({ n: 1 }), labels: { defaults: good } }],
    ['envelope-lost', { backend: textResultOf({ items: [1] }), labels: { itemsPath: '/items' } }],
    [
      'withheld-items-count',
      {
        mode: 'propagate',
        operation: 'read-write',
        agent: { secrecy: ['s'], integrity: [] },
        resource: makeResource('r', ['s'], []),
        backend: two,
        labels: { paths: { '/0': makeResource('a', ['t'], []) }, defaults: makeResource('b', ['s'], []) },
      },
    ],
    ['empty-list-wipes-integrity', { mode: 'propagate', agent: trusted, labels: {} }],
    [
      'trusted-item-vouches',
      { mode: 'propagate', agent: trusted, backend: two, labels: { paths: { '/0': poor }, defaults: good } },
    ],
  ])('%s', (code, call) => {
    proves('own:quirks-pointed-out');
    const found = findQuirks(decide(call).record).find((quirk) => quirk.code === `difc/${code}`);
    expect(found?.message).toMatch(/^[A-Z1l].*[^.]$/);
    expect(found?.anchor).toBeTypeOf('number');
  });
});

describe('findQuirks finds nothing for', () => {
  test.each<readonly [title: string, call: Call]>([
    ['an allowed read of labelled items', { agent: trusted, backend: one, resource: good, labels: { defaults: good } }],
    [
      'an allowed write',
      { agent: trusted, operation: 'write', guardCalls: [guardCall('label_resource', '{"operation":"write"}')] },
    ],
    ['a withheld item for integrity alone', { agent: trusted, backend: one, labels: { defaults: poor } }],
    ['no labels after an allowed check', { guardCalls: [guardCall('label_response', '{}')], labels: null }],
    ['a propagated read of one item', { mode: 'propagate', agent: trusted, backend: one, labels: { defaults: poor } }],
    ['an empty list for an agent without integrity', { mode: 'propagate', labels: {} }],
    ['an error result passed on without labels', { backend: { content: [], isError: true }, labels: null }],
    ['a failed backend', { operation: 'read-write', backendError: 'x' }],
    ['a rate limit', { agent: trusted, backend: { content: [{ text: 'too many requests' }], isError: true } }],
    ['bad arguments', { args: 1 }],
    [
      'output of label_resource that is not JSON',
      { operation: 'write', guardCalls: [guardCall('label_resource', '{')] },
    ],
  ])('%s', (_title, call) => expect(findQuirks(decide(call).record)).toEqual([]));
});
