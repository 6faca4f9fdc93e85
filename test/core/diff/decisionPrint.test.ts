/** Prints of decisions differ in exactly the kinds in which the decisions do. */
import { describe, expect, test } from 'vitest';
import { compareDecisions } from '../../../src/core/diff/compareDecisions.ts';
import { decisionPrint, DecisionPrints } from '../../../src/core/diff/decisionPrint.ts';
import type { DecisionRecord } from '../../../src/core/difc/record/decision.ts';
import { decision, guardCall } from '../../support/records/decisions.ts';

const patches: readonly Partial<DecisionRecord>[] = [
  {},
  { outcome: 'denied', error: 'no' },
  { operation: 'write', mode: 'strict' },
  { resource: { description: 'x', secrecy: ['private:a'], integrity: [] } },
  { agentAfter: { secrecy: ['private:a'], integrity: [] } },
  { guardCalls: [guardCall({ memory: { before: 0, after: 0, peak: 0 } })] },
  { client: { error: { code: -32_603, message: 'x' } }, items: [] },
  { problems: [{ severity: 'error', code: 'lint/x', message: '' }] },
];

describe('decision prints', () => {
  test('name the kinds that compareDecisions names', () => {
    for (const before of patches) {
      for (const after of patches) {
        const [one, two] = [new DecisionPrints(), new DecisionPrints()];
        one.set(3, decisionPrint(decision(before)));
        two.set(8, decisionPrint(decision(after)));
        const expected = compareDecisions(decision(before), decision(after)).map(({ kind }) => kind);
        expect(one.changedKinds(3, two, 8)).toEqual(expected);
      }
    }
  });

  test('are there for the calls that were set, and not for others', () => {
    const prints = new DecisionPrints();
    const print = decisionPrint(decision());
    expect(prints.has(0)).toBe(false);
    prints.set(5, print);
    prints.set(70_000, print);
    expect([0, 4, 5, 6, 69_999, 70_000, 70_001, 1e9].filter((index) => prints.has(index))).toEqual([5, 70_000]);
    prints.delete(5);
    prints.delete(6);
    expect(prints.has(5)).toBe(false);
    prints.set(5, print);
    expect(prints.changedKinds(5, prints, 70_000)).toEqual([]);
  });
});
