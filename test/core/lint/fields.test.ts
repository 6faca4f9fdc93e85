/** Members of an answer that the gateway ignores are reported with the name or the place that it reads; what it reads is not. */
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json.ts';
import { proves } from '../../support/proves.ts';
import { type Answers, lintOf, right } from './lintedCall.ts';

const labels = { secrecy: [], integrity: ['approved:o'] };
const item = (labelled: JsonValue): Answers => ({ label_response: { labeled_paths: [labelled] }, data: [1] });
const mode = { difc_mode: 'filter' };
const read = { operation: 'read' };

describe('a misspelt member', () => {
  it.each<readonly [answers: Answers, word: string, at: string, by: string]>([
    [{ label_agent: { ...mode, agents: labels } }, 'agents', '/agents', 'agent'],
    [{ label_agent: { ...mode, agent: { ...labels, secret: [] } } }, 'secret', '/agent/secret', 'secrecy'],
    [
      { label_agent: { ...mode, agent: labels, normalizedPolicy: {} } },
      'normalizedPolicy',
      '/normalizedPolicy',
      'normalized_policy',
    ],
    [{ label_agent: { ...mode, agent: labels, OK: true } }, 'OK', '/OK', 'ok'],
    [{ label_resource: { ...read, resource: { Secrecy: [] } } }, 'Secrecy', '/resource/Secrecy', 'secrecy'],
    [{ label_resource: { ...read, resource: { secrecies: [] } } }, 'secrecies', '/resource/secrecies', 'secrecy'],
    [{ label_resource: { ...read, resource: { secrecyTags: [] } } }, 'secrecyTags', '/resource/secrecyTags', 'secrecy'],
    [{ label_resource: { ...read, resource: { integrety: [] } } }, 'integrety', '/resource/integrety', 'integrity'],
    [{ label_resource: { ...read, resource: { desc: '' } } }, 'desc', '/resource/desc', 'description'],
    [{ label_resource: { resource: labels, op: 'read' } }, 'op', '/op', 'operation'],
    [{ label_resource: { resource: labels, operations: 'read' } }, 'operations', '/operations', 'operation'],
    [{ label_response: { labeledPaths: [] } }, 'labeledPaths', '/labeledPaths', 'labeled_paths'],
    [{ label_response: { labelled_paths: [] } }, 'labelled_paths', '/labelled_paths', 'labeled_paths'],
    [{ label_response: { Labeled_Paths: [] } }, 'Labeled_Paths', '/Labeled_Paths', 'labeled_paths'],
    [
      { label_response: { labeled_paths: [], defaultLabels: labels } },
      'defaultLabels',
      '/defaultLabels',
      'default_labels',
    ],
    [{ label_response: { labeled_paths: [], labels } }, 'labels', '/labels', 'default_labels'],
    [{ label_response: { labeled_paths: [], item_path: '' } }, 'item_path', '/item_path', 'items_path'],
    [item({ paths: '/0', labels }), 'paths', '/labeled_paths/0/paths', 'path'],
    [item({ path: '/0', label: labels }), 'label', '/labeled_paths/0/label', 'labels'],
    [
      item({ path: '/0', labels: { ...labels, 'integrity-tags': [] } }),
      'integrity-tags',
      '/labeled_paths/0/labels/integrity-tags',
      'integrity',
    ],
    [{ label_response: { items: [{ data: 1, labels, Labels: 1 }] } }, 'Labels', '/items/0/Labels', 'labels'],
    [
      { label_response: { items: [{ data: 1, labels: { Integrity: [] } }] } },
      'Integrity',
      '/items/0/labels/Integrity',
      'integrity',
    ],
  ])('%j', (answers, word, at, by) => {
    proves('own:lint-fields');
    const found = lintOf(answers).filter(({ code }) => code === 'lint/unknown-field');
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      severity: 'warning',
      subject: word,
      fix: { kind: 'rename', at, replace: word, by },
    });
    expect(found[0]?.message).toContain(JSON.stringify(word));
    expect(found[0]?.hint).toContain(`Did you mean "${by}"?`);
    expect(found[0]?.excerpt?.text).toContain(JSON.stringify(word));
  });

  it('without a similar name is reported with the names that the gateway reads', () => {
    const found = lintOf({ label_resource: { ...read, resource: labels, debug: 7 } });
    expect(found.map(({ code, hint, fix }) => [code, hint, fix])).toEqual([
      ['lint/unknown-field', 'The gateway reads "resource", "operation" here', undefined],
    ]);
  });

  it('that repeats in a list is one finding', () => {
    const entries = [0, 1, 2].map((index) => ({ path: `/${index}`, labels: { ...labels, secrets: [] } }));
    const found = lintOf({ label_response: { labeled_paths: entries }, data: [1, 2, 3] });
    expect(found.map(({ fix }) => fix?.at)).toEqual(['/labeled_paths/0/labels/secrets']);
  });
});

