/** The row of a call in the list: each column's value, before and after its replay. */
import { describe, expect, it } from 'vitest';
import type { ItemRecord } from '../../../src/core/difc/record/decision.ts';
import type { LogLine } from '../../../src/core/difc/record/guardCall.ts';
import { cutText } from '../../../src/core/base/cutText.ts';
import { decisionRow, lookupRow, oneLine, pendingRow } from '../../../src/core/present/presentRow.ts';
import { decision, guardCall } from '../../support/records/decisions.ts';
import { callOf } from '../../support/preview/records.ts';

const logged = (level: number): LogLine => ({ level, message: 'text', attempt: 0, atMs: 0 });

function item(index: number, allowed: boolean): ItemRecord {
  return {
    index,
    path: `/${index}`,
    description: `item ${index}`,
    origin: 'path',
    secrecy: [],
    integrity: [],
    allowed,
    decision: allowed ? 'allow' : 'deny',
    reason: '',
    secrecyToAdd: [],
    integrityToDrop: [],
    data: null,
  };
}

describe('the row of a decision', () => {
  it('sums up the guard calls, and has the memory of the last one with a memory', () => {
    const memory = (after: number) => ({ before: 0, after, peak: after });
    const calls = [
      guardCall({ durationMs: 1, log: [logged(0), logged(2)], logDropped: 3, memory: memory(65_536) }),
      guardCall({ durationMs: 2, log: [logged(1)], memory: memory(131_072) }),
      guardCall({ durationMs: 4, memory: null }),
    ];
    expect(decisionRow(decision({ guardCalls: calls }))).toMatchObject({
      durationMs: 7,
      memoryBytes: 131_072,
      logLines: 6,
      logLevel: 2,
      backendCalls: 0,
    });
    expect(decisionRow(decision({ guardCalls: [] }))).toMatchObject({ durationMs: 0, memoryBytes: null });
  });

  it('leaves levels that the gateway does not name out of the highest level', () => {
    const level = (...levels: number[]): number | null =>
      decisionRow(decision({ guardCalls: [guardCall({ log: levels.map(logged) })] })).logLevel;
    expect(level(9, 1)).toBe(1);
    expect(level(4)).toBe(null);
  });

  it('counts allowed items, or none when the guard labelled none', () => {
    const items = [item(0, true), item(1, false), item(2, true)];
    expect(decisionRow(decision({ items })).items).toEqual({ allowed: 2, total: 3 });
    expect(decisionRow(decision({ items: null })).items).toBe(null);
  });

  it('has the tags that label_agent gave the agent apart from those that the call brought', () => {
    const row = decisionRow(
      decision({
        agentStart: { secrecy: [], integrity: ['approved:w', 'none:w'] },
        agentBefore: { secrecy: ['private:w'], integrity: ['none:w'] },
        agentAfter: { secrecy: ['private:w', 'private:x'], integrity: ['none:w'] },
      }),
    );
    expect(row.began).toEqual({ secrecy: ['private:w'], integrity: [] });
    expect(row.gained).toEqual({ secrecy: ['private:x'], integrity: [] });
    expect(row.lost).toEqual({ secrecy: [], integrity: ['approved:w'] });
    expect(decisionRow(decision()).began).toBeUndefined();
  });

  it('has what the user changed of this call, not of those before it', () => {
    const edited = decisionRow(decision({ marks: ['lint'], hypothetical: ['arguments', 'mode'] }));
    expect(edited).toMatchObject({ edited: ['arguments', 'mode'], marks: ['lint', 'edited'] });
    const behind = decisionRow(decision({ marks: ['lint'], hypothetical: [] }));
    expect(behind).toMatchObject({ marks: ['lint'] });
    expect(behind.edited).toBeUndefined();
  });

  it('counts warnings and errors but not notes, and marks a difference from the recording', () => {
    const problem = (severity: 'error' | 'warning' | 'info', code = 'guard/odd') => ({
      severity,
      code,
      message: 'odd',
    });
    const problems = [problem('info'), problem('error'), problem('warning', 'replay/differs-from-recording')];
    expect(decisionRow(decision({ problems }))).toMatchObject({ problems: 2, differs: true });
    expect(decisionRow(decision({ problems: [problem('info')] }))).toMatchObject({ problems: 0, differs: false });
  });

  it('has the time of day in UTC, empty without a time', () => {
    expect(decisionRow(decision()).time).toBe('10:15:30.101');
    expect(decisionRow(decision({ time: null })).time).toBe('');
  });
});

describe('the row of a call without a decision', () => {
  it('has no values of a replay', () => {
    const call = callOf(0);
    expect(pendingRow(call, 'running')).toMatchObject({
      status: 'running',
      tool: call.tool,
      headline: '',
      items: null,
      durationMs: null,
      memoryBytes: null,
      logLevel: null,
    });
  });

  it('of a look-up names the call that it was made for', () => {
    const row = lookupRow(callOf(3), callOf(7));
    expect(row.status).toBe('skipped');
    expect(row.headline).toBe(`Guard look-up, not an agent call: made for call 8 (${callOf(7).tool})`);
  });
});

describe('a value on one line', () => {
  it('is JSON as Go writes it, or the text itself with its white space joined', () => {
    expect(oneLine({ b: 1, a: '<' }, 100)).toBe('{"a":"\\u003c","b":1}');
    expect(oneLine('two\n  lines', 100)).toBe('two lines');
  });

  it('is cut with an ellipsis, never inside a surrogate pair', () => {
    expect(cutText('abcdef', 4)).toBe('abc…');
    expect(cutText('ab😀cd', 4)).toBe('ab…');
    expect(cutText('abcd', 4)).toBe('abcd');
  });
});
