/** Tells problems that repeat: the first of a code at once and in full, the others as a number with their first places. */
import type { Problem } from '../../core/base/parsed.ts';
import type { Output } from './output.ts';

/** Places that are named. */
const placesShown = 5;

interface Group {
  readonly problem: Problem;
  /** Of those that were not told. */
  readonly places: string[];
  untold: number;
  /** What one problem said of others that are nowhere listed. */
  unlisted: number;
}

export class ProblemGroups {
  readonly #output: Output;
  readonly #all: boolean;
  readonly #groups = new Map<string, Group>();

  /** `all`: each problem is told in full. */
  constructor(output: Output, all: boolean) {
    this.#output = output;
    this.#all = all;
  }

  /** `place` says for people where the problem lies, `about` stands before it when it is told in full. */
  tell(problem: Problem, place: string | null, about = ''): void {
    const group = this.#groups.get(problem.code);
    if (this.#all || group === undefined) {
      this.#output.problem(problem, about);
      if (group === undefined) this.#groups.set(problem.code, { problem, places: [], untold: 0, unlisted: 0 });
    } else if (problem.count !== undefined) group.unlisted = problem.count;
    else {
      group.untold++;
      if (place !== null && group.places.length < placesShown) group.places.push(place);
    }
  }

  /** Says what was not told. */
  end(): void {
    if (this.#all) return;
    for (const { problem, places, untold, unlisted } of this.#groups.values()) {
      const count = untold + unlisted;
      if (count === 0) continue;
      const others = count > places.length ? ', …' : '';
      const where = places.length === 0 ? '' : ` at ${places.join(', ')}${others}`;
      const what = count === 1 ? '1 more problem' : `${count} more problems`;
      const how = unlisted > 0 ? `lists the first ${untold + 1}` : `shows ${count === 1 ? 'it' : 'them'}`;
      const { severity, code } = problem;
      this.#output.problem({ severity, code, message: `${what} like this${where}; --explain ${how}` });
    }
    this.#groups.clear();
  }
}

/** Where a problem of a trace lies in its file. */
export function lineOf({ position }: Problem): string | null {
  return position?.line === undefined ? null : `line ${position.line}`;
}
