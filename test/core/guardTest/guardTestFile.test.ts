/** The file of a guard test is read with the position of each mistake, written so that it reads back the same, and changed by what is accepted. */
import { describe, expect, it } from 'vitest';
import { acceptedCall } from '../../../src/core/guardTest/acceptedCall.ts';
import { acceptDecisions } from '../../../src/core/guardTest/acceptDecisions.ts';
import { callRangeText, type GuardTest, readCallRange, testCases } from '../../../src/core/guardTest/guardTest.ts';
import { readGuardTest } from '../../../src/core/guardTest/readGuardTest.ts';
import { guardTestText } from '../../../src/core/guardTest/writeGuardTest.ts';
import { formatProblem } from '../../../src/core/base/parsed.ts';
import { proves } from '../../support/proves.ts';
import { decision } from '../../support/records/decisions.ts';

const hash = 'ab'.repeat(32);
const [first, second] = [0, 1].map((index) => acceptedCall(decision({ index })));
if (first === undefined || second === undefined) throw new Error('two calls are made');

const single: GuardTest = {
  traces: [['a.guardtrace.jsonl']],
  guards: ['guard.wasm'],
  policies: ['policy.json'],
  config: null,
  mode: 'strict',
  server: 'files',
  lookups: 'lookups.json',
  deadlineMs: 100,
  calls: '1-2',
  accepted: [
    {
      trace: ['a.guardtrace.jsonl'],
      guard: 'guard.wasm',
      policy: 'policy.json',
      traceHash: hash,
      calls: [first, second],
    },
  ],
};

const matrix: GuardTest = {
  ...single,
  traces: [['a.guardtrace.jsonl'], ['b.jsonl', 'c.jsonl']],
  guards: ['one.wasm', 'noop'],
  policies: [],
  accepted: [
    { trace: ['b.jsonl', 'c.jsonl'], guard: 'noop', policy: null, traceHash: hash, calls: [first] },
    { trace: ['b.jsonl', 'c.jsonl'], guard: 'one.wasm', policy: null, traceHash: null, calls: [] },
  ],
};

describe('the file', () => {
  it.each([
    ['one combination', single],
    ['a matrix', matrix],
    ['nothing accepted yet', { ...single, accepted: [] }],
  ])('reads back what was written: %s', (_, test) => {
    const read = readGuardTest(guardTestText(test), 'x.guardtest.json');
    expect(read.problems).toEqual([]);
    expect(read.value).toEqual(test);
  });

  it('has all combinations of traces, guards and policies', () => {
    expect(testCases(matrix)).toHaveLength(4);
    expect(testCases({ ...matrix, policies: ['p', 'q', 'r'] })).toHaveLength(12);
    expect(testCases({ ...single, guards: [] })).toEqual([
      { trace: ['a.guardtrace.jsonl'], guard: null, policy: 'policy.json' },
    ]);
  });

  const head = '"schema": "guardscope-guardtest/1", "trace": "t", "guard": "g"';
  it.each([
    ['[1', '1:3', 'guardtest/not-json', 'is not JSON'],
    ['[]', '1:1', 'guardtest/bad-member', 'The guard test is []; expected an object'],
    ['{}', '1:1', 'guardtest/bad-member', 'has no member "schema"'],
    [`{${head},\n "gaurd": "x"}`, '2:2', 'guardtest/bad-member', '"gaurd" is not a member that is known here'],
    [`{${head},\n "mode": "loose"}`, '2:10', 'guardtest/bad-member', '"mode" is "loose"; expected one of "strict"'],
    [`{${head},\n "calls": "3-1"}`, '2:11', 'guardtest/bad-member', '"calls" is "3-1"'],
    [`{${head},\n "deadline": 0}`, '2:14', 'guardtest/bad-member', 'expected a whole number from 1'],
    [`{${head},\n "guards": []}`, '2:12', 'guardtest/bad-member', 'needs at least 1 value'],
    [`{${head},\n "guards": ["a"]}`, '2:12', 'guardtest/bad-member', 'has both "guard" and "guards"'],
    [`{${head},\n "cases": []}`, '2:11', 'guardtest/bad-member', 'has "accepted" in place of "cases"'],
    [`{${head},\n "traceHash": "x"}`, '2:15', 'guardtest/bad-member', 'expected a SHA-256'],
    ['{"schema": "guardscope-guardtest/1", "guard": "g"}', '1:1', 'guardtest/bad-member', 'has no "trace"'],
    ['{"schema": "guardscope-guardtest/1", "trace": "g"}', '1:1', 'guardtest/bad-member', 'neither a "guard" nor'],
    ['{"schema": "guardscope-guardtest/2", "trace": "g"}', '1:12', 'guardtest/bad-member', '"schema" is'],
    [`{${head},\n "accepted": [{"call": 1}]}`, '2:15', 'guardtest/bad-member', '"accepted.0" has no member "server"'],
    [
      '{"schema": "guardscope-guardtest/1", "trace": "t", "guards": ["a"],\n "cases": [{"trace": "t", "guard": "b", "accepted": []}]}',
      '2:12',
      'guardtest/bad-member',
      'The combination of "t", "b" and none is not one of this guard test',
    ],
    [
      '{"schema": "guardscope-guardtest/1", "trace": "t", "guards": ["a"],\n "cases": [{"trace": "t", "guard": "a", "accepted": []}, {"trace": "t", "guard": "a", "accepted": []}]}',
      '2:58',
      'guardtest/bad-member',
      'stands here twice',
    ],
  ])('says what is wrong and where: %s', (text, place, code, message) => {
    proves('own:guard-test-problems');
    const { value, problems } = readGuardTest(text, 'x');
    expect(value).toBeNull();
    const [problem] = problems;
    if (problem === undefined) throw new Error('a problem is expected');
    expect(problem.code).toBe(code);
    expect(formatProblem(problem)).toContain(`x:${place}: error: `);
    expect(problem.message).toContain(message);
    expect(problem.hint).not.toBe('');
  });

  it('refuses calls that do not ascend, because their order is that of the trace', () => {
    const [accepted] = single.accepted;
    if (accepted === undefined) throw new Error('one combination is accepted');
    const text = guardTestText({ ...single, accepted: [{ ...accepted, calls: [second, first] }] });
    expect(readGuardTest(text, 'x').problems[0]?.message).toBe('Call 1 stands behind call 2; the numbers ascend');
  });
});

