/** Decides the calls of a view as recorded, before they are decided with the changes of a user, so that both can be compared. */
import type { EditedCall } from '../../../core/whatIf/callChanges.ts';
import type { PreparedServers } from '../../sessionWorker/host/preparedServers.ts';
import type { ThreadSession } from '../../sessionWorker/host/threadSession.ts';
import type { RunSetup } from '../runReport.ts';
import { RunResults } from '../runResults.ts';
import { replayInThread, type ThreadRun } from '../threadRun.ts';

/** Compares `results`, which are still to be filled, with the calls without changes. False: the signal aborted. */
export async function decideUnchanged(
  run: Omit<ThreadRun, 'results' | 'onLoaded' | 'onStep'>,
  results: RunResults,
  compareWithout: RunSetup['compareWithout'],
): Promise<boolean> {
  if (compareWithout === null || run.changes.length === 0) return true;
  const unchanged = new RunResults();
  const onLoaded = (prepared: PreparedServers): void => void (unchanged.inputs = inputsOf(run.session, prepared, []));
  try {
    const end = await replayInThread({ ...run, changes: [], results: unchanged, onLoaded, onStep: () => undefined });
    if (end !== null) results.compareWith(compareWithout(unchanged));
    return end !== null;
  } finally {
    unchanged.dispose();
  }
}

/** See `Baseline.inputs`. */
export function inputsOf(
  { outline }: ThreadSession,
  { inputsHash }: PreparedServers,
  changes: readonly EditedCall[],
): string {
  const ofChanges = changes.length === 0 ? '' : ` ${JSON.stringify(changes)}`;
  return `${outline.fingerprint} ${inputsHash}${ofChanges}`;
}
