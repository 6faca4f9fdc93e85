/** What of a decision record only its own run measured. */
import { expect, it } from 'vitest';
import { comparableRecord } from '../../../src/core/diff/comparableRecord.ts';
import { decision, guardCall } from '../../support/records/decisions.ts';

const lookup = {
  tool: 'stat',
  args: { durationMs: 5 },
  reached: true,
  code: 2,
  end: 'answered',
  resultText: '{}',
  error: null,
  capacity: 100,
  attempt: 0,
} as const;

it('leaves out times of guard calls, look-ups, log lines and growths, and keeps the order of members', () => {
  const line = { level: 1, message: 'hello', attempt: 0 };
  const grow = { from: 65_536, to: 131_072, by: 'guest' } as const;
  const quick = guardCall({
    backendCalls: [{ ...lookup, atMs: 0.1, durationMs: 0.2 }],
    log: [{ ...line, atMs: 0.3 }],
    grows: [{ ...grow, atMs: 0.4 }],
    durationMs: 1,
  });
  const slow = guardCall({
    backendCalls: [{ ...lookup, atMs: 10, durationMs: 20 }],
    log: [{ ...line, atMs: 30 }],
    grows: [{ ...grow, atMs: 40 }],
    durationMs: 100,
  });
  const record = decision({ args: { atMs: 7 }, guardCalls: [quick] });
  const comparable = comparableRecord(record);
  expect(JSON.stringify(comparableRecord({ ...record, guardCalls: [slow] }))).toBe(JSON.stringify(comparable));
  const { durationMs: _, ...steady } = quick;
  const expected = { ...steady, backendCalls: [lookup], log: [line], grows: [grow] };
  expect(JSON.stringify(comparable)).toBe(JSON.stringify({ ...record, guardCalls: [expected] }));
});
