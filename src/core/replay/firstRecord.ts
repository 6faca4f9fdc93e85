/** The first record that a replay gives: it carries what belongs to the replay as a whole. */
import type { Problem } from '../base/parsed.ts';
import type { DecisionRecord } from '../difc/record/decision.ts';
import { type CarryOver, noCarryOver } from './heldRecords.ts';
import { replayWideCodes } from './replayProblems.ts';

export class FirstRecord {
  #carryOver: CarryOver = noCarryOver;
  #hasBegun = false;
  #problems: readonly Problem[] = [];
  #record: DecisionRecord | null = null;

  /** Sets the problems of the replay as a whole. */
  setProblems(problems: readonly Problem[]): void {
    this.#problems = problems;
  }

  /** The record again, when the problems of the replay as a whole have changed since it was given; null otherwise. */
  renewed(): DecisionRecord | null {
    const first = this.#record;
    if (!this.#hasBegun) this.#carryOver = { ...noCarryOver, problems: this.#problems };
    if (first === null) return null;
    const rest = first.problems.filter(({ code }) => !replayWideCodes.has(code));
    const problems = [...this.#problems, ...rest];
    if (JSON.stringify(problems) === JSON.stringify(first.problems)) return null;
    this.#record = { ...first, problems };
    return this.#record;
  }

  /** The problems of the replay as a whole, once, for the first record. */
  takeCarryOver(): CarryOver {
    this.#hasBegun = true;
    const carryOver = this.#carryOver;
    this.#carryOver = noCarryOver;
    return carryOver;
  }

  /** Takes a record that is given; the first one stays. */
  give(record: DecisionRecord): DecisionRecord {
    this.#record ??= record;
    return record;
  }
}
