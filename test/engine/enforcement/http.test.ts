/** An enforcing guard on HTTP: what a client may try in a message, and in requests. */
import { afterAll, describe, expect, test } from 'vitest';
import { proves } from '../../support/proves.ts';
import { scratchFolder } from '../tap/tapped.ts';
import { HttpTrials } from './rig/httpTrials.ts';
import { held } from './rig/verdict.ts';
import { httpBodyWays } from './ways/httpBodies.ts';
import { httpRequestWays } from './ways/httpRequests.ts';
import { clientWays } from './ways/clientWays.ts';

const scratch = scratchFolder();
const trials = new HttpTrials(scratch.path);
afterAll(async () => {
  await trials.close();
  scratch.remove();
});

describe.each(Object.entries(clientWays))('%s', (_, ways) => {
  test.each(ways.filter(({ over }) => over !== 'stdio').map((way) => [way.name, way] as const))(
    '%s',
    async (_name, way) => {
      proves('own:no-way-around');
      const outcome = await trials.tryWay(way, 'json');
      expect(outcome, outcome).toBe(held);
    },
  );
});

describe('requests', () => {
  test.each([...httpRequestWays, ...httpBodyWays].map((way) => [way.name, way] as const))('%s', async (_, way) => {
    proves('own:no-way-around');
    const outcome = await trials.tryHttp(way, 'json');
    expect(outcome, outcome).toBe(held);
  });
});
