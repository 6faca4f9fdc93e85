/** Finds the calls that take the guard of a second run longer, by deciding the calls of the second run again. */
import { compareDecisions } from '../../core/diff/compareDecisions.ts';
import { type CallTimes, confirmingLooks, type SlowerCall, slowerCalls } from '../../core/diff/slowerCalls.ts';
import type { DecidedRun } from './decidedRun.ts';

/** Changes with which a call has other guard calls than before. */
const otherCalls: ReadonlySet<string> = new Set(['outcome', 'operation', 'lookups']);

/** The slower calls by index. `again` decides the calls of the second run once more; null when it was cancelled. Both runs are of one trace. */
export async function confirmSlower(
  before: DecidedRun,
  after: DecidedRun,
  again: () => Promise<DecidedRun | null>,
): Promise<ReadonlyMap<number, SlowerCall>> {
  let times: readonly CallTimes[] = after.indexes.flatMap((index) => {
    const [was, is] = [before.msOf(index), after.msOf(index)];
    return was === null || is === null ? [] : [{ index, before: was, after: [is] }];
  });
  for (let looks = 0; looks < confirmingLooks && candidates(times, before, after).length > 0; looks++) {
    const look = await again();
    if (look === null) return new Map();
    times = times.flatMap(({ index, before: was, after: are }) => {
      const ms = look.msOf(index);
      return ms === null ? [] : [{ index, before: was, after: [...are, ms] }];
    });
    look.dispose();
  }
  return new Map(candidates(times, before, after).map((call) => [call.index, call]));
}

function candidates(times: readonly CallTimes[], before: DecidedRun, after: DecidedRun): readonly SlowerCall[] {
  return slowerCalls(times).filter(({ index }) => {
    const [was, is] = [before.record(index), after.record(index)];
    if (was === undefined || is === undefined) return false;
    return compareDecisions(was, is).every(({ kind }) => !otherCalls.has(kind));
  });
}
