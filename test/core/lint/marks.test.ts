/** The marks of a decision: no labels of the response, look-ups that were not recorded, mistakes of the author. */
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../src/core/base/parsed.ts';
import type { DecisionRecord } from '../../../src/core/difc/record/decision.ts';
import { hasStrictFinding, marksOf } from '../../../src/core/lint/strictFindings.ts';
import { decision, guardCall } from '../../support/records/decisions.ts';
import { proves } from '../../support/proves.ts';

const problem = (code: string, severity: Problem['severity'] = 'warning'): Problem => ({
  severity,
  code,
  message: 'm',
});
const response = guardCall({ function: 'label_response', output: '' });
const missed = {
  ...{
    tool: 't',
    args: null,
    reached: true,
    code: -1,
    resultText: null,
    error: null,
    capacity: 1,
    attempt: 0,
    atMs: 0,
  },
  end: 'no-recorded-answer',
  durationMs: 0,
} as const;

describe('the marks of', () => {
  it.each<
    readonly [title: string, record: Partial<DecisionRecord>, problems: readonly Problem[], marks: readonly string[]]
  >([
    ['an ordinary call', {}, [], []],
    ['a call without labels of the response', { guardCalls: [guardCall(), response] }, [], ['unlabeled']],
    [
      'an error result without labels',
      { guardCalls: [response], backendResult: { content: [], isError: true } },
      [],
      [],
    ],
    ['a response with items', { guardCalls: [response], items: [] }, [], []],
    ['a write, whose response is not labelled', { operation: 'write' }, [], []],
    [
      'a call that failed in label_response',
      { guardCalls: [response], error: 'e', endedIn: 4, outcome: 'error' },
      [],
      [],
    ],
    ['a look-up that was not recorded', { guardCalls: [guardCall({ backendCalls: [missed] })] }, [], ['unrecorded']],
    ['a warning of lint', {}, [problem('lint/unknown-field')], ['lint']],
    ['a note of lint', {}, [problem('lint/lone-tags', 'info')], []],
    ['a quirk that is a mistake', {}, [problem('difc/unknown-operation')], ['lint']],
    ['a quirk of the gateway', {}, [problem('difc/is-error-lost')], []],
    [
      'all of them',
      { guardCalls: [guardCall({ backendCalls: [missed] }), response] },
      [problem('lint/x')],
      ['lint', 'unlabeled', 'unrecorded'],
    ],
  ])('%s', (_title, patch, problems, marks) => {
    proves('own:lint-marks');
    const record = decision(patch);
    expect(marksOf(record, problems)).toEqual(marks);
    const strict = marks.includes('lint') || marks.includes('unrecorded');
    expect(hasStrictFinding({ ...record, marks: marksOf(record, problems) })).toBe(strict);
  });
});
