/** Answers to look-ups from a file: their form, and that they answer only what the trace does not. */
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/base/json.ts';
import { type CassetteEntry, CassettePlayer } from '../../../src/core/trace/model/cassette.ts';
import { fixturesFor, type LookupFixture, readLookupFixtures } from '../../../src/core/trace/model/lookupFixtures.ts';

function read(value: JsonValue): readonly LookupFixture[] {
  const fixtures = readLookupFixtures(value);
  if (!fixtures.ok) throw new Error(fixtures.reason);
  return fixtures.value;
}

describe('the form', () => {
  test('is a list of questions with their answers', () => {
    const lookups = [
      { tool: 'a', arguments: { y: 1, x: 2 }, result: { content: [] } },
      { server: 's', tool: 'b', error: 'gone' },
    ];
    const expected = [
      { server: null, tool: 'a', argsText: '{"x":2,"y":1}', answer: { result: { content: [] } } },
      { server: 's', tool: 'b', argsText: '{}', answer: { error: 'gone' } },
    ];
    expect(read({ lookups })).toEqual(expected);
    expect(read(lookups)).toEqual(expected);
    expect(read([{ tool: 'a', result: null }])[0]?.answer).toEqual({ result: null });
  });

  test.each<readonly [string, JsonValue, string]>([
    ['no list', { lookup: [] }, 'it has no list "lookups"'],
    ['an entry that is no object', [{ tool: 'a', result: 1 }, 7], 'look-up 2 is not an object'],
    ['a misspelt member', [{ tool: 'a', args: {}, result: 1 }], 'look-up 1 has the unknown member "args"'],
    ['no tool', [{ result: 1 }], 'look-up 1 has no "tool"'],
    ['no answer', [{ tool: 'a' }], 'look-up 1 needs either "result" or "error"'],
    ['two answers', [{ tool: 'a', result: 1, error: 'x' }], 'look-up 1 needs either "result" or "error"'],
    ['arguments that are a list', [{ tool: 'a', arguments: [], result: 1 }], 'look-up 1 has "arguments"'],
    ['an error that is a number', [{ tool: 'a', error: 3 }], 'look-up 1 has an "error" that is not a string'],
    ['a server that is a number', [{ server: 3, tool: 'a', error: '' }], 'look-up 1 has a "server"'],
  ])('with %s is refused with its place', (_, value, reason) => {
    const fixtures = readLookupFixtures(value);
    expect(fixtures.ok ? '' : fixtures.reason).toContain(reason);
  });
});

describe('a fixture', () => {
  const recorded: CassetteEntry = { tool: 'a', argsText: '{}', answer: { result: 'recorded' }, call: 0, line: 3 };
  const fixtures = read([
    { tool: 'a', result: 'written' },
    { tool: 'b', arguments: { n: 1 }, result: 'written' },
  ]);

  test('answers as often as it is asked, and only where the trace has no answer', () => {
    const player = new CassettePlayer({ entries: [recorded], fixtures });
    expect(player.answer('a', {}).answer).toEqual({ result: 'recorded' });
    expect(player.answer('a', {})).toMatchObject({ answer: { result: 'recorded' }, reused: true });
    for (let time = 0; time < 3; time++) {
      expect(player.answer('b', { n: 1 })).toEqual({
        answer: { result: 'written' },
        miss: false,
        line: null,
        reused: false,
      });
    }
    expect(player.answer('b', { n: 2 }).miss).toBe(true);
  });

  test('stays when the trace grows, and gives way to the answer that came', () => {
    const player = new CassettePlayer({ entries: [], fixtures });
    expect(player.answer('a', {}).answer).toEqual({ result: 'written' });
    player.extend({ entries: [recorded], adds: true });
    expect(player.answer('a', {}).answer).toEqual({ result: 'recorded' });
    expect(player.answer('b', { n: 1 }).answer).toEqual({ result: 'written' });
  });

  test('that names the server wins over one that names none', () => {
    const both = read([
      { tool: 'a', result: 'any' },
      { server: 's', tool: 'a', result: 'own' },
      { server: 't', tool: 'a', result: 'other' },
    ]);
    const player = new CassettePlayer({ entries: [], fixtures: fixturesFor('s', both) });
    expect(player.answer('a', {}).answer).toEqual({ result: 'own' });
  });
});
