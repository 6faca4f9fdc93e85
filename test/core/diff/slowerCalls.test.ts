/** Which calls are told as slower than in another run, and that noise never is. */
import { describe, expect, it } from 'vitest';
import { type CallTimes, confirmingLooks, slowerCalls, slowerText } from '../../../src/core/diff/slowerCalls.ts';

/** Calls with the same times in every look; the given ones differ. */
function run(others: Readonly<Record<number, readonly number[]>> = {}, calls = 20, slowdown = 1): readonly CallTimes[] {
  return Array.from({ length: calls }, (_, index) => {
    const before = 1 + (index % 5);
    return { index, before, after: others[index] ?? Array<number>(1 + confirmingLooks).fill(before * slowdown) };
  });
}

const slower = (times: readonly CallTimes[]): readonly number[] => slowerCalls(times).map(({ index }) => index);

describe('a call', () => {
  it('is slower when it takes three times and five milliseconds more in each look', () => {
    expect(slowerCalls(run({ 3: [40, 30, 31, 32] }))).toEqual([{ index: 3, before: 4, after: 30 }]);
    expect(slowerText({ index: 3, before: 4, after: 30.4 })).toBe('was 4.0 ms, is 30 ms');
  });

  it.each([
    ['less than three times', [11.9, 11.9, 11.9, 11.9]],
    ['quick in one look', [40, 40, 4, 40]],
    ['slow in the first run only, before its code is optimised', [400, 4, 4, 4]],
  ])('is not: %s', (_, after) => {
    expect(slower(run({ 3: after }))).toEqual([]);
  });

  it('of a fraction of a millisecond must grow by five milliseconds', () => {
    const times = (after: number): readonly CallTimes[] => [
      ...run(),
      { index: 99, before: 0.1, after: [after, after, after, after] },
    ];
    expect(slower(times(4.9))).toEqual([]);
    expect(slower(times(5.2))).toEqual([99]);
  });

  it('is not slower for being slowed down like all the others', () => {
    expect(slower(run({}, 20, 8))).toEqual([]);
    expect(slower(run({ 3: [40, 40, 40, 40] }, 20, 8))).toEqual([]);
    expect(slower(run({ 3: [400, 400, 400, 400] }, 20, 8))).toEqual([3]);
  });

  it('is not slower by less than another call varies by from look to look', () => {
    expect(slower(run({ 3: [40, 40, 40, 40], 7: [3, 3, 60, 3] }))).toEqual([]);
    expect(slower(run({ 3: [90, 90, 90, 90], 7: [3, 3, 60, 3] }))).toEqual([3]);
    // The run on show may have been slow throughout.
    expect(slower(run({ 3: [40, 40, 40, 40], 7: [60, 3, 3, 3] }))).toEqual([3]);
  });

  it('is a candidate before it was looked at again', () => {
    expect(slower(run({ 3: [40] }))).toEqual([3]);
    expect(slower([])).toEqual([]);
  });
});

/** Numbers from 0 to 1 that look random, the same in every run of the test. */
function pseudoRandom(seed: number): () => number {
  let state = seed * 2_654_435_761 + 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('noise', () => {
  it.each([0.01, 0.1, 0.3])(
    'that takes the processor from %d of all calls is never told, in 200 pairs of runs',
    (share) => {
      for (let seed = 0; seed < 200; seed++) {
        const random = pseudoRandom(seed);
        const time = (ms: number): number =>
          ms * (1 + random() / 2) + (random() < share ? -20 * Math.log(1 - random()) : 0);
        const times = Array.from({ length: 1000 }, (_, index) => {
          const ms = 0.1 + (index % 40) / 10;
          const after = Array.from({ length: 1 + confirmingLooks }, () => time(ms));
          return { index, before: time(ms), after };
        });
        expect(slower(times), `seed ${seed}`).toEqual([]);
      }
    },
  );
});
