/** The gateway's texts: levels, scopes, violations, notices, rate limits and refusals (behaviours 8.13 and 8.17). */
import { describe, expect, test } from 'vitest';
import { allowedToolError, countToolCall } from '../../../../src/core/difc/monitor/limits.ts';
import {
  blockedError,
  filteredNotice,
  policyName,
  singleItemError,
} from '../../../../src/core/difc/monitor/notices.ts';
import { isRateLimitText, rateLimitText } from '../../../../src/core/difc/monitor/rateLimit.ts';
import { makeResource } from '../../../../src/core/difc/monitor/resource.ts';
import { isSingularTool } from '../../../../src/core/difc/monitor/toolPolicy.ts';
import {
  formatViolation,
  integrityLevel,
  secrecyScope,
  splitTag,
} from '../../../../src/core/difc/monitor/violations.ts';
import { proves } from '../../../support/proves.ts';

test.each([
  ['approved:acme', 'approved', 'acme'],
  ['a:b:c', 'a', 'b:c'],
  ['private:', 'private', ''],
  [':x', ':x', ''],
  ['x', 'x', ''],
  ['', '', ''],
])('tag %j has level %j and scope %j', (tag, base, scope) => {
  proves('gateway:236');
  expect(splitTag(tag)).toEqual({ base, scope });
});

test.each([
  [[], 'none'],
  [['unapproved:a', 'merged'], '"merged"'],
  [['unapproved:a', 'approved:b'], '"approved"'],
  [['none:a', 'unapproved'], '"unapproved"'],
  [['none:x'], '[none:x]'],
  [['z', 'a'], '[a z]'],
  [[':approved'], '[:approved]'],
  [['integrity=approved;scopes=a,b'], '[integrity=approved;scopes=a,b]'],
])('integrity %j has the text %s', (tags, text) => {
  proves('gateway:234');
  expect(integrityLevel(tags)).toBe(text);
});

test.each([
  [[], 'public'],
  [['private:a', 'private:a/b', 'private'], 'private (a/b)'],
  [['private', 'x'], 'private'],
  [['private:'], '[private:]'],
  [['internal:a'], '[internal:a]'],
  [['private:éé', 'private:abc'], 'private (éé)'],
])('secrecy %j has the text %s', (tags, text) => {
  proves('gateway:235');
  expect(secrecyScope(tags)).toBe(text);
});

describe('the violation text', () => {
  const agent = { secrecy: ['b', 'a'], integrity: [] };
  const resource = makeResource('r', [], ['i']);
  const base = { decision: 'deny', reason: 'WHY', secrecyToAdd: [], integrityToDrop: [] } as const;

  test('is null for an allowed access', () => {
    proves('gateway:232');
    expect(formatViolation({ ...base, decision: 'allow' }, agent, resource)).toBeNull();
  });
  test('has both parts for missing secrecy and integrity', () => {
    proves('gateway:232');
    const evaluation = { ...base, secrecyToAdd: ['s'], integrityToDrop: ['k', 'j'] };
    expect(formatViolation(evaluation, agent, resource)).toBe(
      `DIFC Violation: WHY

Required Action: Add secrecy tags [s]

Implications of adding secrecy tags:
  - Agent will be restricted from writing to resources that lack these tags
  - This includes public resources (e.g., public repositories, public internet)
  - Agent will be marked as handling sensitive information
  - Future writes must target resources with tags: [s]

Required Action: Drop integrity tags [j k]

Implications of dropping integrity tags:
  - Agent will no longer be able to write to high-integrity resources
  - Specifically, agent cannot write to resources requiring tags: [j k]
  - This action acknowledges that agent has been influenced by lower-integrity data
  - Agent's outputs will be considered less trustworthy

Current Agent Labels:
  Secrecy: [a b]
  Integrity: []

Resource Requirements:
  Secrecy: []
  Integrity: [i]
`,
    );
  });
  test('exists for a propagated read, and has only the labels when there are no tags', () => {
    proves('gateway:232', 'gateway:233');
    expect(formatViolation({ ...base, decision: 'allow-with-propagate' }, agent, resource)).toMatch(
      /^DIFC Violation: WHY\n\n\nCurrent Agent Labels:\n/,
    );
  });
});

