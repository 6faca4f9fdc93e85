/** A client that tries to pass an enforcing guard over stdio: no private content reaches it, no denied write reaches the server, nothing hangs. */
import { afterAll, describe, expect, test } from 'vitest';
import { proves } from '../../support/proves.ts';
import { scratchFolder } from '../tap/tapped.ts';
import { StdioTrials } from './rig/stdioTrials.ts';
import { held } from './rig/verdict.ts';
import { lineWays } from './ways/lines.ts';
import { clientWays } from './ways/clientWays.ts';
import type { ClientWay } from './ways/way.ts';

const scratch = scratchFolder();
const trials = new StdioTrials(scratch.path);

afterAll(async () => {
  await trials.close();
  scratch.remove();
});

const groups: Readonly<Record<string, readonly ClientWay[]>> = {
  ...clientWays,
  'the framing of lines': lineWays,
};

describe.each(Object.entries(groups))('%s', (_, ways) => {
  test.each(ways.filter(({ over }) => over !== 'http').map((way) => [way.name, way] as const))('%s', async (_, way) => {
    proves('own:no-way-around');
    const outcome = await trials.tryWay(way);
    expect(outcome, outcome).toBe(held);
  });
});

test('nothing private came later', () => {
  expect(trials.leakedLater()).toEqual([]);
});
