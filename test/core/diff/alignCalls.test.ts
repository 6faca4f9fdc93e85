/** Calls of two sessions are aligned, so that an added or removed call does not shift the others. */
import { describe, expect, test } from 'vitest';
import { alignCalls } from '../../../src/core/diff/alignCalls.ts';

/** Each aligned call as its key, with `+` where only the second session has it and `-` where only the first has. */
function aligned(before: string, after: string): string {
  const [one, other] = [before.split(''), after.split('')];
  return alignCalls(one, other)
    .map(({ before: was, after: is }) => {
      if (was === null) return `+${other[is ?? -1]}`;
      if (is === null) return `-${one[was]}`;
      expect(one[was]).toBe(other[is]);
      return one[was];
    })
    .join(' ');
}

describe('aligned calls', () => {
  test.each([
    ['', '', ''],
    ['abc', 'abc', 'a b c'],
    ['abc', 'abxc', 'a b +x c'],
    ['abxc', 'abc', 'a b -x c'],
    ['abc', 'axc', 'a -b +x c'],
    ['', 'ab', '+a +b'],
    ['ab', '', '-a -b'],
    ['aab', 'aaab', 'a a +a b'],
    ['abcdef', 'xabdcef', '+x a b -c d +c e f'],
    ['abc', 'xyz', '-a -b -c +x +y +z'],
  ])('%j and %j', (before, after, expected) => {
    expect(aligned(before, after)).toBe(expected);
  });

  test('each call of both sessions stands once, in order, for any sessions', () => {
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
    for (let round = 0; round < 300; round++) {
      const session = (): string[] => Array.from({ length: random(12) }, () => 'abc'[random(3)] ?? '');
      const [one, other] = [session(), session()];
      const found = alignCalls(one, other);
      const places = (side: 'before' | 'after'): readonly number[] => found.flatMap((each) => each[side] ?? []);
      expect(places('before')).toEqual(one.map((_, at) => at));
      expect(places('after')).toEqual(other.map((_, at) => at));
    }
  });

  test('long sessions without a common end are aligned by occurrence', () => {
    const session = (first: string): readonly string[] => [
      first,
      ...Array.from({ length: 3_000 }, (_, at) => `call ${at % 50}`),
      `end ${first}`,
    ];
    const found = alignCalls(session('a'), ['new', ...session('b')]);
    expect(found.filter(({ before, after }) => before !== null && after !== null)).toHaveLength(3_000);
  });
});
