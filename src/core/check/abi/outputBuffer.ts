/** Checks the buffer protocol: an output that does not fit, the retry behind -2, and what lies behind the buffer (gateway spec 1.4 to 1.7). */
import type { ProbedCallRecord } from '../../difc/record/guardCall.ts';
import { utf8Length } from '../../go/goText.ts';
import { type Check, type CheckFinding, ended, notApplicable } from '../checkModel.ts';
import { distinct } from '../judge.ts';
import { alone, nameOf } from '../steps.ts';
import type { CheckSubject, SampleCall } from '../subject/checkSubject.ts';

/** A buffer that no answer fits into, but the four bytes of a needed size do. */
const tinyBytes = 8;

export const outputBuffer: Check = {
  id: 'output-buffer',
  section: 'buffers',
  title: 'An output that does not fit is announced with -2, and the retry gives the same answer',
  *run(subject) {
    const findings: CheckFinding[] = [];
    let tried = 0;
    for (const sample of onePerFunction(subject)) {
      const whole = yield* alone(subject, sample);
      const length = utf8Length(whole.output ?? '');
      if (length <= tinyBytes) continue;
      tried++;
      for (const outputBytes of [length - 1, tinyBytes]) {
        const record = yield* alone(subject, sample, { outputBytes });
        const finding = findingOf(nameOf(sample), record, { length, whole });
        if (finding !== null) findings.push(finding);
      }
    }
    if (tried === 0) return notApplicable('the guard answered none of the calls');
    return ended(`${tried} functions with buffers of ${tinyBytes} bytes and of one byte too few`, distinct(findings));
  },
};

/** A call of each function; of those with samples for several tools the first one. */
export function onePerFunction({ agent, resources, responses }: CheckSubject): readonly SampleCall[] {
  return [agent, ...resources.slice(0, 1), ...responses.slice(0, 1)];
}

/** `whole`: the call with a buffer that is large enough; `length`: the length of its output in bytes. */
function findingOf(
  name: string,
  record: ProbedCallRecord,
  { length, whole }: { readonly length: number; readonly whole: ProbedCallRecord },
): CheckFinding | null {
  const [first] = record.attempts;
  const offered = first?.bufferSize ?? 0;
  const about = `${name} has an answer of ${length} bytes; offered ${offered} bytes, it`;
  const stray = record.probe?.strayBytes ?? 0;
  const code = first?.code ?? null;
  const isDirectOverrun = code === null && record.error?.includes('out of bounds memory access') === true;
  if (stray > 0 || isDirectOverrun || (code !== null && code > offered)) {
    const how = isDirectOverrun ? 'wrote behind the end of the memory' : 'wrote past the buffer';
    return {
      severity: 'error',
      code: 'check/writes-past-buffer',
      message: `${about} ${how}${code !== null && code > offered ? ` and returned ${code}` : ''}`,
      meaning:
        'An answer of more than 4 MiB, for example about a long list, overwrites data of the guard or traps; later answers are wrong, or every call fails',
      hint: 'Compare the length with the fourth parameter (output size) before writing; when it is larger, write the needed size to the output pointer and return -2',
      subject: 'past',
    };
  }
  if (code === -2) return retryFinding(about, record, whole);
  if (code === null) return null;
  const [what, meaning] = wrongCode(code, length);
  return {
    severity: 'error',
    code: code === 0 ? 'check/empty-for-small-buffer' : code > 0 ? 'check/cuts-answer' : 'check/refuses-small-buffer',
    message: `${about} ${what}`,
    meaning,
    hint: 'When the answer does not fit, write the needed number of bytes to the output pointer (4 bytes, little endian) and return -2',
    subject: `code ${Math.sign(code)}`,
  };
}

function wrongCode(code: number, length: number): readonly [string, string] {
  if (code === 0) {
    return [
      'returned 0 in place of -2',
      'For an answer of more than 4 MiB the gateway gets an empty one: label_response then labels nothing, and the client gets the whole result; the other functions fail',
    ];
  }
  if (code > 0) {
    return [
      `returned ${code} bytes of the ${length}`,
      'The gateway gets a part of an answer of more than 4 MiB, which is not JSON, so the call fails',
    ];
  }
  return [
    `returned ${code} in place of -2`,
    'A call whose answer has more than 4 MiB fails, although the gateway would offer up to 16 MiB',
  ];
}

/** After -2: the retry has to end with the same answer. Without a hint the gateway doubles the buffer, which a tiny one does not survive. */
function retryFinding(about: string, record: ProbedCallRecord, whole: ProbedCallRecord): CheckFinding | null {
  const [first] = record.attempts;
  if (record.output !== null && record.output === whole.output) return null;
  if (record.output !== null) {
    return {
      severity: 'error',
      code: 'check/retry-changes-answer',
      message: `${about} returned -2, and gave another answer in the retry than in a call that needs none`,
      meaning:
        'The labels of a long answer depend on how often the gateway had to call; effects of the first attempt are counted twice or lost',
      hint: 'Change nothing in the memory of the guard before the output is known to fit, and make look-ups in every attempt',
      subject: 'retry',
    };
  }
  if (first?.hint === null && first.bufferSize === tinyBytes) return null;
  return {
    severity: 'error',
    code: 'check/retry-fails',
    message: `${about} returned -2 ${first?.hint === null ? 'without a size' : `with the size ${first?.hint ?? 0}`}, and the retry failed: ${record.error ?? ''}`,
    meaning: 'An answer of more than 4 MiB fails, although the gateway would offer up to 16 MiB in three attempts',
    hint: 'Before it returns -2, the guard writes the needed number of bytes as 4 bytes, little endian, to the output pointer, and nothing else',
    subject: 'retry',
  };
}
