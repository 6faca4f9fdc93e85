/** Compares two runs call by call, also of sessions that do not have the same calls. */
import { alignCalls } from '../../core/diff/alignCalls.ts';
import type { ChangedCall, RunDiff } from '../../core/diff/runDiff.ts';
import type { SlowerCall } from '../../core/diff/slowerCalls.ts';
import type { DecidedRun } from './decidedRun.ts';

/** The calls that are decided differently, in the order of the second run; `diff` counts all. `slower`: calls that take longer, by their index there. */
export function* compareRuns(
  before: DecidedRun,
  after: DecidedRun,
  diff: RunDiff,
  slower: ReadonlyMap<number, SlowerCall> = new Map(),
): Generator<ChangedCall> {
  const [were, are] = [before.indexes, after.indexes];
  const keys = (run: DecidedRun, indexes: readonly number[]): readonly string[] => indexes.map((at) => run.keyOf(at));
  for (const aligned of alignCalls(keys(before, were), keys(after, are))) {
    const was = aligned.before === null ? undefined : before.record(were[aligned.before] ?? -1);
    const is = aligned.after === null ? undefined : after.record(are[aligned.after] ?? -1);
    const changed = diff.compare(was, is, is === undefined ? undefined : slower.get(is.index));
    if (changed !== null) yield changed;
  }
}
