/** How a call ended in the recorded session, as far as its trace says, and in what a decision differs from that. */
import type { JsonObject } from '../base/json.ts';
import type { ChangeKind } from '../difc/record/changeKind.ts';
import type { DecisionRecord, Outcome } from '../difc/record/decision.ts';
import { formatFacts } from '../trace/formats.ts';
import type { Trace, TraceCall, TraceFormat } from '../trace/model/traceModel.ts';

/** The end of a recorded call. A gateway's log does not always tell outcomes apart. */
export interface RecordedOutcome {
  /** The outcomes that agree with the trace, the most usual first. */
  readonly outcomes: readonly [Outcome, ...Outcome[]];
  /** The names of the items that were withheld; null when the trace does not have them. */
  readonly withheld: readonly string[] | null;
  /** The text of the gateway about a call that did not succeed; empty without one. */
  readonly reason: string;
}

/** What the recorded outcomes of a trace depend on beside the call. */
export interface RecordedEnds {
  readonly format: TraceFormat;
  /** Servers whose filtered items the trace has: only there does a call without such records mean that nothing was withheld. */
  readonly noting: ReadonlySet<string>;
}

/** Looks through a trace once, for the ends of its calls. */
export function recordedEnds({ format, calls }: Pick<Trace, 'format' | 'calls'>): RecordedEnds {
  return { format, noting: new Set(calls.flatMap(({ server, filtered }) => (filtered.length > 0 ? [server] : []))) };
}

/** Null when the trace does not say how the call ended. */
export function recordedOutcome(call: TraceCall, { format, noting }: RecordedEnds): RecordedOutcome | null {
  const { enforced, denied, received, filtered, server, answer, evidence, argsLost = false } = call;
  // The guard gets other arguments than it got.
  if (argsLost) return null;
  if (enforced !== undefined) {
    return isOutcome(enforced.outcome) ? { outcomes: [enforced.outcome], withheld: null, reason: '' } : null;
  }
  if (denied !== undefined) return { outcomes: ['denied'], withheld: null, reason: denied.reason };
  if (received?.answer?.error !== undefined) return endOfError(received.answer.error);
  const { answersProveReached } = formatFacts(format);
  if (!answersProveReached || call.answerLine === null || evidence === 'none') return null;
  if (answer?.error !== undefined) return { outcomes: ['error'], withheld: null, reason: answer.error };
  if (!noting.has(server)) return received?.answer === undefined ? null : asAllowed;
  const withheld = filtered.map(({ description }) => description);
  if (withheld.length > 0) return { outcomes: ['filtered', 'blocked'], withheld, reason: '' };
  // A response that strict mode blocks leaves no filter records (gateway spec 3.7, step 12), nor does one that the guard cannot label.
  return received?.answer === undefined
    ? { outcomes: ['allowed', 'blocked', 'error'], withheld, reason: '' }
    : asAllowed;
}

const asAllowed: RecordedOutcome = { outcomes: ['allowed'], withheld: [], reason: '' };

const outcomes: readonly string[] = ['allowed', 'filtered', 'denied', 'blocked', 'error'] satisfies readonly Outcome[];

/** Whether a word is an outcome; the status of a call without a decision is not. */
export function isOutcome(text: string): text is Outcome {
  return outcomes.includes(text);
}

/** The gateway's texts of denials and of withheld responses (gateway spec 3.7, steps 7, 12 and 13). */
function endOfError(error: string): RecordedOutcome {
  const outcome: Outcome = error.startsWith('DIFC Violation: ')
    ? 'denied'
    : /^(?:DIFC policy violation: |\[Filtered\] )/.test(error)
      ? 'blocked'
      : 'error';
  return { outcomes: [outcome], withheld: null, reason: error };
}

/** What of a decision is compared with the end of its recorded call. */
export interface DecidedEnd {
  readonly outcome: Outcome;
  /** Number of items that the client did not get; null when the guard did not label items. */
  readonly withheld: number | null;
}

/** In what the decision differs from the recorded end. A call that ends otherwise has no other difference. */
export function changesFromRecorded(then: RecordedOutcome, now: DecidedEnd): readonly ChangeKind[] {
  if (!then.outcomes.includes(now.outcome)) return ['outcome'];
  const isCounted = then.withheld !== null && ['allowed', 'filtered'].includes(now.outcome);
  return isCounted && then.withheld.length !== (now.withheld ?? 0) ? ['items'] : [];
}

/** The recorded end for a row, such as `denied` or `filtered, 2 withheld`. */
export function recordedEndText({ outcomes: [outcome], withheld }: RecordedOutcome): string {
  return (withheld ?? []).length === 0 ? outcome : `${outcome}, ${withheld?.length ?? 0} withheld`;
}

/** The recorded end as an object, for a comparison side by side with `decidedFacts`. */
export function recordedFacts({ outcomes: [outcome], withheld, reason }: RecordedOutcome): JsonObject {
  return { outcome, ...(reason === '' ? {} : { reason }), ...(withheld === null ? {} : { withheld: [...withheld] }) };
}

/** The same members of a decision as `recordedFacts` has of the recorded end. */
export function decidedFacts(then: RecordedOutcome, record: DecisionRecord): JsonObject {
  const { outcome, coarse, error, items } = record;
  const reason = outcome === 'denied' ? (coarse?.reason ?? '') : (error ?? '');
  const withheld = (items ?? []).filter(({ allowed }) => !allowed).map(({ description }) => description);
  return {
    outcome,
    ...(reason === '' ? {} : { reason }),
    ...(then.withheld === null ? {} : { withheld }),
  };
}
