/** The detail of calls that ended in an error: the failure among the problems, and the rejected answer. */
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { CallDetail } from '../../../src/core/protocol/rows.ts';
import { decisionDetail } from '../../../src/core/present/presentDetail.ts';
import type { GuardText } from '../../engine/runtime/guards.ts';
import { badGuard, cleanUp, closeSessions, sessionOf } from '../../engine/session/sessions.ts';

afterEach(closeSessions);
afterAll(cleanUp);

/** Answers "still here", which is not JSON. */
const notJson = '(memory.copy (local.get $out) (i32.const 0) (i32.const 10)) (i32.const 10)';
const emptyReadLabels = '{"resource":{"description":"r","secrecy":[],"integrity":[]},"operation":"read"}';
const ok = {
  rest: `(data (i32.const 100) "${emptyReadLabels.replaceAll('"', '\\"')}")`,
  label_resource: `(memory.copy (local.get $out) (i32.const 100) (i32.const ${emptyReadLabels.length})) (i32.const ${emptyReadLabels.length})`,
} as const;

async function detailsWith(name: string, guard: GuardText, withPolicy = false): Promise<CallDetail[]> {
  const session = sessionOf({ guard: badGuard(name, guard), ...(withPolicy ? {} : { policy: null }) });
  await session.replay();
  return [...session.records()].map((record) => decisionDetail(record, session.row(record.index), 1));
}

describe('a call that ended in an error', () => {
  it('by a trap lists the failure, and each later call refers to it', async () => {
    const [first, second] = await detailsWith('traps', { label_resource: 'unreachable' });
    expect(first?.problems[0]).toMatchObject({
      severity: 'error',
      code: 'call/guard-failed',
      message: 'label_resource failed: WASM function call failed: wasm error: unreachable',
      hint: 'The instance is unusable from now on: every later call fails until the guard is reloaded',
    });
    expect(first?.guardCalls[0]?.answerError).toBeNull();
    expect(second?.problems[0]).toMatchObject({
      code: 'call/guard-failed',
      message: expect.stringContaining('unavailable') as string,
      hint: 'Fix the first call that failed: the later calls fail because of it',
    });
  });

  it.each([
    ['label_agent', { label_agent: notJson }, true],
    ['label_resource', { label_resource: notJson }, false],
    ['label_response', { ...ok, label_response: notJson }, false],
  ] as const)('by an answer of %s that is not JSON marks that answer as failed', async (name, guard, withPolicy) => {
    const [first] = await detailsWith(`answers-${name}`, guard, withPolicy);
    const last = first?.guardCalls.at(-1);
    expect(last).toMatchObject({ function: name, error: null });
    expect(last?.answerError).toMatch(/^failed to unmarshal .*invalid character 's'/);
    expect(first?.guardCalls.slice(0, -1).map(({ answerError }) => answerError)).not.toContain(last?.answerError);
    expect(first?.problems[0]).toMatchObject({
      severity: 'error',
      code: 'call/answer-refused',
      message: `The gateway rejects the answer of ${name}: ${last?.answerError}`,
      hint: 'The Raw tab shows the answer as the guard returned it',
    });
  });

  it('because nothing is recorded has one problem about that', async () => {
    const session = sessionOf();
    await session.replay();
    const [record] = session.records();
    if (record === undefined) throw new Error('the sample has no call');
    const lost = {
      ...record,
      outcome: 'error',
      endedIn: 3,
      error: 'no answer',
      client: { error: { code: 0, message: '' } },
    };
    const row = session.row(record.index);
    const codes = (problems: typeof record.problems): readonly string[] =>
      decisionDetail({ ...lost, problems } as typeof record, row, 1).problems.map(({ code }) => code);
    expect(codes([])).toEqual(['call/backend-failed']);
    const missing = { severity: 'warning', code: 'replay/no-recorded-answer', message: '' } as const;
    expect(codes([missing])).toEqual(['replay/no-recorded-answer']);
  });
});
