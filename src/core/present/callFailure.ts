/** Why a call ended in an error: as a problem for the call's list, and as the answer of the guard that the gateway could not take. */
import type { Problem } from '../base/parsed.ts';
import type { DecisionRecord } from '../difc/record/decision.ts';
import { failureText } from '../difc/account/explainHeadline.ts';
import type { GuardCallRecord } from '../difc/record/guardCall.ts';

/** An answer that the guard gave without failing, and that ended the call all the same. */
export interface RefusedAnswer {
  /** Its entry in `guardCalls`. */
  readonly guardCall: number;
  /** What the gateway says of it. */
  readonly error: string;
}

/** Problems about the same lack of a recorded answer as the error of phase 3. */
const lacksAnswer: ReadonlySet<string> = new Set(['replay/no-recorded-answer', 'replay/answer-unreadable']);

/** The failure that ended a call; null where none did, or where another problem of the call says it already. */
export function callFailure(record: DecisionRecord): Problem | null {
  if (record.outcome !== 'error') return null;
  const text = failureText(record);
  if (record.panic !== undefined) {
    const hint = 'The client gets no answer at all; mend what the guard answers here';
    return failure('call/gateway-crash', `The gateway crashes on this call: ${text}`, hint);
  }
  const refused = refusedAnswer(record);
  if (refused !== null) {
    const name = record.guardCalls[refused.guardCall]?.function ?? 'the guard';
    const hint = 'The Raw tab shows the answer as the guard gave it';
    return failure('call/answer-refused', `The gateway cannot take what ${name} answered: ${text}`, hint);
  }
  const failed = record.guardCalls.at(-1);
  if (failed !== undefined && failed.error !== null) {
    return failure('call/guard-failed', `${failed.function} failed: ${failed.error}`, guardHint(failed));
  }
  switch (record.endedIn) {
    case 'init':
      return failure('call/refused', `Refused before the guard was asked: ${text}`);
    case 1:
    case 4:
      return failure('call/guard-failed', text);
    case 3: {
      if (record.problems.some(({ code }) => lacksAnswer.has(code))) return null;
      return failure('call/backend-failed', `The backend failed: ${text}`);
    }
    default:
      return failure('call/failed', text);
  }
}

/** The answer that the gateway could not take; the record tells it by the phase that failed although the guard did not. */
export function refusedAnswer(record: DecisionRecord): RefusedAnswer | null {
  const { guardCalls, endedIn, outcome } = record;
  const last = guardCalls.at(-1);
  if (outcome !== 'error' || last === undefined || last.error !== null) return null;
  const asked = endedIn === 'init' ? 'label_agent' : endedIn === 1 ? 'label_resource' : 'label_response';
  if (last.function !== asked || !['init', 1, 4].includes(endedIn ?? '')) return null;
  return { guardCall: guardCalls.length - 1, error: failureText(record) };
}

function guardHint({ poisoned, attempts }: GuardCallRecord): string {
  if (!poisoned) return 'The Guard tab shows how far it came, the Log tab what it said';
  return attempts.length === 0
    ? 'Mend the first call that failed: the later ones fail because of it'
    : 'The instance is unusable from here on: every later call fails until the guard is loaded again';
}

function failure(code: string, message: string, hint?: string): Problem {
  return { severity: 'error', code, message, ...(hint === undefined ? {} : { hint }) };
}
