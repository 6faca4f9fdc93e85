/** Asserts how the cost of work grows with its input, by ratios that are measured in one run: a slow or busy machine changes both sides. */
import { expect } from 'vitest';

/** Creates the work for an input size; only the returned function is measured. */
export type WorkOf = (size: number) => () => unknown;

/** Number of measurements per size; the fastest one is used. */
const rounds = 3;

/** Processor time of this process in milliseconds, which other processes do not affect. */
export async function processorMs(work: () => unknown): Promise<number> {
  const began = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}

/** The fastest of several measurements. */
export async function fastestMs(work: () => unknown, times = rounds): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < times; round++) best = Math.min(best, await processorMs(work));
  return best;
}

/**
 * Expects work on an input of `size` to take time in proportion to work on an eighth of it. Linear work takes eight times as long and
 * quadratic work sixty-four times; the limit of twenty-four lies between, so that caches and collections do not decide. Two milliseconds
 * are allowed for a collection.
 */
export async function expectLinear(make: WorkOf, size: number): Promise<void> {
  const small = make(size / 8);
  const large = make(size);
  // Runs once to be compiled before it is measured.
  await small();
  await expectFaster(large, 24 * (await fastestMs(small)) + 2);
}

/** Expects one function to take less than `share` of another's time, using the fastest of several measurements. */
export async function expectShare(part: () => unknown, whole: () => unknown, share: number): Promise<void> {
  await part();
  await expectFaster(part, share * (await fastestMs(whole)));
}

/** Expects the fastest of several measurements to be below a limit. The first that is decides, because the others cannot change that. */
async function expectFaster(work: () => unknown, limitMs: number): Promise<void> {
  let best = Infinity;
  for (let round = 0; round < rounds && best >= limitMs; round++) best = Math.min(best, await processorMs(work));
  expect(best).toBeLessThan(limitMs);
}