describe('a range of calls', () => {
  it.each([
    ['3', [[3, 3]]],
    [
      '1-4, 7',
      [
        [1, 4],
        [7, 7],
      ],
    ],
    ['0', null],
    ['2-1', null],
    ['1,1', null],
    ['', null],
    ['x', null],
  ])('%j', (text, pieces) => {
    expect(readCallRange(text)).toEqual(pieces);
  });

  it('is made of numbers', () => {
    expect(callRangeText([1, 2, 3, 5, 7, 8])).toBe('1-3,5,7-8');
    expect(callRangeText([])).toBe('');
  });
});

describe('accepting', () => {
  const changed = { ...first, outcome: 'denied', operation: 'write' } as const;
  const added = acceptedCall(decision({ index: 2 }));
  const decided = {
    trace: ['a.guardtrace.jsonl'],
    guard: 'guard.wasm',
    policy: 'policy.json',
    traceHash: 'cd'.repeat(32),
    calls: [changed, added],
  };
  const callsOf = ({ accepted }: GuardTest): unknown => accepted[0]?.calls;

  it('takes all calls and the hash of the trace', () => {
    const test = acceptDecisions(single, decided);
    expect(callsOf(test)).toEqual([changed, added]);
    expect(test.accepted[0]?.traceHash).toBe(decided.traceHash);
  });

  it('takes one call: changed, new or gone; the trace is still the old one for the others', () => {
    const test = acceptDecisions(single, decided, { call: 1 });
    expect(callsOf(test)).toEqual([changed, second]);
    expect(test.accepted[0]?.traceHash).toBe(hash);
    expect(callsOf(acceptDecisions(single, decided, { call: 3 }))).toEqual([first, second, added]);
    expect(callsOf(acceptDecisions(single, decided, { call: 2 }))).toEqual([first]);
  });

  it('takes one field, also one that is not there any more', () => {
    const test = acceptDecisions(single, decided, { call: 1, field: 'outcome' });
    expect(callsOf(test)).toEqual([{ ...first, outcome: 'denied' }, second]);
    const { operation: _, ...without } = first;
    const gone = { ...decided, calls: [without, second] };
    expect(callsOf(acceptDecisions(single, gone, { call: 1, field: 'operation' }))).toEqual([without, second]);
  });

  it('adds a combination that was not accepted yet, in the order of the matrix', () => {
    const test = acceptDecisions(matrix, { ...decided, guard: 'one.wasm', policy: null });
    expect(test.accepted.map(({ trace, guard }) => `${trace[0]} ${guard}`)).toEqual([
      'a.guardtrace.jsonl one.wasm',
      'b.jsonl one.wasm',
      'b.jsonl noop',
    ]);
  });
});
