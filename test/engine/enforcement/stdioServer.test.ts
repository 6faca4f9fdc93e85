/** A server over stdio that tries to pass private content by an enforcing guard: in its answers, beside them, and in the framing of lines. */
import { afterAll, describe, expect, test } from 'vitest';
import { proves } from '../../support/proves.ts';
import { scratchFolder } from '../tap/tapped.ts';
import { StdioTrials } from './rig/stdioTrials.ts';
import { held } from './rig/verdict.ts';
import { answerWays, readFromStream } from './ways/answers.ts';
import { serverLineWays } from './ways/serverLines.ts';
import { serverMessageWays } from './ways/serverMessages.ts';
import type { ClientWay } from './ways/way.ts';

const scratch = scratchFolder();
const trials = new StdioTrials(scratch.path);

afterAll(async () => {
  await trials.close();
  scratch.remove();
});

const groups: Readonly<Record<string, readonly ClientWay[]>> = {
  'answers to a private read': answerWays.map((way) => readFromStream(way)),
  'messages beside the answer': serverMessageWays.map((way) => readFromStream(way)),
  'the framing of lines': serverLineWays,
};

describe.each(Object.entries(groups))('%s', (_, ways) => {
  test.each(ways.map((way) => [way.name, way] as const))('%s', async (_name, way) => {
    proves('own:no-way-around');
    const outcome = await trials.tryWay(way);
    expect(outcome, outcome).toBe(held);
  });
});

test('nothing private came later', () => {
  expect(trials.leakedLater()).toEqual([]);
});
