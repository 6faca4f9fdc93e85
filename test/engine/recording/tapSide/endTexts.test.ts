/** The sentences about losses of a recording, which `call` finds in the output of its tap. */
import { describe, expect, it } from 'vitest';
import {
  lossBeginnings,
  lossTexts,
  lostText,
  notRecordedText,
} from '../../../../src/engine/recording/tapSide/endTexts.ts';

describe('the sentences about a loss', () => {
  it.each([
    [{ messages: 0, stderrLines: 0, bytes: 0 }, ''],
    [{ messages: 1, stderrLines: 0, bytes: 20 }, '1 message (20 B)'],
    [{ messages: 3, stderrLines: 0, bytes: 1_200_000 }, '3 messages (1.2 MB)'],
    [{ messages: 0, stderrLines: 1, bytes: 9 }, '1 line of standard error (9 B)'],
    [{ messages: 1, stderrLines: 2, bytes: 9 }, '1 message and 2 lines of standard error (9 B)'],
  ])('name what was left out: %j', (lost, text) => {
    expect(lostText(lost)).toBe(text);
  });

  it('are none for a complete recording, and one for each kind of loss', () => {
    expect(lossTexts({ isComplete: true, missing: '', leftOut: '' })).toEqual([]);
    expect(lossTexts({ isComplete: false, missing: '2 messages (9 B)', leftOut: '1 message (1 B)' })).toEqual([
      'the wait for the capture was aborted: 2 messages (9 B) not confirmed as written; the recorder finishes what it has',
      'content left out of the capture: that of 1 message (1 B), because the queue of the recorder was full; allow a longer one with --queue',
    ]);
  });

  it('all begin as `call` expects', () => {
    const all = [notRecordedText('x'), ...lossTexts({ isComplete: false, missing: 'x', leftOut: 'x' })];
    expect(all.map((text) => text.split(': ')[0])).toEqual(lossBeginnings);
  });
});
