/** The recorded session as a run to compare another with: decisions with the captured guard's answers, and the ends that a log has. */
import { Failure } from '../../core/base/failure.ts';
import { jsonText } from '../../core/base/jsonText.ts';
import type { DecisionChange } from '../../core/diff/compareDecisions.ts';
import type { ChangedCall, RunDiff } from '../../core/diff/runDiff.ts';
import type { DecisionRecord } from '../../core/difc/record/decision.ts';
import {
  changesFromRecorded,
  type RecordedOutcome,
  recordedEnds,
  recordedOutcome,
  recordedEndText,
} from '../../core/replay/recordedOutcome.ts';
import type { Trace } from '../../core/trace/model/traceModel.ts';
import { DecidedRun } from '../runs/decidedRun.ts';
import type { ReplaySettings } from '../session/runInputs.ts';
import { nothingRecorded, rulesOfRun } from './compareRecorded.ts';
import { decideRecorded } from './decideRecorded.ts';

export interface RecordedRun {
  /** The calls whose guard calls were captured. */
  readonly run: DecidedRun;
  /** How other calls ended; null when the trace does not say it. */
  readonly end: (index: number) => RecordedOutcome | null;
}

/** `file`: of calls that name none. Throws `session/nothing-recorded` when the trace does not say how any call was decided. */
export async function recordedRun(trace: Trace, file: string, settings: ReplaySettings): Promise<RecordedRun> {
  const run = new DecidedRun();
  const ends = recordedEnds(trace);
  const end = (index: number): RecordedOutcome | null => {
    const call = trace.calls[index];
    return call === undefined ? null : recordedOutcome(call, ends);
  };
  try {
    const rules = await rulesOfRun(settings, trace);
    for await (const record of decideRecorded(trace, { main: file, rules })) {
      run.add(record, Buffer.from(jsonText(record)));
    }
    if (run.size === 0 && trace.calls.every(({ index }) => end(index) === null)) throw nothingRecorded();
    return { run, end };
  } catch (thrown) {
    run.dispose();
    if (thrown instanceof Failure || !(thrown instanceof Error)) throw thrown;
    throw new Failure('trace/unreadable', `Cannot read the trace "${file}": ${thrown.message}`, 'Check the path');
  }
}

/** The calls that are decided otherwise than they were recorded, in the order of the trace; `diff` counts all. */
export function* compareWithRecorded(
  { run, end }: RecordedRun,
  after: DecidedRun,
  diff: RunDiff,
): Generator<ChangedCall> {
  for (const record of after.all()) {
    const before = run.record(record.index);
    const changed = before === undefined ? compareEnd(end(record.index), record, diff) : diff.compare(before, record);
    if (changed !== null) yield changed;
  }
}

function compareEnd(then: RecordedOutcome | null, record: DecisionRecord, diff: RunDiff): ChangedCall | null {
  if (then === null) return diff.pass();
  const withheld = record.items === null ? null : record.items.filter(({ allowed }) => !allowed).length;
  const changes = changesFromRecorded(then, { outcome: record.outcome, withheld }).map((kind): DecisionChange => {
    const [before, is] =
      kind === 'outcome' ? [then.outcomes[0], record.outcome] : [then.withheld?.length ?? 0, withheld ?? 0];
    const text = `was ${recordedEndText(then)}, is ${kind === 'outcome' ? is : `${is} withheld`}`;
    return { kind, pointer: `/${kind}`, before, after: is, text };
  });
  return diff.count(then.outcomes[0], record, changes);
}
