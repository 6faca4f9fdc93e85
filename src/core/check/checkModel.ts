/** What a check of a guard asks, what it finds, and the report of all checks: plain data. */
import type { JsonValue } from '../base/json.ts';
import type { Problem } from '../base/parsed.ts';
import type { ProbedCallRecord, GuardFunction } from '../difc/record/guardCall.ts';
import type { BackendAnswer } from '../guard/backend.ts';
import type { CheckSubject } from './subject/checkSubject.ts';

/** The parts of a report, in their order. */
export const checkSections = {
  buffers: 'Output buffers',
  inputs: 'Inputs',
  lookups: 'Look-ups',
  state: 'State between calls',
  items: 'Answers',
  trace: 'The captured session',
  tools: 'Tools of the server',
} as const;

/** The id of a part of a report. */
export type CheckSection = keyof typeof checkSections;

/** Answers a guard's look-ups in a check. */
export type ProbeBackend = (tool: string, args: JsonValue) => BackendAnswer;

/** One guard call that a check makes. */
export interface GuardProbe {
  readonly function: GuardFunction;
  readonly input: string;
  /** Whether the module is instantiated anew before the call, so that nothing of earlier calls is left. */
  readonly fresh?: boolean;
  /** Whether this is the `label_agent` behind which a check begins; a driver leaves out one that is known to stop the guard. */
  readonly starts?: boolean;
  /** Bytes of the first output buffer; absent: the gateway's 4 MiB. With it, the record has `probe`. */
  readonly outputBytes?: number;
  /** Absent: every look-up fails with -1. */
  readonly backend?: ProbeBackend;
}

/** A finding of a check: a problem, and what it means in production. */
export interface CheckFinding extends Problem {
  readonly meaning: string;
}

/** How a check ended. Without findings it has passed, unless it does not apply. */
export interface CheckEnd {
  readonly findings: readonly CheckFinding[];
  /** What was tried, in a few words; for a check that does not apply, why. */
  readonly detail: string;
  /** False when the guard or the inputs have nothing that the check could look at. */
  readonly applies: boolean;
}

/** A running check: it yields a guard call to make, and takes the record of that call. */
export type CheckRun = Generator<GuardProbe, CheckEnd, ProbedCallRecord>;

/** One check. It makes its guard calls through its driver, so it knows no worker, no file and no time. */
export interface Check {
  /** Stable name, as reports in JSON have it. */
  readonly id: string;
  readonly section: CheckSection;
  /** What holds when the check passes, as a sentence. */
  readonly title: string;
  /** The end of a check that makes no calls comes at once. */
  run(subject: CheckSubject): CheckRun | CheckEnd;
}

/** The result of one check in a report. */
export interface CheckResult extends Omit<CheckEnd, 'applies'> {
  readonly check: string;
  readonly section: CheckSection;
  readonly title: string;
  readonly outcome: 'passed' | 'finding' | 'not-applicable';
}

/** The result of a check that ended. */
export function checkResultOf({ id, section, title }: Check, { findings, detail, applies }: CheckEnd): CheckResult {
  const outcome = findings.length > 0 ? 'finding' : applies ? 'passed' : 'not-applicable';
  return { check: id, section, title, outcome, detail, findings };
}

/** The end of a check that looked at something. */
export function ended(detail: string, findings: readonly CheckFinding[]): CheckEnd {
  return { findings, detail, applies: true };
}

/** The end of a check that has nothing to look at. */
export function notApplicable(why: string): CheckEnd {
  return { findings: [], detail: why, applies: false };
}
