/** Selection of the recorded answer to a look-up: by arguments, by call, and by earlier use. */
import { describe, expect, test } from 'vitest';
import { encodeGoJson } from '../../../../src/core/go/goJson.ts';
import type { JsonValue } from '../../../../src/core/base/json.ts';
import { type CassetteEntry, CassettePlayer, missHint } from '../../../../src/core/trace/model/cassette.ts';
import { expectLinear } from '../../../support/growth.ts';

/** Entries named by their result; the line is their position. */
function cassette(...entries: readonly (readonly [call: number, result: string, args?: JsonValue])[]): CassettePlayer {
  return new CassettePlayer({
    entries: entries.map(([call, result, args = {}], index): CassetteEntry => {
      return { tool: 't', argsText: encodeGoJson(args), answer: { result }, call, line: index + 1 };
    }),
  });
}

/** Makes one look-up in each call; `*` marks a reused answer, `-` a miss. */
function ask(player: CassettePlayer, ...calls: readonly number[]): readonly string[] {
  return calls.map((call) => {
    player.beginCall(call);
    const { answer, miss, reused } = player.answer('t', {});
    return miss ? '-' : `${JSON.stringify(answer.result)}${reused ? '*' : ''}`.replaceAll('"', '');
  });
}

describe('among entries with the same arguments', () => {
  test.each<[string, readonly (readonly [number, string])[], readonly number[], readonly string[]]>([
    [
      'the one of this call',
      [
        [0, 'a'],
        [1, 'b'],
        [2, 'c'],
      ],
      [1, 2, 0],
      ['b', 'c', 'a'],
    ],
    [
      'those of one call in their order',
      [
        [1, 'a'],
        [1, 'b'],
        [1, 'c'],
      ],
      [1, 1, 1],
      ['a', 'b', 'c'],
    ],
    [
      'an earlier unused one rather than a used one',
      [
        [0, 'a'],
        [3, 'd'],
      ],
      [3, 3],
      ['d', 'a'],
    ],
    [
      'the nearer of both sides',
      [
        [0, 'a'],
        [10, 'b'],
      ],
      [3, 4],
      ['a', 'b'],
    ],
    [
      'the nearer of both sides, later',
      [
        [0, 'a'],
        [10, 'b'],
      ],
      [8, 8],
      ['b', 'a'],
    ],
    [
      'the earlier one at the same distance',
      [
        [0, 'a'],
        [10, 'b'],
      ],
      [5, 5],
      ['a', 'b'],
    ],
    [
      'one of an unknown call last',
      [
        [-1, 'x'],
        [4, 'a'],
        [9, 'b'],
      ],
      [4, 4, 4],
      ['a', 'x', 'b'],
    ],
    [
      'a used one again when all are used',
      [
        [0, 'a'],
        [5, 'b'],
      ],
      [0, 5, 6, 1, 5],
      ['a', 'b', 'b*', 'a*', 'b*'],
    ],
    [
      'entries that came out of order',
      [
        [5, 'b'],
        [0, 'a'],
      ],
      [0, 5],
      ['a', 'b'],
    ],
    ['none', [], [0], ['-']],
  ])('%s', (_name, entries, calls, expected) => {
    expect(ask(cassette(...entries), ...calls)).toEqual(expected);
  });
});

describe('arguments', () => {
  const player = (): CassettePlayer =>
    cassette(
      [0, 'number', { n: 7 }],
      [0, 'text', { n: '7' }],
      [0, 'null', null],
      [0, 'empty', {}],
      [0, 'deep', { b: [1, { y: 1, x: 2 }], a: 'é<' }],
    );
  test.each<[JsonValue, string | null]>([
    [{ n: 7 }, 'number'],
    [{ n: '7' }, 'text'],
    [{ n: 7.0 }, 'number'],
    [null, 'null'],
    [{}, 'empty'],
    [{ a: 'é<', b: [1, { x: 2, y: 1 }] }, 'deep'],
    [{ a: 'é<', b: [{ x: 2, y: 1 }, 1] }, null],
    [{ n: 8 }, null],
    [{ n: 7, m: null }, 'number'],
    [[], null],
  ])('%j is %s', (args, expected) => {
    const answer = player().answer('t', args);
    expect(answer.miss ? null : answer.answer.result).toBe(expected);
    if (expected === null) expect(answer.answer.error).toContain('no recorded answer for "t"');
  });
  test('the tool is compared separately from the arguments', () => {
    expect(player().answer('T', { n: 7 }).miss).toBe(true);
    expect(player().answer('t\u0000{"n":7}', {}).miss).toBe(true);
  });
});

test('an answer has its line; an error is also an answer', () => {
  const entries = [{ tool: 'x', argsText: 'null', answer: { error: 'backend down' }, call: 0, line: 42 }];
  const answer = new CassettePlayer({ entries }).answer('x', null);
  expect(answer).toEqual({ answer: { error: 'backend down' }, miss: false, line: 42, reused: false });
  expect(new CassettePlayer({ entries }).answer('y', null).line).toBeNull();
});

