/** Answers that the gateway refuses or that take data away are reported with the values that it accepts. */
import { describe, expect, it } from 'vitest';
import { proves } from '../../support/proves.ts';
import { type Answers, lintOf } from './lintedCall.ts';

const labels = { secrecy: [], integrity: [] };

describe('the finding', () => {
  it.each<readonly [answers: Answers, code: string, message: string, hint: string]>([
    [
      { label_agent: { agent: labels } },
      'difc-mode',
      'The answer of label_agent has no "difc_mode"',
      'The modes are "strict", "filter" and "propagate"',
    ],
    [
      { label_agent: { agent: labels, difc_mode: ' ' } },
      'difc-mode',
      'has no "difc_mode"',
      'Add "difc_mode": "filter"',
    ],
    [
      { label_agent: { agent: labels, difc_mode: 'filtered' } },
      'difc-mode',
      'does not know the difc_mode "filtered"',
      'Did you mean "filter"?',
    ],
    [
      { label_agent: { agent: labels, difc_mode: 'strict ' } },
      'difc-mode',
      'does not know the difc_mode "strict "',
      'Did you mean "strict"?',
    ],
    [
      { label_agent: { agent: labels, difc_mode: 'enforce' } },
      'difc-mode',
      'does not know the difc_mode "enforce"',
      'The modes are',
    ],
    [{ label_agent: { agent: labels, difc_mode: 1 } }, 'difc-mode', 'does not know the difc_mode 1', 'The modes are'],
    [
      { label_resource: { operation: 'read' } },
      'missing-resource',
      'has no "resource", so the gateway refuses the call',
      '"resource": {',
    ],
    [
      { label_resource: { resource: 'r', operation: 'read' } },
      'missing-resource',
      'has "r" as "resource", which is not an object',
      '"resource": {',
    ],
    [{ label_resource: { resource: null } }, 'missing-resource', 'has null as "resource"', '"resource": {'],
    [{ label_resource: {} }, 'missing-resource', 'has no "resource"', 'return -1'],
    [
      { label_response: { items: [1, { data: 1, labels }] } },
      'legacy-item',
      'Entry 0 of items is 1, not an object, so the gateway drops it',
      '"data": …',
    ],
    [
      { label_response: { items: [{ labels }] } },
      'legacy-item',
      'Entry 0 of items has no "data", so the client gets null',
      'labeled_paths',
    ],
  ])('about %j', (answers, code, message, hint) => {
    proves('own:lint-answers');
    const found = lintOf(answers).filter((one) => one.code === `lint/${code}`);
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toContain(message);
    expect(found[0]?.hint).toContain(hint);
    expect(found[0]?.excerpt?.title).toMatch(/^label_\w+ answered$/);
  });

  it('about a misspelt resource also says what was meant', () => {
    const found = lintOf({ label_resource: { resources: labels, operation: 'read' } });
    expect(found.map(({ code, fix }) => [code, fix?.by])).toEqual([
      ['lint/unknown-field', 'resource'],
      ['lint/missing-resource', undefined],
    ]);
  });
});

describe('no finding about', () => {
  it.each<readonly [title: string, answers: Answers]>([
    ['a mode in upper case', { label_agent: { agent: labels, difc_mode: 'FILTER' } }],
    ['an error that the guard reports', { label_agent: { success: false, error: 'no such policy' } }],
    ['a refusal without a text', { label_agent: { ok: false } }],
    ['an empty resource', { label_resource: { resource: {}, operation: 'read' } }],
    ['items that are null', { label_response: { items: null } }],
    ['legacy items with data that is null', { label_response: { items: [{ data: null, labels }] } }],
  ])('%s', (_title, answers) => expect(lintOf(answers)).toEqual([]));
});
