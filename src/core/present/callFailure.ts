/** Explains why a call ended in an error: as a problem for its list, and as the guard's answer that the gateway rejected. */
import type { Problem } from '../base/parsed.ts';
import type { DecisionRecord } from '../difc/record/decision.ts';
import { failureText } from '../difc/account/explainHeadline.ts';
import { failedCallText } from '../difc/account/guardDeath.ts';
import type { GuardCallRecord } from '../difc/record/guardCall.ts';

/** An answer of a guard call that succeeded but was rejected by the gateway, which ended the call. */
export interface RefusedAnswer {
  /** Index in `guardCalls`. */
  readonly guardCall: number;
  /** The gateway's error. */
  readonly error: string;
}

/** Problems that already report a missing recorded answer, the cause of an error in phase 3. */
const missingAnswerCodes: ReadonlySet<string> = new Set(['replay/no-recorded-answer', 'replay/answer-unreadable']);

/** Returns the failure that ended a call; null when it did not fail, or when another problem of the call already reports it. */
export function callFailure(record: DecisionRecord): Problem | null {
  if (record.outcome !== 'error') return null;
  const text = failureText(record);
  if (record.panic !== undefined) {
    const hint = 'The client gets no answer; fix what the guard returns for this call';
    return failure('call/gateway-crash', `The gateway crashes on this call: ${text}`, hint);
  }
  const refused = refusedAnswer(record);
  if (refused !== null) {
    const name = record.guardCalls[refused.guardCall]?.function ?? 'the guard';
    const hint = 'The Raw tab shows the answer as the guard returned it';
    return failure('call/answer-refused', `The gateway rejects the answer of ${name}: ${text}`, hint);
  }
  const failed = record.guardCalls.at(-1);
  if (failed !== undefined && failed.error !== null) {
    return failure('call/guard-failed', failedCallText(failed.function, failed, failed.error), guardHint(failed));
  }
  switch (record.endedIn) {
    case 'init':
      return failure('call/refused', `Refused before the guard was called: ${text}`);
    case 1:
    case 4:
      return failure('call/guard-failed', text);
    case 3: {
      if (record.problems.some(({ code }) => missingAnswerCodes.has(code))) return null;
      return failure('call/backend-failed', `The backend failed: ${text}`);
    }
    default:
      return failure('call/failed', text);
  }
}

/** Finds the answer that the gateway rejected: the phase failed although its guard call succeeded. */
export function refusedAnswer(record: DecisionRecord): RefusedAnswer | null {
  const { guardCalls, endedIn, outcome } = record;
  const last = guardCalls.at(-1);
  if (outcome !== 'error' || last === undefined || last.error !== null) return null;
  const asked = endedIn === 'init' ? 'label_agent' : endedIn === 1 ? 'label_resource' : 'label_response';
  if (last.function !== asked || !['init', 1, 4].includes(endedIn ?? '')) return null;
  return { guardCall: guardCalls.length - 1, error: failureText(record) };
}

function guardHint({ poisoned, attempts }: GuardCallRecord): string {
  if (!poisoned) return 'The Guard tab shows how far the call got, the Log tab what the guard logged';
  return attempts.length === 0
    ? 'Fix the first call that failed: the later calls fail because of it'
    : 'The instance is unusable from now on: every later call fails until the guard is reloaded';
}

function failure(code: string, message: string, hint?: string): Problem {
  return { severity: 'error', code, message, ...(hint === undefined ? {} : { hint }) };
}