describe('a member at the wrong level', () => {
  it.each<readonly [answers: Answers, at: string, belongs: string]>([
    [{ label_agent: { ...mode, agent: {}, secrecy: [] } }, '/secrecy', '/agent/secrecy'],
    [{ label_agent: { ...mode, labels } }, '/labels', '/agent'],
    [{ label_agent: { ...mode, agent: { labels } } }, '/agent/labels', '/agent'],
    [{ label_agent: { agent: { ...labels, difc_mode: 'filter' } } }, '/agent/difc_mode', '/difc_mode'],
    [{ label_agent: { agent: { ...labels, difcMode: 'filter' } } }, '/agent/difcMode', '/difc_mode'],
    [{ label_resource: { ...read, resource: { labels } } }, '/resource/labels', '/resource'],
    [{ label_resource: { ...read, resource: {}, integrity: [] } }, '/integrity', '/resource/integrity'],
    [{ label_resource: { resource: { ...labels, operation: 'read' } } }, '/resource/operation', '/operation'],
    [item({ path: '/0', ...labels }), '/labeled_paths/0/integrity', '/labeled_paths/0/labels/integrity'],
    [{ label_response: { labeled_paths: [], secrecy: [] } }, '/secrecy', '/default_labels/secrecy'],
    [
      { label_response: { labeled_paths: [], default_labels: { labels } } },
      '/default_labels/labels',
      '/default_labels',
    ],
    [item({ path: '/0', labels, items_path: '' }), '/labeled_paths/0/items_path', '/items_path'],
    [{ label_response: { items: [{ data: 1, labels, secrecy: [] }] } }, '/items/0/secrecy', '/items/0/labels/secrecy'],
  ])('%j', (answers, at, belongs) => {
    proves('own:lint-fields');
    const found = lintOf(answers).filter(({ code }) => code === 'lint/misplaced-field');
    expect(found.map(({ fix }) => fix)).toContainEqual({ kind: 'move', at, replace: at, by: belongs });
    expect(found.find(({ fix }) => fix?.at === at)?.hint).toContain(belongs);
  });
});

describe('no finding about', () => {
  it.each<readonly [title: string, answers: Answers]>([
    ['right answers', {}],
    [
      'an agent with every member',
      { label_agent: { ...mode, agent: labels, normalized_policy: { a: 1 }, success: true, ok: true, error: '' } },
    ],
    [
      'members whose case does not matter',
      { label_agent: { DIFC_MODE: 'filter', Agent: { Secrecy: [], INTEGRITY: [] } } },
    ],
    ['a resource with every member', { label_resource: { ...read, resource: { description: 'd', ...labels } } }],
    [
      'an entry whose case does not matter',
      item({ Path: '/0', Labels: { Description: '', Secrecy: [], Integrity: [] } }),
    ],
    ['members inside of legacy data', { label_response: { items: [{ data: { secrecy: 1, Labels: 2 }, labels }] } }],
    [
      'members inside of the policy',
      { label_agent: { ...mode, agent: labels, normalized_policy: { secrecy: [], agent: 1 } } },
    ],
    ['an empty answer of label_response', { label_response: {} }],
    ['labels that are null', { label_response: { labeled_paths: null, default_labels: null } }],
    ['an answer that is a list', { label_response: [] }],
    ['an answer that is not JSON', { label_resource: '{"resource":' }],
    ['an empty list of items', { label_response: { items: [] } }],
  ])('%s', (_title, answers) => {
    expect(lintOf(answers).filter(({ code }) => code.endsWith('field'))).toEqual([]);
  });

  it('right answers, at all', () => {
    expect(Object.keys(right)).toHaveLength(3);
    expect(lintOf({})).toEqual([]);
  });
});
