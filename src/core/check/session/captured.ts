/** Checks the calls of the captured session as a replay decided them, and changed copies of them. */
import { cutText } from '../../base/cutText.ts';
import { unwrapText } from '../../mcp/textContent.ts';
import { type Check, type CheckFinding, ended, notApplicable } from '../checkModel.ts';
import { deathOf, distinct, isRefusedByGuard } from '../judge.ts';
import { withMeaning } from '../lintMeanings.ts';
import { resourceCall, responseCall, textResultOf } from '../subject/madeUpSubject.ts';
import type { CheckSubject, FailedGuardCall } from '../subject/checkSubject.ts';
import { type OddCall, tryCalls } from '../tryCalls.ts';
import { mutations } from './mutate.ts';

const withoutSession = 'no captured session was given (--trace)';

export const capturedCalls: Check = {
  id: 'captured-calls',
  section: 'trace',
  title: 'Every captured call is labelled',
  run({ session }) {
    if (session === null) return notApplicable(withoutSession);
    const { calls, failures } = session;
    const refused = failures.filter(({ record }) => isRefusedByGuard(record)).length;
    const findings = failures.flatMap(failureFinding);
    const also = refused === 0 ? '' : `; the guard refused ${refused} of them with a negative code`;
    return ended(`${calls} calls${also}`, distinct(findings));
  },
};

function failureFinding({ call, tool, record, error }: FailedGuardCall): readonly CheckFinding[] {
  if (isRefusedByGuard(record)) return [];
  const name = `${record.function} of "${tool}"`;
  const death = deathOf(record, `captured call ${call}`, name);
  if (death !== null) return [death];
  return [
    {
      severity: 'warning',
      code: 'check/captured-call-fails',
      message: `${name} with captured call ${call} gave an answer that the gateway cannot use: ${cutText(error, 300)}`,
      meaning: 'This call of the session fails in production, too: the client gets this text in place of the answer',
      hint: `See the answer with "guardscope replay TRACE --call ${call}"`,
      subject: record.function,
    },
  ];
}

export const capturedAnswers: Check = {
  id: 'captured-answers',
  section: 'trace',
  title: 'The gateway reads every part of the answers to captured calls as it was meant',
  run({ session }) {
    if (session === null) return notApplicable(withoutSession);
    const findings = session.problems.filter(({ severity }) => severity !== 'info').map(withMeaning);
    return ended(`${session.calls} calls`, distinct(findings));
  },
};

export const changedCalls: Check = {
  id: 'changed-calls',
  section: 'trace',
  title: 'Changed copies of captured calls do not trap',
  *run(subject) {
    if (!subject.captured) return notApplicable(withoutSession);
    const tried = yield* tryCalls(subject, changedSamples(subject));
    const findings = tried.flatMap(({ finding }) => (finding === null ? [] : [finding]));
    return ended(`${tried.length} calls`, distinct(findings));
  },
};

function* changedSamples({ responses }: CheckSubject): Generator<OddCall> {
  for (const sample of responses) {
    const { tool, args, result } = sample;
    for (const { what, value } of mutations(args)) {
      yield { call: resourceCall(tool, value), sample: resourceCall(tool, args), what: `arguments with ${what}` };
    }
    const data = unwrapText(result);
    for (const { what, value } of mutations(data)) {
      const changed = data === result ? value : textResultOf(JSON.stringify(value));
      yield { call: responseCall(tool, args, changed), sample, what: `a result with ${what}` };
    }
  }
}
