import { describe, expect, it } from 'vitest';
import { explainDecision } from '../../../../src/core/difc/account/explain.ts';
import { deathText } from '../../../../src/core/difc/account/guardDeath.ts';
import type { GuardCallRecord } from '../../../../src/core/difc/record/guardCall.ts';
import type { GuardStack } from '../../../../src/core/difc/record/stackFrame.ts';
import { decision, guardCall } from '../../../support/records/decisions.ts';
import { proves } from '../../../support/proves.ts';

const unreachable = 'WASM function call failed: wasm error: unreachable';
const panic = "thread '<unnamed>' panicked at src/lib.rs:10:11:\nno owner\n";
const stack: GuardStack = {
  frames: [
    { function: 'core::panicking::panic', index: 9, offset: 90, at: null, inlined: false },
    { function: 'guard::owner', index: 4, offset: 40, at: { file: 'src/owner.rs', line: 4, column: 2 }, inlined: true },
  ],
  notes: [],
};

function headline(endedIn: 'init' | 1 | 4, call: Partial<GuardCallRecord>): string {
  const failed = guardCall({ error: unreachable, output: null, poisoned: true, ...call });
  return explainDecision(
    decision({ outcome: 'error', endedIn, error: failed.error, operation: null, guardCalls: [failed] }),
  ).headline;
}

describe('the account of a guard that dies', () => {
  it('begins with its panic, and then has what the gateway reports', () => {
    proves('own:panic-text-leads');
    expect(headline(1, { stderr: panic })).toBe(
      `Refused because label_resource panicked: "no owner" (src/lib.rs:10:11), which the gateway reports as: ${unreachable}`,
    );
    expect(headline('init', { stderr: panic })).toContain('Refused because label_agent panicked: "no owner"');
    expect(headline(4, { stderr: panic })).toContain(
      'label_response panicked: "no owner" (src/lib.rs:10:11) after the backend had answered, which',
    );
  });

  it('adds the place of the guard’s own code when the panic has none', () => {
    expect(headline(1, { stderr: 'panic: no owner\n', stack })).toContain(
      'label_resource panicked: "no owner" in guard::owner (src/owner.rs:4:2), which',
    );
    expect(headline(1, { log: [{ level: 3, message: 'no owner', attempt: 0, atMs: 0 }], stack })).toContain(
      'label_resource stopped in guard::owner (src/owner.rs:4:2) after it logged "no owner", which',
    );
  });

  it('says where a guard trapped that wrote nothing', () => {
    const error = 'WASM function call failed: wasm error: integer divide by zero';
    expect(headline(1, { error, stack })).toBe(
      `Refused because label_resource failed: ${error} in guard::owner (src/owner.rs:4:2)`,
    );
  });

  it('names the guard’s own function and line when its time ran out, also beside what it had logged', () => {
    proves('own:deadline-names-function');
    const error = 'WASM function call failed: module closed with context deadline exceeded';
    const where = 'the guard was in guard::owner (src/owner.rs:4:2) when its time ran out';
    expect(headline(1, { error, stack })).toBe(`Refused because label_resource failed: ${error}; ${where}`);
    expect(headline(1, { error, stack, stderr: 'retrying\n' })).toBe(
      `Refused because label_resource failed: ${error}; ${where}; the guard wrote "retrying" to stderr`,
    );
    const bare = { frames: stack.frames.slice(1).map((frame) => ({ ...frame, at: null })), notes: [] };
    expect(deathText(guardCall({ error, stack: bare }))).toBe('was in guard::owner when its time ran out');
    expect(headline(1, { error })).toBe(`Refused because label_resource failed: ${error}`);
    expect(deathText(guardCall({ error: 'module closed with context canceled', stack }))).toBeNull();
  });

  it('quotes stderr of a guard that refuses a call', () => {
    const error = 'WASM function returned error code: -1';
    expect(headline(1, { error, poisoned: false, stderr: 'one\nargument "path" is missing\n' })).toBe(
      `Refused because label_resource failed: ${error}; the guard wrote "argument "path" is missing" to stderr`,
    );
  });

  it('does not repeat the death at later calls, which never entered the guard', () => {
    const error = `WASM guard 'guard' is unavailable after a previous trap: ${unreachable}`;
    expect(headline(1, { error, attempts: [] })).toBe(`Refused because label_resource failed: ${error}`);
    expect(deathText(guardCall())).toBeNull();
  });
});
