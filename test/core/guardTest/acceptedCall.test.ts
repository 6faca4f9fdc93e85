/** The accepted form of a decision leaves out by rule what changes from run to run, and keeps everything that is compared. */
import { describe, expect, it } from 'vitest';
import { acceptedCall, recordOfAccepted } from '../../../src/core/guardTest/acceptedCall.ts';
import { compareAccepted } from '../../../src/core/guardTest/compareAccepted.ts';
import { acceptedCallText } from '../../../src/core/guardTest/writeGuardTest.ts';
import type { DecisionRecord } from '../../../src/core/difc/record/decision.ts';
import { proves } from '../../support/proves.ts';
import { decision, guardCall } from '../../support/records/decisions.ts';

const item = {
  index: 0,
  origin: 'path',
  path: '/0',
  description: 'file:a',
  secrecy: ['private:x'],
  integrity: [],
  allowed: false,
  decision: 'deny',
  reason: 'too secret',
  secrecyToAdd: [],
  integrityToDrop: [],
  data: { a: 1 },
} as const;

const lookup = {
  tool: 'stat',
  args: { path: 'a' },
  reached: true,
  code: 2,
  end: 'answered',
  resultText: '{}',
  error: null,
  capacity: 10,
  attempt: 0,
  atMs: 1,
  durationMs: 2,
} as const;

const full: DecisionRecord = decision({
  index: 4,
  agent: 'second',
  outcome: 'denied',
  args: { path: '/a', content: 'x'.repeat(500), list: [1, 2, 3, 4, 5, 6, 7], deep: { a: { b: { c: 1 } } } },
  items: [item],
  coarse: { outcome: 'denied', decision: 'deny', reason: 'because', secrecyToAdd: [], integrityToDrop: [] },
  error: 'DIFC Violation\nmore',
  endedIn: 2,
  panic: 'boom',
  marks: ['unlabeled', 'lint'],
  agentBefore: { secrecy: [], integrity: ['trusted'] },
  agentAfter: { secrecy: ['private:x'], integrity: [] },
  guardCalls: [guardCall({ backendCalls: [lookup] })],
  problems: [
    { severity: 'warning', code: 'lint/b', message: 'b' },
    { severity: 'info', code: 'lint/i', message: 'i' },
    { severity: 'error', code: 'lint/a', message: 'a' },
    { severity: 'warning', code: 'lint/b', message: 'again' },
  ],
});

describe('the accepted form', () => {
  it('has what people review, one line for each part', () => {
    proves('own:guard-test-form');
    expect(acceptedCallText(acceptedCall(full))).toBe(
      `{
  "call": 5, "server": "files", "agent": "second", "tool": "read_file", "args": { "path": "/a", "content": "${'x'.repeat(59)}…", "list": [1, 2, 3, 4, 5, "… 2 more"], "deep": { "a": { "b": "{\\"c\\":1}" } } },
  "outcome": "denied",
  "unlabeled": true,
  "mode": "filter",
  "operation": "read",
  "resource": { "description": "file:docs/a.md", "secrecy": [], "integrity": [] },
  "items": [
    { "path": "/0", "description": "file:a", "passed": false, "secrecy": ["private:x"], "integrity": [], "reason": "too secret" }
  ],
  "agentChange": { "secrecyGained": ["private:x"], "integrityLost": ["trusted"] },
  "lookups": [
    { "tool": "stat", "args": { "path": "a" }, "end": "answered" }
  ],
  "error": [
    "DIFC Violation",
    "more"
  ],
  "reason": "because",
  "endedIn": 2,
  "panic": "boom",
  "findings": ["lint/a", "lint/b"]
}`,
    );
  });

  it('leaves out times, memory, log lines, the data of items and the words of the guard', () => {
    const other = decision({
      ...full,
      time: null,
      client: { result: null },
      backendResult: null,
      items: [{ ...item, data: 'other', origin: 'legacy' }],
      guardCalls: [
        guardCall({
          backendCalls: [{ ...lookup, atMs: 9, durationMs: 9 }],
          durationMs: 99,
          memory: { before: 0, after: 65_536, peak: 65_536 },
          log: [{ level: 1, message: 'hello', attempt: 0, atMs: 3 }],
          input: 'other',
          output: 'other',
        }),
      ],
    });
    expect(acceptedCall(other)).toEqual(acceptedCall(full));
  });

  it('keeps a reason that the error does not say, and no mode of a session that could not begin', () => {
    const named = acceptedCall(decision({ ...full, error: 'DIFC Violation: because' }));
    expect(named.reason).toBeUndefined();
    expect(acceptedCall(decision({ endedIn: 'init' })).mode).toBeUndefined();
  });

  it('is the same after it was a record again', () => {
    const accepted = acceptedCall(decision({ ...full, args: {} }));
    expect(acceptedCall(recordOfAccepted(accepted))).toEqual(accepted);
    const plain = acceptedCall(decision({ operation: null, resource: null, coarse: null }));
    expect(acceptedCall(recordOfAccepted(plain))).toEqual(plain);
  });
});

describe('a comparison', () => {
  const accepted = acceptedCall(full);
  const place = { sameTrace: true, pointer: '/accepted' };

  it.each([
    ['outcome', { outcome: 'allowed' }, '/accepted/0/outcome'],
    ['outcome', { marks: [] }, '/accepted/0/unlabeled'],
    ['operation', { operation: 'write' }, '/accepted/0/operation'],
    ['mode', { mode: 'strict' }, '/accepted/0/mode'],
    [
      'resource',
      { resource: { description: 'file:docs/a.md', secrecy: ['s'], integrity: [] } },
      '/accepted/0/resource/secrecy/0',
    ],
    ['items', { items: [{ ...item, allowed: true }] }, '/accepted/0/items/0/passed'],
    ['agent', { agentAfter: { secrecy: [], integrity: [] } }, '/accepted/0/agentChange/secrecyGained/0'],
    [
      'lookups',
      { guardCalls: [guardCall({ backendCalls: [{ ...lookup, tool: 'list' }] })] },
      '/accepted/0/lookups/0/tool',
    ],
    ['reason', { error: 'other' }, '/accepted/0/error'],
    ['description', { items: [{ ...item, description: 'file:b' }] }, '/accepted/0/items/0/description'],
    ['findings', { problems: [] }, '/accepted/0/findings/0'],
  ] as const)('says what changed (%s) and where it stands in the file', (kind, patch, pointer) => {
    const actual = acceptedCall(decision({ ...full, ...patch }));
    const { calls, counts } = compareAccepted([accepted], [actual], place);
    expect(counts.changed).toBe(1);
    expect(calls[0]?.changes.map(({ kind: of, pointer: at }) => [of, at])).toEqual([[kind, pointer]]);
    const [change] = calls[0]?.changes ?? [];
    expect(change?.field).toBe(pointer.split('/')[3]);
    expect(change?.before).not.toEqual(change?.after);
  });

  it('matches calls by number in the same trace, and by what was called in another one', () => {
    const call = (number: number, tool: string): ReturnType<typeof acceptedCall> =>
      acceptedCall(decision({ index: number - 1, tool }));
    const [before, after] = [
      [call(1, 'a'), call(2, 'b')],
      [call(1, 'new'), call(2, 'a'), call(3, 'b')],
    ];
    const same = compareAccepted(before, after, place).counts;
    expect([same.compared, same.added, same.removed]).toEqual([0, 3, 2]);
    const other = compareAccepted(before, after, { ...place, sameTrace: false }).counts;
    expect([other.compared, other.changed, other.added, other.removed]).toEqual([2, 0, 1, 0]);
  });
});
