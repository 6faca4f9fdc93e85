/** A few numbers by which two decisions are compared without their records. */
import { hashJson } from '../base/hashJson.ts';
import { type ChangeKind, changeKinds } from '../difc/record/changeKind.ts';
import type { DecisionRecord } from '../difc/record/decision.ts';
import { partsOf } from './decisionParts.ts';

/** The hash of the parts of each kind, in the order of `changeKinds`. */
export type DecisionPrint = readonly number[];

export function decisionPrint(record: DecisionRecord): DecisionPrint {
  return changeKinds.map((kind) => hashJson(partsOf[kind](record).map(({ value }) => value)));
}

/** The prints of the decisions of a run, by the index of the call: a run may have 100,000. */
export class DecisionPrints {
  #numbers = new Float64Array(0);

  set(index: number, print: DecisionPrint): void {
    const at = index * changeKinds.length;
    if (at >= this.#numbers.length) {
      const larger = new Float64Array(Math.max(at + changeKinds.length * 64, this.#numbers.length * 2)).fill(
        Number.NaN,
      );
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers.set(print, at);
  }

  /** Forgets a call, which turned out to have no decision. */
  delete(index: number): void {
    if (this.has(index)) this.#numbers.fill(Number.NaN, index * changeKinds.length, (index + 1) * changeKinds.length);
  }

  has(index: number): boolean {
    const first = this.#numbers[index * changeKinds.length];
    return first !== undefined && !Number.isNaN(first);
  }

  /** The kinds in which the decision of call `other` of another run differs from that of call `index` of this one. Both must have theirs. */
  changedKinds(index: number, others: DecisionPrints, other: number): readonly ChangeKind[] {
    const [one, two] = [index * changeKinds.length, other * changeKinds.length];
    return changeKinds.filter((_, at) => this.#numbers[one + at] !== others.#numbers[two + at]);
  }
}