describe('notices', () => {
  const item = (description: string, reason: string, secrecyToAdd: readonly string[] = []) => ({
    description,
    reason,
    secrecyToAdd,
  });
  test.each([
    [[], null],
    [
      [item('A', 'R')],
      '[Filtered] 1 item(s) in this response were removed by integrity policy and are not shown: A (R).',
    ],
    [
      [item('A', '', ['s']), item('', 'R', ['s'])],
      '[Filtered] 2 item(s) in this response were removed by secrecy policy and are not shown: A; R.',
    ],
    [
      [item('', '', ['s']), item('', '')],
      '[Filtered] 2 item(s) in this response were removed by access policy and are not shown.',
    ],
    [
      Array.from({ length: 6 }, () => item('A', 'R')),
      '[Filtered] 6 item(s) in this response were removed by integrity policy and are not shown.',
    ],
  ])('the notice of filtered items, case %#', (items, notice) => {
    proves('gateway:315');
    expect(filteredNotice(items)).toBe(notice);
  });
  test('five items are named', () => {
    proves('gateway:315');
    expect(filteredNotice(Array.from({ length: 5 }, () => item('A', '')))).toMatch(/not shown: A; A; A; A; A\.$/);
  });
  test('the policy without items is the access policy', () => expect(policyName([])).toBe('access policy'));
  test.each([
    [item('D', 'R'), '[Filtered] D exists but is not accessible — filtered by integrity policy (R)'],
    [item('', '', ['s']), '[Filtered] resource exists but is not accessible — filtered by secrecy policy'],
  ])('the error of a single withheld item, case %#', (one, text) => {
    proves('gateway:316');
    expect(singleItemError(one)).toBe(text);
  });
  test('the error of a blocked response has both counts', () => {
    expect(blockedError(1, 3, 'a1')).toBe(
      'DIFC policy violation: 1 of 3 items in response are not accessible to agent a1',
    );
  });
  test.each([
    ['list_issues', false],
    ['search_code', false],
    ['issue_read', true],
    ['List_issues', true],
    ['list', true],
  ])('the tool %s is singular: %s', (tool, singular) => {
    proves('gateway:317');
    expect(isSingularTool(tool)).toBe(singular);
  });
});

describe('rate limits', () => {
  test.each([
    ['API RATE LIMIT for user', true],
    ['secondary rate limit', true],
    ['Too Many Requests', true],
    ['rate limit exceeded', true],
    ['403: a rate limit', true],
    ['rate limit', false],
    ['403', false],
    ['', false],
  ])('the text %j is a rate limit: %s', (text, limited) => expect(isRateLimitText(text)).toBe(limited));
  test('only results with isError true are rate limits, with the joined text', () => {
    const content = [{ text: 'Too many' }, { type: 'image', text: 'x' }, { type: 'odd', text: ' requests' }];
    expect(rateLimitText({ content, isError: true })).toBe('Too many requests');
    expect(rateLimitText({ content, isError: 'true' })).toBeNull();
    expect(rateLimitText({ content })).toBeNull();
    expect(rateLimitText(['Too many requests'])).toBeNull();
  });
});

describe('refusals', () => {
  test.each([
    [null, null],
    [[], null],
    [['a', '*'], null],
    [['x"y'], null],
    [['a'], 'tool "x\\"y" is not in the allowed-tools list for this server'],
  ])('a tool is refused by the list %j: %j', (allowed, error) => expect(allowedToolError('x"y', allowed)).toBe(error));
  test('a budget counts attempts until it is used up', () => {
    proves('gateway:305');
    const limits = new Map([
      ['t', 2],
      ['free', 0],
    ]);
    let counts: ReadonlyMap<string, number> = new Map();
    const results = ['t', 'free', 't', 'other', 't'].map((tool) => {
      const budget = countToolCall(tool, limits, counts);
      if (budget.ok) counts = budget.counts;
      return budget.ok ? 'ok' : budget.error;
    });
    expect(results).toEqual(['ok', 'ok', 'ok', 'ok', 'tool call limit reached for "t" (max: 2)']);
    expect([...counts]).toEqual([['t', 2]]);
  });
});
