/** What a table shows of a decision, as small plain data beside the record. */
import { type DecisionPrint, decisionPrint } from '../diff/decisionPrint.ts';
import type { Problem } from '../base/parsed.ts';
import { fatalSentence, isAfterTrap } from '../difc/account/guardDeath.ts';
import type { DecisionRecord, EnforcementMode } from '../difc/record/decision.ts';
import { missedLookups } from '../lint/strictFindings.ts';
import { decisionRow } from '../present/presentRow.ts';
import { tagGains } from '../present/tagOrigins.ts';
import type { DecidedRow, TagOrigin } from '../protocol/rows.ts';
import { guardFailed } from './guardFailed.ts';

/** A decision without its arguments, results and guard calls. */
export interface DecisionDigest {
  readonly row: DecidedRow;
  /** Guard calls that entered the guard; a poisoned guard is not entered any more. */
  readonly guardCalls: number;
  /** Look-ups that have no recorded answer. */
  readonly missed: number;
  /** See `guardFailed`. */
  readonly failed: boolean;
  /** Whether the guard is unusable after the call: it died in it, or before it, so that the call was refused. */
  readonly poisoned: 'here' | 'before' | null;
  /** See `fatalSentence`. */
  readonly fatal: string | null;
  /** The mode of the decision; null when the guard's session could not begin, so that it could not set one. */
  readonly mode: EnforcementMode | null;
  /** Present when a user changed this call or one before it, and so may have set the mode. */
  readonly hypothetical?: true;
  /** Highest size of the guard's memory during the call, in bytes; null without memory. */
  readonly peakBytes: number | null;
  /** Tags that the call brought the agent. */
  readonly gains: readonly TagOrigin[];
  /** Warnings and errors. */
  readonly problems: readonly Problem[];
  /** Number of the other problems. */
  readonly notes: number;
  /** By what another run is compared; absent when none will be. */
  readonly print?: DecisionPrint;
}

/** The digest of a record. It has a print only when another run will be compared with it. */
export function decisionDigest(record: DecisionRecord, withPrint = false): DecisionDigest {
  const { guardCalls, problems } = record;
  const last = guardCalls.at(-1);
  const peaks = guardCalls.flatMap(({ memory }) => (memory === null ? [] : [memory.peak]));
  const shown = problems.filter(({ severity }) => severity !== 'info');
  return {
    row: decisionRow(record),
    guardCalls: guardCalls.filter((call) => call.error === null || call.attempts.length > 0).length,
    missed: missedLookups(record),
    failed: guardFailed(record),
    poisoned: last?.poisoned !== true ? null : isAfterTrap(last) ? 'before' : 'here',
    fatal: fatalSentence(record),
    mode: record.endedIn === 'init' ? null : record.mode,
    ...(record.hypothetical === undefined ? {} : { hypothetical: true as const }),
    peakBytes: peaks.length === 0 ? null : Math.max(...peaks),
    gains: tagGains(record),
    problems: shown,
    notes: problems.length - shown.length,
    ...(withPrint ? { print: decisionPrint(record) } : {}),
  };
}
