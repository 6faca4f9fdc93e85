/** Makes many odd calls on as few instances as possible, and says whether a call that breaks the guard does so alone. */
import type { GuardCallRecord } from '../difc/record/guardCall.ts';
import type { CheckFinding } from './checkModel.ts';
import { breakdown, deathOf } from './judge.ts';
import { alone, type CheckPart, make, nameOf } from './steps.ts';
import type { CheckSubject, SampleCall } from './subject/checkSubject.ts';

/** A call with an odd input; `sample` is what it is made from, and `what` names the input in a sentence. */
export interface OddCall {
  readonly call: SampleCall;
  readonly sample: SampleCall;
  readonly what: string;
}

/** A call that was tried: its record, and the finding about it. */
export interface TriedCall extends OddCall {
  readonly record: GuardCallRecord;
  readonly finding: CheckFinding | null;
}

/** Makes all calls on one instance after the other; a new one takes over after a trap. */
export function* tryCalls(subject: CheckSubject, calls: Iterable<OddCall>): CheckPart<readonly TriedCall[]> {
  const tried: TriedCall[] = [];
  let isFresh = true;
  let before = 0;
  for (const odd of calls) {
    const { call, sample, what } = odd;
    const name = nameOf(sample);
    const record: GuardCallRecord = isFresh ? yield* alone(subject, call) : yield* make(subject, call);
    let finding = breakdown(record, what, name);
    const isDead = record.poisoned || deathOf(record, what) !== null;
    if (finding !== null && !isFresh) {
      finding = breakdown(yield* alone(subject, call), what, name) ?? onlyLater(finding, before);
    }
    tried.push({ ...odd, record, finding });
    before = isDead ? 0 : before + 1;
    isFresh = isDead;
  }
  return tried;
}

/** The finding about a call that a fresh instance answers. */
function onlyLater({ message, subject }: CheckFinding, before: number): CheckFinding {
  return {
    severity: 'error',
    code: 'check/fails-after-others',
    message: `${message}; behind ${before} other calls of the instance, and not on a fresh one`,
    meaning:
      'Earlier calls, also of other sessions, bring the guard into a state in which this one fails; after a trap every later call fails until the gateway is restarted',
    hint: 'Look for memory that calls do not give back, and for state that they leave behind',
    ...(subject === undefined ? {} : { subject }),
  };
}
