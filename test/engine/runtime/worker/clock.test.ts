/** The guest's clocks advance with each reading, not with time. */
import { expect, test } from 'vitest';
import { GuestClocks } from '../../../../src/engine/runtime/worker/clock.ts';

test('each clock advances a millisecond per reading', () => {
  const clocks = new GuestClocks();
  expect([clocks.readWall(), clocks.readWall()]).toEqual([1_640_995_200_000_000_000n, 1_640_995_200_001_000_000n]);
  expect([clocks.readMonotonic(), clocks.readMonotonic()]).toEqual([0n, 1_000_000n]);
  expect(clocks.readWall()).toBe(1_640_995_200_002_000_000n);
});

test('the clocks of each instance start at the same times', () => {
  new GuestClocks().readWall();
  expect(new GuestClocks().readWall()).toBe(1_640_995_200_000_000_000n);
});
