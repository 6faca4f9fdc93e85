/** A server on HTTP that tries to pass private content by an enforcing guard: in messages, answers, headers and streams. */
import { afterAll, describe, expect, test } from 'vitest';
import { proves } from '../../support/proves.ts';
import { scratchFolder } from '../tap/tapped.ts';
import { HttpTrials } from './rig/httpTrials.ts';
import { held } from './rig/verdict.ts';
import { answerWays, readFrom, readFromStream } from './ways/answers.ts';
import { httpAnswerWays } from './ways/httpAnswers.ts';
import { httpStreamWays } from './ways/httpStreams.ts';
import { serverMessageWays } from './ways/serverMessages.ts';

const scratch = scratchFolder();
const trials = new HttpTrials(scratch.path);
const older = new HttpTrials((name) => scratch.path(`older-${name}`), '/sse');
afterAll(async () => {
  await Promise.all([trials.close(), older.close()]);
  scratch.remove();
});

const messages = [...answerWays, ...serverMessageWays];
// A body of JSON has one message.
const single = messages.filter(
  ({ sendsLate, sendsAtLookup }) => sendsLate === undefined && sendsAtLookup === undefined,
);

describe.each([
  ['json', single.map(readFrom)],
  ['events', messages.map(readFrom)],
] as const)('messages as %s', (carrier, ways) => {
  test.each(ways.map((way) => [way.name, way] as const))('%s', async (_, way) => {
    proves('own:no-way-around');
    const outcome = await trials.tryWay(way, carrier);
    expect(outcome, outcome).toBe(held);
  });
});

describe('messages on the stream of the older transport', () => {
  test.each(messages.map((way) => [way.name, readFromStream(way)] as const))('%s', async (_, way) => {
    proves('own:no-way-around');
    const outcome = await older.tryWay(way, 'stream');
    expect(outcome, outcome).toBe(held);
  });
});

describe.each([
  ['answers', httpAnswerWays],
  ['streams', httpStreamWays],
] as const)('%s', (_, ways) => {
  test.each(ways.map((way) => [way.name, way] as const))('%s', async (_name, way) => {
    proves('own:no-way-around');
    const outcome = await trials.tryHttp(way, 'json');
    expect(outcome, outcome).toBe(held);
  });
});
