/** Groups the phases of a decision, so that the one that decided is seen first. */
import type { PhaseRow } from '../../src/core/protocol/rows.ts';

/** Neighbouring phases; folded ones share one line. */
export interface PhaseGroup {
  readonly phases: readonly PhaseRow[];
  readonly folded: boolean;
}

/**
 * The phases in their order. Where one stopped the call or ended with a warning, those that passed are folded; phases that were not
 * reached are folded when there are several.
 */
export function phaseGroups(phases: readonly PhaseRow[]): readonly PhaseGroup[] {
  const decides = phases.some(({ status }) => status === 'stopped' || status === 'warning');
  const runs: PhaseRow[][] = [];
  for (const phase of phases) {
    const last = runs.at(-1);
    if (last !== undefined && last[0]?.status === phase.status) last.push(phase);
    else runs.push([phase]);
  }
  return runs.map((run) => {
    const status = run[0]?.status;
    return { phases: run, folded: (status === 'done' && decides) || (status === 'skipped' && run.length > 1) };
  });
}
