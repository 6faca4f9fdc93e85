/** Checks that no input traps a guard: results and arguments that production may bring, other scripts, and bytes that are not JSON. */
import type { GuardCallRecord } from '../../difc/record/guardCall.ts';
import { type Check, type CheckFinding, ended, notApplicable } from '../checkModel.ts';
import { answerError, deathOf, distinct, isRefusedByGuard } from '../judge.ts';
import { alone, type CheckPart, make, nameOf } from '../steps.ts';
import { type OddCall, tryCalls } from '../tryCalls.ts';
import { resourceCall, responseCall, textResultOf } from '../subject/madeUpSubject.ts';
import type { CheckSubject, SampleCall } from '../subject/checkSubject.ts';
import { onePerFunction } from './outputBuffer.ts';
import { malformedInputs, oddArguments, oddResults, unicodeText } from './oddInputs.ts';

/** Most tools that are tried with every odd input. */
const mostTools = 12;

export const oddResultsCheck: Check = {
  id: 'odd-results',
  section: 'inputs',
  title: 'Results in unusual forms (empty lists, texts, errors, images) do not trap',
  run: (subject) =>
    tryAll(
      subject,
      subject.responses.slice(0, mostTools).flatMap((sample) => {
        return oddResults.map(({ what, result }) => {
          return { call: responseCall(sample.tool, sample.args, result), sample, what };
        });
      }),
    ),
};

export const oddArgumentsCheck: Check = {
  id: 'odd-arguments',
  section: 'inputs',
  title: 'Arguments that are missing or have another type do not trap',
  run: (subject) =>
    tryAll(
      subject,
      subject.resources.slice(0, mostTools).flatMap((sample) => {
        return oddArguments.map(({ what, args }) => ({ call: resourceCall(sample.tool ?? '', args), sample, what }));
      }),
    ),
};

export const unicodeCheck: Check = {
  id: 'unicode',
  section: 'inputs',
  title: 'Texts of all scripts are labelled, and the answer is UTF-8',
  run: (subject) =>
    tryAll(subject, [
      ...subject.resources.slice(0, mostTools).map((sample) => {
        const args = { path: unicodeText, owner: unicodeText, [unicodeText]: unicodeText };
        return { call: resourceCall(sample.tool ?? '', args), sample, what: 'Unicode in the arguments' };
      }),
      ...subject.responses.slice(0, mostTools).flatMap((sample) => {
        const list = JSON.stringify([{ path: unicodeText, title: unicodeText, [unicodeText]: [unicodeText] }]);
        return [textResultOf(list), textResultOf(unicodeText)].map((result) => {
          return { call: responseCall(sample.tool, sample.args, result), sample, what: 'Unicode in the result' };
        });
      }),
      {
        call: resourceCall(unicodeText, {}),
        sample: resourceCall('a tool', {}),
        what: 'Unicode in the name of the tool',
      },
    ]),
};

function* tryAll(subject: CheckSubject, calls: readonly OddCall[]): CheckPart<ReturnType<typeof ended>> {
  if (calls.length === 0) return notApplicable('there is no call to change');
  const findings: CheckFinding[] = [];
  let refused = 0;
  for (const { call, sample, what, record, finding } of yield* tryCalls(subject, calls)) {
    if (finding !== null) findings.push(finding);
    else if (record.escapedOutput !== undefined) findings.push(notUtf8(nameOf(sample), what, call.function));
    if (isRefusedByGuard(record)) refused++;
  }
  const also = refused === 0 ? '' : `; the guard refused ${refused} of them with a negative code`;
  return ended(`${calls.length} calls${also}`, distinct(findings));
}

function notUtf8(name: string, what: string, subject: string): CheckFinding {
  return {
    severity: 'warning',
    code: 'check/not-utf8',
    message: `${name} with ${what} gave an answer that is not UTF-8`,
    meaning:
      'The gateway replaces each wrong byte by U+FFFD, so a tag or a description is another text than the guard meant',
    hint: 'Do not cut texts in the middle of a character, and encode U+FFFD for what is not a character',
    subject,
  };
}

export const malformedInput: Check = {
  id: 'malformed-input',
  section: 'inputs',
  title: 'Empty and malformed input is refused without a trap',
  *run(subject) {
    const findings: CheckFinding[] = [];
    let tried = 0;
    for (const sample of onePerFunction(subject)) {
      let isFresh = true;
      for (const { what, input } of malformedInputs(sample.input)) {
        const call = { ...sample, input };
        const record: GuardCallRecord = isFresh ? yield* alone(subject, call) : yield* make(subject, call);
        tried++;
        const found = deathOf(record, what);
        isFresh = record.poisoned || found !== null;
        if (found !== null) findings.push(neverSent(found, sample.function));
        else if (record.output !== null && isLabelledNonsense(sample, what, record.output, answerError(record))) {
          findings.push(labelsNonsense(sample.function, what));
        }
      }
    }
    return ended(`${tried} calls`, distinct(findings));
  },
};

/** The gateway encodes the inputs itself, so that a trap on other bytes cannot be caused from outside. */
function neverSent(found: CheckFinding, subject: string): CheckFinding {
  return {
    ...found,
    severity: 'warning',
    code: 'check/trap-on-malformed',
    meaning:
      'The gateway encodes its inputs itself and sends JSON objects only, so this does not happen today; with another version of the gateway, one such call would stop the guard for all sessions',
    hint: 'Return -1 for an input that cannot be parsed',
    subject,
  };
}

/** Whether the guard gave labels for an input from which it cannot know what it labels. */
function isLabelledNonsense(
  { function: name }: SampleCall,
  what: string,
  output: string,
  error: string | null,
): boolean {
  return name === 'label_resource' && what === 'an input that is not JSON' && output !== '' && error === null;
}

function labelsNonsense(name: string, what: string): CheckFinding {
  return {
    severity: 'info',
    code: 'check/labels-malformed',
    message: `${name} gave labels for ${what}`,
    meaning:
      'The guard does not see that it misunderstands the gateway, so a change of the protocol would go by unseen',
    hint: 'Return -1 for an input that cannot be parsed',
    subject: name,
  };
}
