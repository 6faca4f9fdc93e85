/** Pairing by id and direction. */
import { expect, test } from 'vitest';
import { Exchanges } from '../../../src/core/mcp/pairing.ts';

test('answers find their requests in any order', () => {
  const exchanges = new Exchanges<string>();
  exchanges.request('client', 1, 'first');
  exchanges.request('client', 2, 'second');
  expect(exchanges.respond('server', 2)).toBe('second');
  expect(exchanges.respond('server', 1)).toBe('first');
  expect(exchanges.respond('server', 1)).toBeUndefined();
});

test('both sides may use the same ids', () => {
  const exchanges = new Exchanges<string>();
  exchanges.request('client', 1, 'from client');
  exchanges.request('server', 1, 'from server');
  expect(exchanges.respond('client', 1)).toBe('from server');
  expect(exchanges.respond('server', 1)).toBe('from client');
});

test('an id alone means a request only where no other is open with it', () => {
  const exchanges = new Exchanges<string>();
  exchanges.request('client', 1, 'one', 1);
  expect(exchanges.only('client', 1)).toBe('one');
  exchanges.request('client', 1, 'two', 2);
  expect(exchanges.only('client', 1)).toBeUndefined();
  exchanges.respond('server', 1, 1);
  expect(exchanges.only('client', 1)).toBe('two');
  expect(exchanges.only('client', 2)).toBeUndefined();
});

test('distinguishes a number from a string with the same digits', () => {
  const exchanges = new Exchanges<string>();
  exchanges.request('client', 1, 'number');
  expect(exchanges.respond('server', '1')).toBeUndefined();
  expect(exchanges.respond('server', 1)).toBe('number');
});

test('a reused id returns the replaced request, and its answer goes to the newer one', () => {
  const exchanges = new Exchanges<string>();
  expect(exchanges.request('client', 1, 'old')).toBeUndefined();
  exchanges.request('client', 2, 'other');
  expect(exchanges.request('client', 1, 'new')).toBe('old');
  expect(exchanges.unanswered('client')).toEqual(['other', 'new']);
  expect(exchanges.respond('server', 1)).toBe('new');
  expect(exchanges.unanswered('client')).toEqual(['other']);
  expect(exchanges.unanswered('server')).toEqual([]);
});
