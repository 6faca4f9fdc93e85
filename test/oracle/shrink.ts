/** Finds a smaller case with the same difference, by leaving out parts of the guard and steps. */
import { caseOf, type OracleCase, type Part, type Recipe } from './recipe.ts';
import type { JsonObject } from '../../src/core/base/json.ts';

/** The smallest case that was found, with its parts. */
export interface Smallest {
  readonly found: OracleCase;
  readonly parts: readonly Part[];
}

/** Reports whether a case still has the same difference. */
export type StillDiffers = (candidate: OracleCase) => Promise<boolean>;

/** `attempts`: the maximum number of candidates to run. */
export async function shrink(made: Recipe, stillDiffers: StillDiffers, attempts: number): Promise<Smallest> {
  let left = attempts;
  const tryCase = async (parts: readonly Part[], steps: readonly JsonObject[]): Promise<boolean> => {
    if (left-- <= 0) return false;
    try {
      return await stillDiffers(caseOf(made, parts, steps));
    } catch {
      // Parts may depend on each other, so a subset may not build.
      return false;
    }
  };
  const steps = await fewest(made.steps, (candidate) => tryCase(made.parts, candidate));
  const parts = await fewest(made.parts, (candidate) => tryCase(candidate, steps));
  const finalSteps = await fewest(steps, (candidate) => tryCase(parts, candidate));
  return { found: caseOf(made, parts, finalSteps), parts };
}

/** Removes halves, then quarters, down to single items, while the difference remains. */
async function fewest<T>(all: readonly T[], holds: (some: readonly T[]) => Promise<boolean>): Promise<readonly T[]> {
  let kept = all;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = kept.length - size; at > -size; at -= size) {
      const from = Math.max(at, 0);
      const candidate = [...kept.slice(0, from), ...kept.slice(at + size)];
      if (candidate.length < kept.length && (await holds(candidate))) kept = candidate;
    }
  }
  return kept;
}