test('a look-up that the gateway does not log has its own hint', () => {
  expect(missHint('get_collaborator_permission')).toContain('GitHub API');
  expect(missHint('issue_read')).not.toContain('GitHub API');
});

test('many entries with the same arguments are played in linear time', async () => {
  await expectLinear((count) => {
    const entries = Array.from({ length: count }, (_, call): [number, string] => [call, String(call)]);
    return () => {
      const player = cassette(...entries);
      for (let index = 0; index < count; index++) {
        player.beginCall(count / 2);
        if (player.answer('t', {}).reused) throw new Error('an unused entry is left');
      }
      player.beginCall(0);
      expect(player.answer('t', {})).toMatchObject({ reused: true, line: 1 });
    };
  }, 40_000);
});

describe('equal arguments', () => {
  const asked = (player: CassettePlayer, argsText: string): unknown =>
    player.answer('t', JSON.parse(argsText) as JsonValue).answer.result ?? 'miss';

  test.each<[string, string, unknown]>([
    ['keys in another order', '{"b":{"y":2,"x":1},"a":1}', 'found'],
    ['numbers and strings in another spelling', '{"a":1.0,"b":{"x":1e0,"\\u0079":2}}', 'found'],
    ['a member that is null', '{"a":1,"b":{"x":1,"y":2,"z":null},"c":null}', 'found'],
    ['a string in place of a number', '{"a":"1","b":{"x":1,"y":2}}', 'miss'],
    ['a member more', '{"a":1,"b":{"x":1,"y":2},"c":0}', 'miss'],
    ['a member less', '{"a":1,"b":{"x":1}}', 'miss'],
  ])('are found with %s', (_, text, expected) => {
    expect(asked(cassette([0, 'found', { a: 1, b: { x: 1, y: 2 } }]), text)).toBe(expected);
  });

  test('come after the same ones, also when those were used', () => {
    const player = cassette([0, 'null', { a: 1, b: null }], [5, 'same', { a: 1 }]);
    expect([asked(player, '{"a":1}'), asked(player, '{"a":1}'), asked(player, '{"a":1,"c":null}')]).toEqual([
      'same',
      'same',
      'null',
    ]);
  });

  test('may be null or absent as a whole, and elements of lists keep their places', () => {
    expect(asked(cassette([0, 'none', {}]), 'null')).toBe('none');
    expect(asked(cassette([0, 'none', null]), '{}')).toBe('none');
    expect(asked(cassette([0, 'list', { a: [1, null] }]), '{"a":[1]}')).toBe('miss');
  });

  test('of entries that a growing trace gained are found, too', () => {
    const player = cassette([0, 'first', { a: 1 }]);
    expect(asked(player, '{"b":1,"c":null}')).toBe('miss');
    const added = { tool: 't', argsText: '{"b":1}', answer: { result: 'later' }, call: 1, line: 9 };
    player.extend({ entries: [added], adds: true });
    expect(asked(player, '{"b":1,"c":null}')).toBe('later');
  });

  test('of fixtures are found after those of the trace', () => {
    const fixture = (argsText: string, result: string) => ({ server: null, tool: 't', argsText, answer: { result } });
    const entry = { tool: 't', argsText: '{"a":1,"b":null}', answer: { result: 'trace' }, call: 0, line: 1 };
    const player = new CassettePlayer({
      entries: [entry],
      fixtures: [fixture('{"a":1,"c":null}', 'A'), fixture('{"d":1}', 'D')],
    });
    expect([asked(player, '{"a":1}'), asked(player, '{"d":1,"e":null}'), asked(player, '{"a":1,"c":null}')]).toEqual([
      'trace',
      'D',
      'A',
    ]);
  });
});

describe('a player that goes on from an earlier position of another', () => {
  const entries = Array.from({ length: 12 }, (_, at) => [at >> 1, `r${at}`] as const);
  const calls = [3, 3, 3, 0, 5, 2, 9, 1, 1, 4, 0, 5, 3, 2];

  test.each(calls.map((_, at) => at))('gives what that one gave after %i look-ups', (at) => {
    const first = cassette(...entries);
    const given = ask(first, ...calls);
    const again = cassette(...entries);
    again.useAs(first, Math.min(at, first.taken));
    expect(ask(again, ...calls.slice(at))).toEqual(given.slice(at));
    expect(again.taken).toBe(first.taken);
  });

  test('knows an entry that was moved since', () => {
    const data = { entries: [{ tool: 't', argsText: '{}', answer: { result: 'a' }, call: 1, line: 1 }] };
    const first = new CassettePlayer(data);
    expect(ask(first, 1)).toEqual(['a']);
    const again = new CassettePlayer(data);
    again.extend({ entries: [], moved: [{ tool: 't', argsText: '{}', line: 1, call: 4 }] });
    again.useAs(first, 1);
    expect(ask(again, 4)).toEqual(['a*']);
  });
});
