/** Guard calls that several checks make. */
import type { ProbedCallRecord } from '../difc/record/guardCall.ts';
import type { GuardProbe } from './checkModel.ts';
import type { CheckSubject, SampleCall } from './subject/checkSubject.ts';

/** What a call has beyond its sample. */
export type ProbeOptions = Omit<GuardProbe, 'function' | 'input' | 'fresh' | 'starts'>;

/** A part of a check that gives a value. */
export type CheckPart<T> = Generator<GuardProbe, T, ProbedCallRecord>;

/** Begins with a fresh instance, whose `label_agent` was called as at the beginning of a session. */
export function* begin({ agent, answer }: CheckSubject): CheckPart<ProbedCallRecord> {
  return yield { function: 'label_agent', input: agent.input, fresh: true, starts: true, backend: answer };
}

/** One call on the running instance; look-ups get the answers of the subject unless the options have others. */
export function* make(
  subject: CheckSubject,
  { function: name, input }: SampleCall,
  options: ProbeOptions = {},
): CheckPart<ProbedCallRecord> {
  return yield { function: name, input, backend: subject.answer, ...options };
}

/** One call on a fresh instance, behind its `label_agent`. */
export function* alone(
  subject: CheckSubject,
  sample: SampleCall,
  options: ProbeOptions = {},
): CheckPart<ProbedCallRecord> {
  if (sample.function === 'label_agent') {
    return yield { function: 'label_agent', input: sample.input, fresh: true, backend: subject.answer, ...options };
  }
  yield* begin(subject);
  return yield* make(subject, sample, options);
}

/** How a sample is named in a sentence: its function, and its tool. */
export function nameOf({ function: name, tool }: SampleCall): string {
  return tool === null ? name : `${name} of "${tool}"`;
}
