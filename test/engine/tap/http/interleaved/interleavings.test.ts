/** A short slice of the soak test `interleavings`: clients without sessions that use equal ids at once. */
import { expect, test } from 'vitest';
import { bundlePath, workerFile } from '../../../../support/paths.ts';
import { proves } from '../../../../support/proves.ts';
import { planOf } from './plan.ts';
import { play } from './run.ts';

const bundles = { workerFile, recorderFile: bundlePath('tapRecorder.js') };

test('30 interleavings of clients without sessions mix up no answers, no calls and no records of guards', async () => {
  proves('own:equal-ids');
  let [calls, answered, guardLines] = [0, 0, 0];
  for (let seed = 1; seed <= 30; seed++) {
    const result = await play(planOf(seed), bundles);
    expect(result.wrong, [`seed ${seed}`, ...result.lines].join('\n')).toEqual([]);
    calls += result.calls;
    answered += result.answered;
    guardLines += result.guardLines;
  }
  expect(answered).toBeGreaterThan(calls / 2);
  expect(guardLines).toBeGreaterThan(20);
});
