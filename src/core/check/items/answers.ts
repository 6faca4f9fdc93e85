/** Checks that the gateway reads every part of the answers as it was meant, with the rules of `core/lint`. */
import { lintCall } from '../../lint/lintCall.ts';
import { type Check, type CheckFinding, ended, notApplicable } from '../checkModel.ts';
import { distinct } from '../judge.ts';
import { agentOf } from '../labels.ts';
import { withMeaning } from '../lintMeanings.ts';
import { begin } from '../steps.ts';
import { decide, labelCall } from './decide.ts';

export const answersCheck: Check = {
  id: 'answers',
  section: 'items',
  title: 'The gateway reads every part of the answers as it was meant',
  *run(subject) {
    if (subject.responses.length === 0) return notApplicable('no call has a result');
    const start = yield* begin(subject);
    const agent = agentOf(start);
    const findings: CheckFinding[] = [];
    for (const sample of subject.responses) {
      const record = decide(yield* labelCall(subject, sample), agent, 'filter');
      const guardCalls = start.poisoned ? record.guardCalls : [start, ...record.guardCalls];
      findings.push(...lintCall({ ...record, guardCalls }).map(withMeaning));
    }
    return ended(`${subject.responses.length} calls`, distinct(findings));
  },
};

export const strictWithinFilter: Check = {
  id: 'strict-within-filter',
  section: 'items',
  title: 'What a call gives in strict mode, it gives in filter mode, too',
  *run(subject) {
    if (subject.responses.length === 0) return notApplicable('no call has a result');
    const agent = agentOf(yield* begin(subject));
    const findings: CheckFinding[] = [];
    for (const sample of subject.responses) {
      const call = yield* labelCall(subject, sample);
      const strict = decide(call, agent, 'strict');
      const filter = decide(call, agent, 'filter');
      if (strict.outcome === 'allowed' && filter.outcome !== 'allowed')
        findings.push(strictGivesMore(sample.tool, filter.outcome));
    }
    return ended(`${subject.responses.length} calls in both modes`, distinct(findings));
  },
};

function strictGivesMore(tool: string, outcome: string): CheckFinding {
  return {
    severity: 'warning',
    code: 'check/strict-gives-more',
    message: `The result of "${tool}" is given as a whole in strict mode, and is ${outcome} in filter mode`,
    meaning:
      'In strict mode the gateway does not call label_response for a "read-write", so the items that filter mode withholds reach the client',
    hint: 'Label the call as "read" or as "write", or give the resource itself the labels of its most protected item',
    subject: tool,
  };
}
