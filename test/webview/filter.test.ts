/** Tests of the filter box and its chips. */
import { noFilter } from '../../src/core/protocol/rows.ts';
import { describe, expect, it } from 'vitest';
import { isEmptyFilter, parseQuery, withName, sameFilter, toggleStatus } from '../../webview/models/filter.ts';

describe('parseQuery', () => {
  it.each([
    ['', [], noFilter],
    ['server:github', [], { ...noFilter, servers: ['github'] }],
    ['Server:a,b issue agent:x', [], { ...noFilter, text: 'issue', servers: ['a', 'b'], agents: ['x'] }],
    ['agent:"team, one" server:a server:b', [], { ...noFilter, servers: ['a', 'b'], agents: ['team, one'] }],
    ['agent:"not closed', [], { ...noFilter, text: 'closed', agents: ['"not'] }],
    [
      'clause:Repos=a/b,min-integrity clause:"blocked-users=a, b"',
      [],
      { ...noFilter, clauses: ['Repos=a/b', 'min-integrity', 'blocked-users=a, b'] },
    ],
    ['server: agent:"" server:,', [], { ...noFilter, text: 'server: agent:"" server:,' }],
    ['server:is:denied', [], { ...noFilter, servers: ['is:denied'] }],
    ['  list   issues ', [], { ...noFilter, text: 'list issues' }],
    ['is:denied', [], { ...noFilter, statuses: ['denied'] }],
    ['is:denied issue', ['error'], { ...noFilter, text: 'issue', statuses: ['denied', 'error'] }],
    ['IS:Error,denied', [], { ...noFilter, statuses: ['denied', 'error'] }],
    ['is:denied is:denied', ['denied'], { ...noFilter, statuses: ['denied'] }],
    ['is:unlabeled,denied', ['lint'], { ...noFilter, statuses: ['denied', 'unlabeled', 'lint'] }],
    ['is:unfiltered', [], { ...noFilter, statuses: ['unlabeled'] }],
    ['is:refused', [], { ...noFilter, text: 'is:refused' }],
    ['is:denied,refused', [], { ...noFilter, text: 'is:denied,refused' }],
    ['is: is:,', [], { ...noFilter, text: 'is: is:,' }],
    ['is:toString', [], { ...noFilter, text: 'is:toString' }],
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

describe('withName', () => {
  it.each([
    ['', 'github', 'server:github'],
    ['issue is:denied', 'github', 'issue is:denied server:github'],
    ['server:a,b issue agent:x server:c', 'd', 'issue agent:x server:d'],
    ['server:"team one" issue', null, 'issue'],
    ['issue', 'team one', 'issue server:"team one"'],
  ])('of "%s" and %s is "%s"', (query, name, expected) => {
    expect(withName(query, 'server', name)).toBe(expected);
  });

  it.each(['github', 'team one', 'a,b', 'is:denied', 'x"y'])('names the agent %s again when it is parsed', (name) => {
    expect(parseQuery(withName('list', 'agent', name), [])).toEqual({ ...noFilter, text: 'list', agents: [name] });
  });
});
