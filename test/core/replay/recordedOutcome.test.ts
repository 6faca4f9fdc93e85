/** How recorded calls ended, as the trace says, and in what decisions differ from that. */
import { describe, expect, it } from 'vitest';
import {
  changesFromRecorded,
  decidedFacts,
  type RecordedEnds,
  recordedEnds,
  recordedFacts,
  recordedOutcome,
  recordedEndText,
} from '../../../src/core/replay/recordedOutcome.ts';
import type { RecordedFiltered, TraceCall } from '../../../src/core/trace/model/traceModel.ts';
import { decision } from '../../support/records/decisions.ts';

function call(patch: Partial<TraceCall> = {}): TraceCall {
  return {
    index: 0,
    server: 'files',
    tool: 'read_file',
    args: {},
    answer: { result: {} },
    origin: 'agent',
    evidence: 'labels',
    time: null,
    durationMs: null,
    requestLine: 1,
    answerLine: 2,
    agentLabels: null,
    redacted: false,
    lookups: [],
    filtered: [],
    ...patch,
  };
}

function filtered(description: string): RecordedFiltered {
  const none = { secrecy: null, integrity: null, number: null, author: null, url: null };
  return { server: 'files', tool: 'read_file', description, reason: 'low', line: 3, ...none };
}

const log: RecordedEnds = { format: 'gateway-jsonl', noting: new Set(['files']) };
const silent: RecordedEnds = { ...log, noting: new Set() };
const capture: RecordedEnds = { format: 'native', noting: new Set() };
const denied = { resource: 'a', reason: 'lacks integrity', line: 4 };

/** The end as the outcomes that agree with it, and the number of withheld items. */
function brief(patch: Partial<TraceCall>, ends = log): string {
  const found = recordedOutcome(call(patch), ends);
  return found === null ? 'unknown' : `${found.outcomes.join('|')} ${found.withheld?.length ?? '-'}`;
}

describe('the recorded end of a call', () => {
  it.each<readonly [string, string, Partial<TraceCall>, RecordedEnds]>([
    ['a denial in the text log', 'denied -', { denied, answerLine: null }, log],
    ['filter records', 'filtered|blocked 2', { filtered: [filtered('a'), filtered('b')] }, log],
    ['a call without filter records beside others', 'allowed|blocked|error 0', {}, log],
    [
      'a result that the client received',
      'allowed 0',
      { received: { answer: { result: {} }, redacted: false, line: 5 } },
      log,
    ],
    ['an error of the backend', 'error -', { answer: { error: 'gone' } }, log],
    ['a server whose filtered items the log does not have', 'unknown', {}, silent],
    [
      'the same with what the client received',
      'allowed 0',
      { received: { answer: { result: {} }, redacted: false, line: 5 } },
      silent,
    ],
    ['a call that may be a look-up', 'unknown', { evidence: 'none' }, log],
    ['a call whose arguments the log lost', 'unknown', { argsLost: true, denied }, log],
    ['a call without an answer', 'unknown', { answer: undefined, answerLine: null }, log],
    ['a capture without a guard', 'unknown', {}, capture],
    ['a tap that enforced', 'blocked -', { enforced: { outcome: 'blocked', client: {}, line: 6 } }, capture],
    ['a word of another version', 'unknown', { enforced: { outcome: 'postponed', client: {}, line: 6 } }, capture],
  ])('%s: %s', (_, expected, patch, ends) => {
    expect(brief(patch, ends)).toBe(expected);
  });

  it.each([
    ['DIFC Violation: Agent lacks integrity', 'denied'],
    ['DIFC policy violation: 2 of 3 items in response are not accessible to agent default', 'blocked'],
    ['[Filtered] issue:1 exists but is not accessible — filtered by integrity policy', 'blocked'],
    ['guard labeling failed: resource labeling failed: trap', 'error'],
  ])('is told by the error text that the client received: %s', (error, outcome) => {
    expect(brief({ received: { answer: { error }, redacted: false, line: 5 } })).toBe(`${outcome} -`);
  });

  it('depends on the servers whose filtered items the trace has', () => {
    const calls = [call({ filtered: [filtered('a')] }), call({ server: 'memory' })];
    expect(recordedEnds({ format: 'gateway-jsonl', calls })).toEqual({ ...log, noting: new Set(['files']) });
  });
});

describe('a decision', () => {
  const end = (patch: Partial<TraceCall>) => {
    const found = recordedOutcome(call(patch), log);
    if (found === null) throw new Error('The trace does not say it');
    return found;
  };

  it('differs in its outcome, or in the number of items that are withheld', () => {
    const two = end({ filtered: [filtered('a'), filtered('b')] });
    expect(recordedEndText(two)).toBe('filtered, 2 withheld');
    expect(changesFromRecorded(two, { outcome: 'filtered', withheld: 2 })).toEqual([]);
    expect(changesFromRecorded(two, { outcome: 'filtered', withheld: 3 })).toEqual(['items']);
    expect(changesFromRecorded(two, { outcome: 'allowed', withheld: null })).toEqual(['outcome']);
    expect(changesFromRecorded(two, { outcome: 'blocked', withheld: 1 })).toEqual([]);
    expect(changesFromRecorded(end({ denied }), { outcome: 'denied', withheld: null })).toEqual([]);
    expect(changesFromRecorded(end({}), { outcome: 'filtered', withheld: 1 })).toEqual(['outcome']);
  });

  it('has the same members as the recorded end, for a comparison side by side', () => {
    const then = end({ denied });
    expect(recordedEndText(then)).toBe('denied');
    expect(recordedFacts(then)).toEqual({ outcome: 'denied', reason: 'lacks integrity' });
    expect(decidedFacts(then, decision({ outcome: 'error', error: 'trap', items: null }))).toEqual({
      outcome: 'error',
      reason: 'trap',
    });
    expect(Object.keys(decidedFacts(end({ filtered: [filtered('a')] }), decision({ items: null })))).toContain(
      'withheld',
    );
  });
});
