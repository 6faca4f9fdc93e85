/** Checks that a call gives the same answer whenever it is made: on two instances, again on the same one, and behind other calls. */
import type { GuardCallRecord } from '../../difc/record/guardCall.ts';
import { cutText } from '../../base/cutText.ts';
import { type Check, type CheckFinding, ended } from '../checkModel.ts';
import { distinct } from '../judge.ts';
import { alone, begin, make, nameOf } from '../steps.ts';
import type { CheckSubject, SampleCall } from '../subject/checkSubject.ts';

/** Most calls of each function that are compared. */
const mostCalls = 12;

function samplesOf({ resources, responses }: CheckSubject): readonly SampleCall[] {
  return [...resources.slice(0, mostCalls), ...responses.slice(0, mostCalls)];
}

export const deterministic: Check = {
  id: 'deterministic',
  section: 'state',
  title: 'Two instances give the same answers, and so does a call that is repeated',
  *run(subject) {
    const findings: CheckFinding[] = [];
    const samples = samplesOf(subject);
    for (const sample of [subject.agent, ...samples]) {
      const first = yield* alone(subject, sample);
      // Other checks say what is wrong with a call that stops the guard.
      if (first.poisoned) continue;
      const elsewhere = yield* alone(subject, sample);
      const second = yield* make(subject, sample);
      const third = yield* make(subject, sample);
      if (
        !isSame(first, elsewhere) ||
        (!isSame(elsewhere, second) && !isSame(second, third) && !isSame(elsewhere, third))
      ) {
        findings.push(differs(nameOf(sample), first, isSame(first, elsewhere) ? second : elsewhere));
      } else if (!isSame(elsewhere, second)) {
        findings.push(secondDiffers(nameOf(sample), elsewhere, second));
      }
    }
    return ended(`${samples.length + 1} calls, made four times each`, distinct(findings));
  },
};

function differs(name: string, one: GuardCallRecord, other: GuardCallRecord): CheckFinding {
  return {
    severity: 'error',
    code: 'check/not-deterministic',
    message: `${name} gives another answer each time: ${quoted(one)}, then ${quoted(other)}`,
    meaning:
      'Whether an agent may see something is a matter of chance, and a replay cannot show what production decided',
    hint: 'Take nothing into an answer that comes from clocks, random numbers, addresses or the order of a hash map',
    subject: 'calls',
  };
}

function secondDiffers(name: string, one: GuardCallRecord, other: GuardCallRecord): CheckFinding {
  return {
    severity: 'error',
    code: 'check/second-call-differs',
    message: `${name} gives another answer when it is called again: ${quoted(one)}, then ${quoted(other)}`,
    meaning:
      'One instance of the guard serves all calls of all sessions, so the labels of a call depend on what others have called before',
    hint: 'Look for state that a call leaves behind: a cache whose key lacks an argument, a buffer that is not emptied, a global',
    subject: 'calls',
  };
}

export const independent: Check = {
  id: 'independent',
  section: 'state',
  title: 'A call gives the same answer behind other calls as on a fresh instance',
  *run(subject) {
    const samples = samplesOf(subject);
    const fresh: GuardCallRecord[] = [];
    for (const sample of samples) fresh.push(yield* alone(subject, sample));
    const findings: CheckFinding[] = [];
    for (const order of [samples, samples.toReversed()]) {
      yield* begin(subject);
      const before: string[] = [];
      for (const sample of order) {
        const record = yield* make(subject, sample);
        const expected = fresh[samples.indexOf(sample)];
        if (record.poisoned) break;
        const comparable = expected?.poisoned === false && isAnswered(subject, expected) && isAnswered(subject, record);
        if (comparable && !isSame(expected, record)) {
          findings.push(dependent(nameOf(sample), before.at(-1) ?? 'label_agent', expected, record));
        }
        before.push(nameOf(sample));
      }
    }
    return ended(`${samples.length} calls in two orders`, distinct(findings));
  },
};

function dependent(name: string, behind: string, one: GuardCallRecord, other: GuardCallRecord): CheckFinding {
  return {
    severity: 'warning',
    code: 'check/depends-on-earlier-calls',
    message: `${name} gives another answer behind ${behind} than on a fresh instance: ${quoted(one)}, then ${quoted(other)}`,
    meaning:
      'One instance of the guard serves all calls of all sessions: a call of one agent changes what another one may see',
    hint: 'Look for a cache whose key lacks the tool or an argument; what a guard may keep is what it looked up, under the question that it asked',
    subject: 'calls',
  };
}

/** Whether all look-ups of a call had known answers; with made-up ones a fresh instance knows less than one that has asked before. */
function isAnswered({ isRecorded }: CheckSubject, { backendCalls }: GuardCallRecord): boolean {
  return backendCalls.every(({ tool, args, reached }) => !reached || isRecorded(tool, args));
}

/** Whether two calls gave the same answer, or failed with the same text. */
function isSame(one: GuardCallRecord, other: GuardCallRecord): boolean {
  return one.output === other.output && one.error === other.error;
}

/** The answer or the error of a call, cut to a length. */
function quoted({ output, error }: GuardCallRecord): string {
  return cutText(output ?? error ?? '', 160);
}
