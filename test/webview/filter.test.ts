/** Tests of the filter box and its chips. */
import { describe, expect, it } from 'vitest';
import { isEmptyFilter, parseQuery, sameFilter, toggleStatus } from '../../webview/models/filter.ts';

describe('parseQuery', () => {
  it.each([
    ['', [], { text: '', statuses: [] }],
    ['  list   issues ', [], { text: 'list issues', statuses: [] }],
    ['is:denied', [], { text: '', statuses: ['denied'] }],
    ['is:denied issue', ['error'], { text: 'issue', statuses: ['denied', 'error'] }],
    ['IS:Error,denied', [], { text: '', statuses: ['denied', 'error'] }],
    ['is:denied is:denied', ['denied'], { text: '', statuses: ['denied'] }],
    ['is:unlabeled,denied', ['lint'], { text: '', statuses: ['denied', 'unlabeled', 'lint'] }],
    ['is:refused', [], { text: 'is:refused', statuses: [] }],
    ['is:denied,refused', [], { text: 'is:denied,refused', statuses: [] }],
    ['is: is:,', [], { text: 'is: is:,', statuses: [] }],
    ['is:toString', [], { text: 'is:toString', statuses: [] }],
  ] as const)('%j with %j', (query, chips, filter) => {
    expect(parseQuery(query, chips)).toEqual(filter);
  });
});

it('compares filters and toggles chips', () => {
  expect(isEmptyFilter(parseQuery(' ', []))).toBe(true);
  expect(isEmptyFilter(parseQuery('', ['denied']))).toBe(false);
  expect(sameFilter(parseQuery('is:denied a', []), parseQuery('a', ['denied']))).toBe(true);
  expect(sameFilter(parseQuery('a', []), parseQuery('a', ['denied']))).toBe(false);
  expect(toggleStatus(['denied'], 'error')).toEqual(['denied', 'error']);
  expect(toggleStatus(['denied', 'error'], 'denied')).toEqual(['error']);
});
