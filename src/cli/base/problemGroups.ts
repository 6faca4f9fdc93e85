/** Reports repeated problems compactly: the first one of a code and a subject in full, the others as a count with the first places. */
import type { Problem } from '../../core/base/parsed.ts';
import type { Output } from './output.ts';

/** Places that are listed per group. */
const placesShown = 5;

interface Group {
  readonly problem: Problem;
  /** The first places of problems that were not reported in full. */
  readonly places: string[];
  unreported: number;
  /** Problems that the trace reader only counted. */
  unlisted: number;
}

/** The problems of one run, grouped by code and subject. */
export class ProblemGroups {
  readonly #output: Output;
  readonly #all: boolean;
  readonly #groups = new Map<string, Group>();

  /** `all` reports each problem in full. */
  constructor(output: Output, all: boolean) {
    this.#output = output;
    this.#all = all;
  }

  /** `place` is listed if the problem is only counted; `about` is the prefix if it is reported in full. */
  add(problem: Problem, place: string | null, about = ''): void {
    const key = `${problem.code} ${problem.subject ?? ''}`;
    const group = this.#groups.get(key);
    if (this.#all || group === undefined) {
      this.#output.problem(problem, about);
      if (group === undefined) this.#groups.set(key, { problem, places: [], unreported: 0, unlisted: 0 });
    } else if (problem.count !== undefined) group.unlisted = problem.count;
    else {
      group.unreported++;
      if (place !== null && group.places.length < placesShown) group.places.push(place);
    }
  }

  /** Reports the counts. */
  end(): void {
    if (this.#all) return;
    for (const { problem, places, unreported, unlisted } of this.#groups.values()) {
      const count = unreported + unlisted;
      if (count === 0) continue;
      const others = count > places.length ? ', …' : '';
      const where = places.length === 0 ? '' : ` at ${places.join(', ')}${others}`;
      const what = count === 1 ? '1 more problem' : `${count} more problems`;
      const how = unlisted > 0 ? `list the first ${unreported + 1}` : `show ${count === 1 ? 'it' : 'them'}`;
      const { severity, code } = problem;
      this.#output.problem({ severity, code, message: `${what} like this${where}; use --explain to ${how}` });
    }
    this.#groups.clear();
  }
}

/** The line of a problem in the trace file, as text; null if it has no position. */
export function lineOf({ position }: Problem): string | null {
  return position?.line === undefined ? null : `line ${position.line}`;
}
